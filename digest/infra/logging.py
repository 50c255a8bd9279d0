"""What a long-running process says, for people or for programs that read logs."""

import json
import logging
from datetime import UTC, datetime

#: What every record has; the rest was given with it.
PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
}

#: The machine's local time, with its offset.
WITH_ZONE = "%Y-%m-%d %H:%M:%S%z"


class AsJson(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and whatever was given with it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        more = {k: v for k, v in record.__dict__.items() if k not in PLAIN}
        if record.exc_info:
            more["error"] = self.formatException(record.exc_info)
        return json.dumps(told | more, ensure_ascii=False, default=str)


def speak(how: str, level: int) -> None:
    """Log to standard error, as text or as JSON."""
    handler = logging.StreamHandler()
    plain = logging.Formatter(
        "%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt=WITH_ZONE
    )
    handler.setFormatter(AsJson() if how == "json" else plain)
    logging.basicConfig(level=level, handlers=[handler], force=True)
