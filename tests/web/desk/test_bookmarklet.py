"""The script that people keep among their bookmarks; tests/browser/test_adding.py runs it."""

from urllib.parse import unquote

from digest.web.desk.bookmarklet import make_bookmarklet


def test_it_is_one_address_that_holds_where_the_desk_is() -> None:
    address = make_bookmarklet("https://desk.example/clips/add", 500)
    assert address.startswith("javascript:")
    assert not set(address) & set(" \n\"'<>&#")
    script = unquote(address)
    assert '"https://desk.example/clips/add" + "?url="' in script
    assert "text.slice(0, 500)" in script
    assert "FORM_URL" not in script
