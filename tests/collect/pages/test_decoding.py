"""Decoding of pages: readers get UTF-8, whatever charset a page came in."""

from digest.collect.pages.decoding import decoded_page
from digest.ports import Response

RUSSIAN = "Мэр открыл реестр аренды"


def page_of(body: bytes, media_type: str) -> str:
    response = Response("u", 200, body, {"content-type": media_type})
    return decoded_page(response).decode()


def test_the_charset_of_the_header_is_known_to_the_reader() -> None:
    body = "Łódź".encode("iso-8859-2")
    assert page_of(body, "text/html; charset=iso-8859-2") == "Łódź"


def test_one_broken_byte_leaves_the_rest() -> None:
    body = RUSSIAN.encode() + b"\xd0 " + RUSSIAN.encode()
    assert page_of(body, "text/html") == f"{RUSSIAN}\ufffd {RUSSIAN}"
