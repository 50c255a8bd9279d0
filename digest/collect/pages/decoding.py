"""Decoding of pages: as UTF-8, whatever charset they came in, so that no reader has to guess."""

from digest.collect.http.charset import decode_text
from digest.ports import Response


def decoded_page(response: Response) -> bytes:
    """Return a page's bytes as UTF-8; a broken one of them is replaced, and the rest stays."""
    media_type = response.headers.get("content-type", "")
    return decode_text(response.body, media_type).encode("utf-8", "replace")
