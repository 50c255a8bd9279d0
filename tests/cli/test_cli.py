"""The command line, as a person or cron uses it."""

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from digest.cli import cli
from tests.conftest import EDITION, workspace
from tests.fakes.smtp import FakeSmtp
from tests.fakes.web import Answer, FakeWeb

ROOT = Path(__file__).parents[2]


def digest(
    folder: Path, *args: str, stdin: str = "", env: dict[str, str] | None = None
) -> Result:
    return CliRunner().invoke(
        cli, ["-C", str(folder), *args], input=stdin, env=env or {}
    )


def good(
    folder: Path, *args: str, stdin: str = "", env: dict[str, str] | None = None
) -> str:
    result = digest(folder, *args, stdin=stdin, env=env)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def edited(folder: Path) -> Path:
    (folder / "mine.md").write_text(EDITION)
    good(folder, "edit", "2026-02-27", "--from", str(folder / "mine.md"))
    return folder


def test_help_is_grouped_and_imports_nothing_slow() -> None:
    """Only click and our own small modules, or `--help` would not be instant."""
    code = (
        "import sys; from digest.cli import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'sqlalchemy', 'pydantic', 'jinja2', 'feedparser', 'aiohttp', 'trafilatura', 'rich', 'flask', 'ruamel', 'lxml'}\n"
        "print(slow & set(sys.modules) or 'quick')"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert out.endswith("quick\n")
    assert [
        h
        for h in ("Set up:", "Press:", "Editions:", "Subscribers:", "Delivery:")
        if h not in out
    ] == []
    assert [
        line for line in out.splitlines()[1:] if line.endswith("...")
    ] == []  # nothing is cut off


@pytest.mark.sqlite
def test_even_our_own_faults_show_no_traceback(folder: Path) -> None:
    (folder / "digest.db").write_bytes(
        b"this is no database at all, but long enough to look like one" * 99
    )
    command = [sys.executable, "-m", "digest", "-C", str(folder), "editions"]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False
    )
    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert "file is not a database" in result.stderr


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_and_is_documented(name: str) -> None:
    assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0
    assert f"digest {name}" in (ROOT / "docs/commands.md").read_text()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete(tmp_path: Path, shell: str) -> None:
    assert "_DIGEST_COMPLETE" in good(tmp_path, "completion", shell)


def test_init_makes_a_folder_that_works(tmp_path: Path) -> None:
    new = tmp_path / "new"
    good(tmp_path, "init", str(new))
    names = {p.name for p in new.iterdir()}
    assert names == {
        "feeds.yaml",
        "feeds.schema.json",
        ".env.example",
        ".gitignore",
    }
    assert "8 outlets, 11 feeds" in good(new, "config", "check")
    assert json.loads(good(new, "config", "schema"))["title"] == "Settings"


def test_init_overwrites_nothing(folder: Path) -> None:
    result = digest(folder, "init")
    assert (
        result.exit_code,
        "exists; this is a working folder already" in result.output,
    ) == (
        1,
        True,
    )


@pytest.mark.parametrize(
    "command",
    ["collect", "articles", "draft", "build", "send", "run", "editions"],
)
def test_outside_a_working_folder_it_says_what_to_do(
    tmp_path: Path, command: str
) -> None:
    result = digest(tmp_path, command)
    assert result.exit_code == 2
    assert "`digest init` makes one" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "args",
    [
        ["build", "yesterday"],
        ["nosuch"],
        ["articles", "--section", "sport"],
        ["draft", "--date", "27.2."],
    ],
)
def test_wrong_usage_is_exit_code_2(folder: Path, args: list[str]) -> None:
    assert digest(folder, *args).exit_code == 2


@pytest.mark.parametrize(
    "args",
    [
        ["build"],
        ["edit"],
        ["approve", "--yes"],
        ["send", "--yes"],
        ["build", "2020-01-01"],
    ],
)
def test_without_an_edition_it_says_so(folder: Path, args: list[str]) -> None:
    result = digest(folder, *args)
    assert result.exit_code == 1
    assert "there is no edition" in result.output


def test_an_edition_is_read_from_a_file_and_built(edited: Path) -> None:
    files = [
        Path(f).name for f in good(edited, "build", "2026-02-27").splitlines()
    ]
    assert files == [
        "edition.mjml",
        "email.html",
        "email.txt",
        "index.html",
        "edition.md",
        "message.eml",
    ]
    built = edited / "output" / "2026-02-27"
    assert (built / "edition.md").read_text() == EDITION
    marks = ("@@", "{{", "{%", "<mj-")
    for name in ("email.html", "email.txt", "index.html", "message.eml"):
        assert not [m for m in marks if m in (built / name).read_text()]


def test_a_mail_and_a_page_that_are_opened_from_the_folder_show_their_images(
    edited: Path,
) -> None:
    """The site serves an image only once the edition is out."""
    (edited / "images").mkdir(exist_ok=True)
    good(edited, "image", str(ROOT / "digest" / "demo" / "taps.png"))
    name = next((edited / "images").iterdir()).name
    lead = f"# With an image\n\n![Water pipes](images/{name})\n\n## "
    text = EDITION.replace("## ", lead, 1)
    (edited / "with.md").write_text(text, "utf-8")
    good(edited, "edit", "--from", str(edited / "with.md"))
    good(edited, "build", "2026-02-27")
    built = edited / "output" / "2026-02-27"
    for file in ("email.html", "index.html"):
        html = (built / file).read_text("utf-8")
        (source,) = re.findall(r'src="(images/[^"]+)"', html)
        assert (built / source).is_file()
    message = message_from_bytes((built / "message.eml").read_bytes())
    sent = message.get_payload()[1].get_payload(decode=True).decode()
    assert 'src="images/' not in sent


def test_a_build_is_the_same_to_the_byte(edited: Path) -> None:
    built = edited / "output" / "2026-02-27"
    good(edited, "build")
    before = {f.name: f.read_bytes() for f in built.iterdir()}
    good(edited, "edit", "--from", str(built / "edition.md"))
    good(edited, "build")
    assert {f.name: f.read_bytes() for f in built.iterdir()} == before


def test_a_new_date_makes_a_new_edition(edited: Path) -> None:
    text = EDITION.replace("2026-02-27", "2026-03-06")
    out = good(edited, "edit", "2026-02-27", "--from", "-", stdin=text)
    assert "that edition was stored, not 2026-02-27" in out
    assert [
        e["date"] for e in json.loads(good(edited, "editions", "--json"))
    ] == [
        "2026-03-06",
        "2026-02-27",
    ]


def test_a_broken_file_changes_nothing_and_names_the_lines(
    edited: Path,
) -> None:
    result = digest(
        edited, "edit", "--from", "-", stdin=EDITION.replace("(NPR)", "")
    )
    assert (
        result.exit_code,
        result.output.count("line 25: expected a story line"),
    ) == (1, 1)
    assert (
        "NPR" in good(edited, "build")
        or "NPR" in (edited / "output/2026-02-27/edition.md").read_text()
    )


def test_the_editor_gets_the_text_and_errors_lose_nothing(edited: Path) -> None:
    editor = edited / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i "s/ (NPR)//" "$1"\n')
    editor.chmod(0o755)
    result = digest(edited, "edit", env={"EDITOR": str(editor)})
    assert result.exit_code == 1
    assert "line 25" in result.output
    kept = edited / "output" / "2026-02-27" / "edition.rejected.md"
    assert kept.read_text() == EDITION.replace(" (NPR)", "")
    editor.write_text('#!/bin/sh\nsed -i "s/Paragraphs\\./Changed./" "$1"\n')
    assert "stored 2026-02-27: 2 leads, 2 stories" in good(
        edited, "edit", env={"EDITOR": str(editor)}
    )


def test_the_whole_way_to_the_mailbox(edited: Path, smtp: FakeSmtp) -> None:
    (edited / "people.csv").write_text("address\nada@r.example\nbo@r.example\n")
    assert "2 added" in good(
        edited, "subscribers", "import", str(edited / "people.csv")
    )
    assert digest(edited, "send", "--yes").exit_code == 1
    shown = good(edited, "approve", stdin="y\n")
    content = re.search(r"content ([0-9a-f]{64})", shown)
    assert content
    assert content[1] in good(edited, "send", "--dry-run")
    assert smtp.messages == []
    out = good(edited, "send", "2026-02-27", stdin="y\n", env=smtp.env)
    for said in (
        "from Open Water <letter@openwater.example>",
        "to 2 people by smtp",
        "[y/N]",
    ):
        assert said in out
    assert "planned 2 = 0 queued + 2 accepted + 0 excluded + 0 uncertain" in out
    assert (
        json.loads(good(edited, "send", "--yes", "--json", env=smtp.env))[
            "accepted"
        ]
        == 2
    )
    assert len(smtp.messages) == 2


def test_saying_no_sends_nothing(edited: Path, smtp: FakeSmtp) -> None:
    good(edited, "subscribers", "add", "ada@r.example")
    good(edited, "approve", "--yes")
    assert digest(edited, "send", stdin="n\n", env=smtp.env).exit_code == 1
    assert digest(edited, "approve", stdin="n\n").exit_code == 1
    assert smtp.messages == []


def test_a_test_mail_goes_to_one_address(edited: Path, smtp: FakeSmtp) -> None:
    assert "test to boss@r.example: accepted" in good(
        edited, "send", "--test", "boss@r.example", env=smtp.env
    )
    assert digest(edited, "send", "--test", "boss").exit_code == 1


def test_something_uncertain_is_exit_code_1(
    edited: Path, smtp: FakeSmtp
) -> None:
    good(edited, "subscribers", "add", "ada@r.example")
    good(edited, "approve", "--yes")
    smtp.vanish = {"ada@r.example"}
    result = digest(edited, "send", "--yes", env=smtp.env)
    assert result.exit_code == 1
    assert "uncertain: ada@r.example: the connection broke" in result.output


def test_subscribers_are_listed_removed_and_exported(folder: Path) -> None:
    good(folder, "subscribers", "add", "ada@r.example", "--name", "Ada")
    good(folder, "subscribers", "add", "bo@r.example")
    good(folder, "subscribers", "remove", "bo@r.example")
    assert [
        p["address"]
        for p in json.loads(good(folder, "subscribers", "list", "--json"))
    ] == ["ada@r.example"]
    assert "bo@r.example" in good(folder, "subscribers", "list", "--all")
    assert "bo@r.example" in good(folder, "subscribers", "export")
    result = digest(folder, "subscribers", "add", "BO@r.example")
    assert (result.exit_code, "has unsubscribed" in result.output) == (1, True)


PAGE = (
    "<html><body><article><h1>{0}</h1>"
    + "<p>The county published the report on Friday. {1}</p>" * 9
)


def press(web: FakeWeb) -> None:
    when = datetime.now(UTC) - timedelta(hours=3)
    items = "".join(
        f"<item><title>{t}</title><link>/{n}</link><pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n, t in enumerate(["A report", "Pipes &amp; taps", "Rovers win"])
    )
    web.answers["/feed"] = Answer(
        f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    )
    for n, text in enumerate(
        ["By Open Water.", "The drinking water.", "A goal."]
    ):
        web.answers[f"/{n}"] = Answer(PAGE.format("x", text).encode())


def test_press_becomes_a_draft(tmp_path: Path, web: FakeWeb) -> None:
    workspace(tmp_path, web.url)
    press(web)
    out = good(tmp_path, "collect")
    assert "1 feed polled, 3 new articles, 3 pages read, 0 feeds failed" in out
    listed = good(tmp_path, "articles")
    assert "“By Open Water.”" in listed or "By Open Water." in listed
    assert "3 hours old" in listed
    assert "relevant: 2 of 3 articles" in listed
    found = json.loads(good(tmp_path, "articles", "--json"))
    assert [a["judgement"]["section"] for a in found] == [
        "in_the_news",
        "following",
        "",
    ]
    day = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011
    assert "in_the_news: 1 pick," in good(tmp_path, "draft", "--date", day)
    result = digest(tmp_path, "draft", "--date", day)
    assert (result.exit_code, "--replace discards it" in result.output) == (
        1,
        True,
    )
    good(tmp_path, "draft", "--date", day, "--replace")
    assert "Pipes & taps (The Courier)" in (
        good(tmp_path, "build")
        and next(tmp_path.glob("output/*/email.txt")).read_text()
    )


def test_an_article_is_added_from_the_command_line(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    press(web)
    out = good(tmp_path, "add", f"{web.url}/2", "--section", "following")
    assert "filed under following by hand" in out
    assert f"line for an edition: - [x]({web.url}/2) (The Courier)" in out
    assert digest(tmp_path, "add", "not an address").exit_code == 1


def test_when_every_feed_fails_the_exit_code_says_so(folder: Path) -> None:
    result = digest(folder, "collect")
    assert result.exit_code == 1
    assert "1 takes no connections; never worked: The Courier" in result.output
    assert json.loads(digest(folder, "collect", "--all", "--json").stdout)[0][
        "failures"
    ] == {"refused": 1}


def test_cron_collects_drafts_builds_and_sends_only_what_is_approved_and_due(
    tmp_path: Path, web: FakeWeb, smtp: FakeSmtp
) -> None:
    """`digest run --send` never drafts twice, never mails early, never mails unapproved."""
    workspace(tmp_path, web.url)
    press(web)
    good(tmp_path, "subscribers", "add", "ada@r.example")
    good(tmp_path, "run", "--send", env=smtp.env)
    assert smtp.messages == []  # the edition it drafted is of a day to come
    past = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    good(
        tmp_path,
        "edit",
        "--from",
        "-",
        stdin=EDITION.replace("2026-02-27", past),
    )
    result = digest(tmp_path, "run", "--send", env=smtp.env)
    assert (
        result.exit_code,
        "is due, but was not sent: the edition of" in result.output,
    ) == (
        1,
        True,
    )
    good(tmp_path, "approve", past, "--yes")
    good(tmp_path, "run", "--send", env=smtp.env)
    good(tmp_path, "run", "--send", env=smtp.env)
    assert [to for to, _ in smtp.messages] == ["ada@r.example"]


def test_the_demo_shows_every_feature_and_ends_by_itself(
    tmp_path: Path,
) -> None:
    out = good(tmp_path, "demo", "--no-open")
    feeds = re.findall(
        r"^  (?!set aside|built)(\S.*): (\d+) articles", out, re.MULTILINE
    )
    assert len(feeds) >= 8
    assert sum(int(n) for _, n in feeds) >= 60
    for line in (
        "Dockside Gazette: 0 articles, 0 read, 1 feed failed (http 503)",
        "set aside, undated: Where your water bills go",
        "set aside, dated in the future: Reservoir open day",
        "planned 25 = 0 queued + 25 accepted + 0 excluded + 0 uncertain",
    ):
        assert line in out
    demo = tmp_path / "output" / "demo"
    assert len(list(demo.glob("output/*/outbox/*.eml"))) == 25
    found = {
        a["title"]: a for a in json.loads(good(demo, "articles", "--json"))
    }
    names = {
        m["kind"] for a in found.values() for m in a["judgement"]["mentions"]
    }
    assert names == {"organisation", "alias", "person", "case"}
    assert (
        found["Open Water Swimming Season Ends With a Record Crossing"][
            "judgement"
        ]["section"]
        == ""
    )
    wire = [a for a in found.values() if "third of sewage" in a["title"]]
    assert len({a["outlet"] for a in wire}) == 3
    assert len({a["story"] for a in wire}) == 1


@pytest.mark.slow
def test_the_demo_can_be_shown_again(tmp_path: Path) -> None:
    for _ in range(2):
        assert "again" not in good(tmp_path, "demo", "--no-open")


def test_the_demo_leaves_other_peoples_folders_alone(folder: Path) -> None:
    result = digest(folder, "demo", str(folder), "--no-open")
    assert (result.exit_code, "is not empty and no demo" in result.output) == (
        1,
        True,
    )


@pytest.mark.sqlite
def test_a_clip_without_an_address_is_added(folder: Path) -> None:
    out = good(
        folder,
        "add",
        "--outlet",
        "Radio Six",
        "--date",
        "2026-02-26",
        "--place",
        "minute 12",
        "--quote",
        "Open Water Trust was right.",
    )
    assert "minute 12" in out
    refused = digest(folder, "add", "https://a.example/b", "--place", "page 3")
    assert refused.exit_code == 2
    assert "--place is for what has no address" in refused.output
