"""What is common to the text parts of all mails."""

import re


def tidy(rendered: str) -> str:
    """Allow two blank lines at most and no space at a line's end."""
    lines = "\n".join(line.rstrip() for line in rendered.split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", lines).strip("\n") + "\n"
