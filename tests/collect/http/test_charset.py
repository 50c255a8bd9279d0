"""Charset of an answer: one broken byte spoils nothing else, and a header may be wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.http.charset import decode_text

TEXT = "José’s “café” — naïve"
HTML = "text/html; charset={}"


def test_one_broken_byte_is_replaced_and_the_rest_stays() -> None:
    body = f"{TEXT} and {TEXT}".encode()
    broken = body[:5] + b"\xe9" + body[5:]
    assert decode_text(broken).replace("\ufffd", "") == f"{TEXT} and {TEXT}"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("windows-1252", TEXT),
        ("iso-8859-1", TEXT),  # which means windows-1252
        ("windows-1251", "Совет открыл архив"),
        ("iso-8859-2", "Rada otevřela spisy"),
        ("shift_jis", "市議会②記録を公開"),  # ② is only in Windows' own
        ("gb2312", "市议会公开记录"),
        ("euc-kr", "시의회 기록 공개"),
        ("iso-2022-jp", "市議会の記録"),
        ("utf-16-le", TEXT),
    ],
)
def test_a_declared_charset_is_what_it_means_on_the_web(
    charset: str, text: str
) -> None:
    codec = {"iso-8859-1": "cp1252", "shift_jis": "cp932"}.get(charset, charset)
    body = text.encode(codec)
    assert decode_text(body, HTML.format(charset)) == text
    if charset != "utf-16-le":
        page = f'<html><meta charset="{charset}">'.encode() + body
        assert decode_text(page).endswith(text)
        feed = f'<?xml version="1.0" encoding="{charset}"?>'.encode() + body
        assert decode_text(feed).endswith(text)


def test_what_is_utf_8_is_read_as_such_whatever_is_said() -> None:
    body = TEXT.encode()
    assert decode_text(body, HTML.format("iso-8859-1")) == TEXT
    assert decode_text(b'<meta charset="windows-1252">' + body).endswith(TEXT)


def test_what_only_says_to_be_utf_8_is_not() -> None:
    body = f"El señor Ibáñez habla — {TEXT}".encode("cp1252")
    assert "señor Ibáñez" in decode_text(body, HTML.format("utf-8"))


@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_believed_and_left_out(charset: str) -> None:
    body = f"\ufeff{TEXT}".encode(charset)
    assert decode_text(body, HTML.format("windows-1252")) == TEXT


def test_a_label_of_no_charset_is_passed_over() -> None:
    assert decode_text(b"plain", HTML.format("rot13")) == "plain"
    assert decode_text("é".encode("cp1252"), HTML.format("base64")) == "é"
    assert decode_text("é".encode("cp1252"), HTML.format("no-such")) == "é"


@given(st.text())
def test_all_text_in_utf_8_comes_back(text: str) -> None:
    body = text.encode()
    if not body.startswith((b"\xef\xbb\xbf",)) and "\x00" not in text:
        assert decode_text(body, HTML.format("utf-8")) == text


@given(st.binary(), st.sampled_from(["", "text/html", HTML.format("utf-7")]))
def test_no_bytes_make_it_fail(body: bytes, media_type: str) -> None:
    decode_text(body, media_type)
