"""Lists of feeds as other readers write them (OPML)."""

from pathlib import Path

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
    found = read_opml(file.read_bytes())
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
