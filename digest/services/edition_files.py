"""Edition files: what `digest build` writes into an edition's folder in output/."""

from datetime import date
from pathlib import Path

from digest.services.editions import Editions
from digest.services.output_files import OutputFiles
from digest.services.publishing import Publishing
from digest.services.send_schedule import SendSchedule


class EditionFiles:
    """Writes editions of one working folder into its output folder."""

    def __init__(
        self,
        editions: Editions,
        publishing: Publishing,
        send_schedule: SendSchedule,
        output_files: OutputFiles,
    ) -> None:
        self._editions = editions
        self._publishing = publishing
        self._send_schedule = send_schedule
        self._output_files = output_files

    def write_edition(self, day: date) -> list[Path]:
        """Write an edition, a sent one as it was sent; return the files. Raises NotFound."""
        rendered = self._publishing.load_sent_edition(day)
        if rendered is None:
            rendered = self._editions.render_stored(day)
        due_at = self._send_schedule.due_at(day)
        return self._output_files.write_edition(rendered, due_at)
