"""Mail frames: a rendered edition in one kind of mail program, in a frame without scripts."""

import re
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.model import RenderedEdition

#: The mail may show pictures from anywhere; nothing in it runs. It keeps the desk's origin, so that
#: the desk can leave it scrolled where it was, and links open in tabs of their own.
SANDBOX = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
MAIL_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; {SANDBOX}"
NO_IMAGES_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; {SANDBOX}"
HEAD = "<head>"


def frame_mail(kind: str, rendered: "RenderedEdition") -> Response | None:
    """Return an edition as one kind of mail program shows it; None if there is no such kind."""
    document = _document_of_kind(kind, rendered)
    if document is None:
        return None
    if kind != "source":
        document = _use_local_images(document, rendered)
    media_type = "text/html"
    if kind in ("text", "source"):
        media_type = "text/plain"
    response = Response(document, content_type=f"{media_type}; charset=utf-8")
    policy = MAIL_POLICY
    if kind == "off":
        policy = NO_IMAGES_POLICY
    response.headers["Content-Security-Policy"] = policy
    return response


def frame_part(
    kind: str, html: str, image_addresses: "Mapping[str, str]"
) -> Response:
    """Return a part of a mail as a light or dark mail program shows it.

    `image_addresses` has an address at the desk for each image, by the end of its public one.
    """
    document = _open_links_in_tabs(html)
    if kind == "dark":
        document = _darken(document)
    for ending, address in image_addresses.items():
        public = re.compile(rf"https?://[^\"\s]*/images/{re.escape(ending)}")
        document = public.sub(address, document)
    response = Response(document, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


def frame_image(rendered: "RenderedEdition", name: str) -> Response | None:
    """Return an edition's image by the name that it has in a frame, or None."""
    for picture in rendered.pictures:
        if f"{picture.key}-{picture.name}" == name:
            return Response(picture.content, mimetype=picture.media)
    return None


def _document_of_kind(kind: str, rendered: "RenderedEdition") -> str | None:
    match kind:
        case "mail" | "off":
            return _open_links_in_tabs(rendered.html)
        case "dark":
            return _darken(_open_links_in_tabs(rendered.html))
        case "page":
            return rendered.page
        case "text":
            return rendered.text
        case "source":
            return rendered.html
    return None


def _open_links_in_tabs(html: str) -> str:
    return html.replace(HEAD, f'{HEAD}<base target="_blank">', 1)


def _darken(html: str) -> str:
    """Show what a client in dark mode shows: browsers cannot be asked for it in a frame."""
    dark = html.replace("@media (prefers-color-scheme: dark)", "@media all")
    return dark.replace(
        HEAD, f'{HEAD}<meta name="color-scheme" content="dark">', 1
    )


def _use_local_images(document: str, rendered: "RenderedEdition") -> str:
    """Take images from the desk: their public addresses work only once the edition is sent."""
    for image in rendered.pictures:
        name = re.escape(image.name)
        address = re.compile(rf"https?://[^\"\s]*/images/{image.key}/{name}")
        document = address.sub(f"../images/{image.key}-{image.name}", document)
    return document
