"""Lists of feeds as other readers write them (OPML)."""

from pathlib import Path

import pytest

from digest.settings import load_workspace
from digest.settings.edit import FeedsFile
from digest.settings.opml import read_opml, write_opml
from tests.command_line import invoke

# OPML


def test_what_is_exported_is_imported_again(
    folder: Path, tmp_path: Path
) -> None:
    FeedsFile(folder).save_changes()
    file = tmp_path / "feeds.opml"
    assert invoke(folder, "feeds", "export", str(file)).exit_code == 0
    outlets = load_workspace(folder, {}).settings.outlets
    found = read_opml(file.read_bytes()).feeds
    assert [(f.outlet, f.url) for f in found] == [
        (o.name, u) for o in outlets for u in o.feeds
    ]
    assert write_opml(outlets, "What Open Water reads") == file.read_bytes()
    assert (
        "0 added, 1 already in feeds.yaml"
        in invoke(folder, "feeds", "import", str(file)).output
    )


def test_folders_of_other_readers_are_looked_into(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "theirs.opml"
    file.write_text(
        '<?xml version="1.0"?><opml version="1.0"><body><outline text="News"><outline text="Deep">'
        '<outline text="Ledger" XMLURL="https://ledger.example/feed"/></outline></outline>'
        '<outline text="Mail" xmlUrl="mailto:x@y.example"/></body></opml>'
    )
    done = invoke(folder, "feeds", "import", str(file))
    assert "1 added" in done.output
    assert (
        load_workspace(folder, {}).settings.outlets[-1].homepage
        == "https://ledger.example"
    )


def test_a_file_that_is_no_opml_is_named(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.opml"
    file.write_text("<html></html>")
    refused = invoke(folder, "feeds", "import", str(file))
    assert refused.exit_code == 1
    assert "x.opml: this is not an OPML file" in refused.output


def test_quotation_marks_within_a_name_spoil_nothing() -> None:
    rows = read_opml(
        listed(
            'text="The "Quay" Times" xmlUrl="https://q.example/feed"',
            "text='Men's Paper' xmlUrl='https://m.example/feed'",
            'text="Ledger" xmlUrl="https://l.example/feed"',
        )
    )
    names = [feed.outlet for feed in rows.feeds]
    assert names == ['The "Quay" Times', "Men's Paper", "Ledger"]
    assert not rows.left_out


def test_an_address_is_no_name() -> None:
    address = "https://www.ledger.example/feed"
    rows = read_opml(listed(f'text="{address}" title="{address}" xmlUrl="{address}"'))  # fmt: skip
    assert rows.feeds[0].outlet == "ledger.example"


def test_one_feed_with_and_without_https_is_listed_once() -> None:
    rows = read_opml(
        listed(
            'text="Ledger" xmlUrl="http://l.example/feed"',
            'text="Ledger" xmlUrl="https://l.example/feed"',
        )
    )
    assert [feed.url for feed in rows.feeds] == ["http://l.example/feed"]
    assert rows.repeated == 1


def listed(*rows: str) -> bytes:
    lines = "\n".join(f"<outline {row}/>" for row in rows)
    return f'<?xml version="1.0"?><opml><body>{lines}</body></opml>'.encode()


@pytest.mark.parametrize(
    ("row", "name", "url"),
    [
        (
            'text="Smith & Co" xmlUrl="https://s.example/f?a=1&copy=2&b"',
            "Smith & Co",
            "https://s.example/f?a=1&copy=2&b",
        ),
        (
            'text="A" xmlUrl="https://s.example/?id=8&amp;times=3&amp;reg=uk"',
            "A",
            "https://s.example/?id=8&times=3&reg=uk",
        ),
        (
            'text="S &amp;amp; D&amp;#8217;s" xmlUrl="https://s.example/?a&amp;amp;b"',
            "S & D’s",
            "https://s.example/?a&b",
        ),
        (
            'text="A <b>x</b> < 3" xmlUrl="https://s.example/"',
            "A <b>x</b> < 3",
            "https://s.example/",
        ),
        (
            'text="Gr&ouml;&szlig;e" xmlUrl="feed://s.example/"',
            "Größe",
            "http://s.example/",
        ),
        (
            'text="A\x0bB" xmlUrl="s.example/rss"',
            "AB",
            "https://s.example/rss",
        ),
        (
            'text="" xmlUrl="https://www.s.example/rss"',
            "s.example",
            "https://www.s.example/rss",
        ),
        (
            'text="D" text="E" xmlUrl="https://s.example/"',
            "D",
            "https://s.example/",
        ),
    ],
)
def test_rows_of_careless_programs_stay_whole(
    row: str, name: str, url: str
) -> None:
    rows = read_opml(listed(row, 'text="Z" xmlUrl="https://z.example/"'))
    assert [(feed.outlet, feed.url) for feed in rows.feeds] == [
        (name, url),
        ("Z", "https://z.example/"),
    ]
    assert rows.left_out == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('text="Bad" xmlUrl="https://old bookmark/rss"', "no web address"),
        ('text="Bad" xmlUrl="exec:~/council.sh"', "exec:~/council.sh"),
        (
            'text="Bad" htmlUrl="https://s.example"',
            "digest feeds add https://s",
        ),
        ('text="Bad"', "no address of a feed"),
    ],
)
def test_a_row_that_is_left_out_is_named_and_spoils_no_other(
    folder: Path, tmp_path: Path, row: str, reason: str
) -> None:
    file = tmp_path / "theirs.opml"
    file.write_bytes(listed(row, 'text="Z" xmlUrl="https://z.example/"'))
    imported = invoke(folder, "feeds", "import", str(file))
    assert imported.exit_code == 0
    assert "added https://z.example/ (Z)" in imported.output
    assert "not added: Bad: " in imported.stderr
    assert reason in imported.stderr
    assert "1 added, 0 already in feeds.yaml, 1 not added" in imported.output


def test_rows_that_no_reader_understands_are_counted() -> None:
    rows = read_opml(
        listed(
            "text=Bare xmlUrl=https://s.example/",
            'text="Z" xmlUrl="https://z.example/"',
        )
    )
    assert [feed.outlet for feed in rows.feeds] == ["Z"]
    assert "1 more rows" in [row.name for row in rows.left_out]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-8-sig", "utf-8"),
        ("utf-8", "utf-16"),
        ("cp1252", "windows-1252"),
    ],
)
def test_lists_in_other_encodings_are_read(
    encoding: str, declared: str
) -> None:
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><opml><body>'
        '<outline text="Größe" xmlUrl="https://s.example/"/></body></opml>'
    )
    (feed,) = read_opml(text.encode(encoding)).feeds
    assert feed.outlet == "Größe"


def test_many_rows_are_written_at_once(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "theirs.opml"
    file.write_bytes(
        listed(
            *(
                f'text="Paper {n}" xmlUrl="https://paper{n // 2}.example/{n}"'
                for n in range(60)
            )
        )
    )
    assert "60 added" in invoke(folder, "feeds", "import", str(file)).output
    outlets = load_workspace(folder, {}).settings.outlets
    assert [len(outlet.feeds) for outlet in outlets[1:]] == [2] * 30


def test_a_row_may_write_its_address_as_url() -> None:
    """A row that says that it is a feed; a link to a page is none."""
    found = read_opml(
        b'<opml><body><outline type="rss" text="Sun" url="https://sun.example/rss"/>'
        b'<outline type="link" text="Moon" url="https://moon.example/"/></body></opml>'
    )
    assert [row.url for row in found.feeds] == ["https://sun.example/rss"]
    assert [row.name for row in found.left_out] == ["Moon"]


def test_a_list_that_is_not_in_the_encoding_it_names_keeps_its_names() -> None:
    row = '<outline text="Caf\xe9 del Valle" xmlUrl="https://sun.example/rss"/>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><opml><body>{row}</body></opml>'
    )
    (feed,) = read_opml(content.encode("latin-1")).feeds
    assert feed.outlet == "Caf\xe9 del Valle"
