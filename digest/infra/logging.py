"""Logging of long-running processes, as text for people or as JSON for programs."""

import json
import logging
from datetime import UTC, datetime

#: Attributes of every log record; others were passed with `extra`.
STANDARD_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
}

#: The machine's local time, with its offset.
WITH_ZONE = "%Y-%m-%d %H:%M:%S%z"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the fields passed with `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        extra = {
            name: value
            for name, value in record.__dict__.items()
            if name not in STANDARD_FIELDS
        }
        if record.exc_info:
            extra["error"] = self.formatException(record.exc_info)
        return json.dumps(fields | extra, ensure_ascii=False, default=str)


def configure_logging(how: str, level: int) -> None:
    """Log to standard error, as text or as JSON."""
    handler = logging.StreamHandler()
    plain = logging.Formatter(
        "%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt=WITH_ZONE
    )
    handler.setFormatter(JsonFormatter() if how == "json" else plain)
    logging.basicConfig(level=level, handlers=[handler], force=True)
