"""Text parts: what is common to those of all mails."""

import re

_THREE_BLANK_LINES = re.compile(r"\n{4,}")


def tidy_text(rendered: str) -> str:
    """Allow two blank lines at most and no space at a line's end."""
    lines = [line.rstrip() for line in rendered.split("\n")]
    text = _THREE_BLANK_LINES.sub("\n\n\n", "\n".join(lines))
    return text.strip("\n") + "\n"
