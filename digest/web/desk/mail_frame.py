"""A built edition as one kind of reader sees it, in a frame where nothing runs."""

import re
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from digest.model import Build

#: The mail may show pictures from anywhere; nothing in it runs. It keeps the desk's origin, so that
#: the desk can leave it scrolled where it was, and links open in tabs of their own.
SANDBOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; {SANDBOX}"
NO_IMAGES = f"default-src 'none'; style-src 'unsafe-inline'; {SANDBOX}"
HEAD = "<head>"


def document(kind: str, built: "Build") -> Response | None:
    """Return a built edition as one kind of reader sees it; None if there is no such kind."""
    html = built.html.replace(HEAD, f'{HEAD}<base target="_blank">', 1)
    views = {"mail": html, "dark": _darkened(html), "off": html, "page": built.page}
    views |= {"text": built.text, "source": built.html}
    if kind not in views:
        return None
    if kind in ("text", "source"):
        media = "text/plain"
    else:
        media = "text/html"
    if kind == "off":
        policy = NO_IMAGES
    else:
        policy = MAIL_POLICY
    if kind == "source":
        shown = views[kind]
    else:
        shown = _local(views[kind], built)
    response = Response(shown, content_type=f"{media}; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy
    return response


def picture(built: "Build", name: str) -> Response | None:
    """Return an image of a built edition by the name that `document` gives it, or None."""
    found = next((p for p in built.pictures if f"{p.key}-{p.name}" == name), None)
    if found:
        return Response(found.content, mimetype=found.media)
    return None


def _darkened(html: str) -> str:
    """Show what a client in dark mode shows: browsers cannot be asked for it in a frame."""
    dark = html.replace("@media (prefers-color-scheme: dark)", "@media all")
    return dark.replace(HEAD, f'{HEAD}<meta name="color-scheme" content="dark">', 1)


def _local(text: str, built: "Build") -> str:
    """Let images come from here: readers will fetch them from `digest serve`, once it is sent."""
    for image in built.pictures:
        address = re.compile(
            rf"https?://[^\"\s]*/images/{image.key}/{re.escape(image.name)}"
        )
        text = address.sub(f"../images/{image.key}-{image.name}", text)
    return text
