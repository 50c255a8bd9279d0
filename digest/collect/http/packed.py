"""Packed bodies: unpack gzip that an answer does not announce, as of `sitemap.xml.gz`."""

import zlib

from digest.errors import FetchError

#: The first bytes of each gzip file (RFC 1952, 2.3.1).
GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = (
    16 + zlib.MAX_WBITS
)  #: zlib's way to say that the data have gzip's header


def unpack_body(body: bytes, max_bytes: int) -> bytes:
    """Return a body, unpacked if it is gzip; damaged or cut short: as far as it can be read.

    Raises FetchError if it is larger than `max_bytes`, packed or not.
    """
    if body.startswith(GZIP_MAGIC):
        body = _unpack_gzip(body, max_bytes)
    if len(body) > max_bytes:
        limit = f"{max_bytes / 1e6:g} MB"
        raise FetchError(f"more than {limit} unpacked; not read", "too large")
    return body


def _unpack_gzip(body: bytes, max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(GZIP_WINDOW)
    try:
        return unpacker.decompress(body, max_bytes + 1)
    except zlib.error:
        return body
