"""Commands that serve or show all newsletters: editions, status, run, and the figures for Prometheus."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from digest.app import App
from digest.errors import DigestError
from digest.model import Subscriber
from digest.web.public.metrics import metrics_text
from tests.command_line import invoke
from tests.conftest import EDITION, NOW, workspace
from tests.desk_client import DAY
from tests.fakes.smtp import FakeSmtp
from tests.fakes.web import Answer, FakeWeb
from tests.several_newsletters import add_newsletters


@pytest.fixture
def several(folder: Path, open_app: Callable[..., App]) -> App:
    """Two newsletters: two editions of one date, and a later one of the clips."""
    add_newsletters(folder, clips={"title": "Clips"})
    weekly = open_app()
    clips = weekly.for_newsletter("clips")
    weekly.editions.save_source(EDITION)
    clips.editions.save_source(EDITION)
    clips.editions.save_source(EDITION.replace("2026-02-27", "2026-03-03"))
    clips.subscribers.add_people([Subscriber("ada@r.example", consent_at=NOW)])
    clips.approval.approve_edition(DAY, "Ada")
    clips.sending.send_edition(DAY)
    return weekly


def test_editions_of_all_newsletters_are_listed_by_date(
    several: App, folder: Path
) -> None:
    rows = json.loads(invoke(folder, "editions", "--json").output)
    assert [(row["key"], row["newsletter"]) for row in rows] == [
        ("clips/2026-03-03", "clips"),
        ("weekly/2026-02-27", "weekly"),
        ("clips/2026-02-27", "clips"),
    ]
    lines = invoke(folder, "editions").output.splitlines()
    assert lines[0].split() == "edition approved by delivery".split()
    assert lines[1].startswith("clips/2026-03-03")
    only = invoke(folder, "editions", "--newsletter", "weekly").output
    assert len(only.splitlines()) == 2


def test_the_status_and_the_figures_are_of_each_newsletter(
    several: App, folder: Path
) -> None:
    told = invoke(folder, "status").output
    assert "edition weekly/2026-02-27: not approved, not sent" in told
    assert "edition clips/2026-03-03: not approved, not sent" in told
    status = json.loads(invoke(folder, "status", "--json").output)
    keys = [one["newsletter"] for one in status["newsletters"]]
    assert keys == ["weekly", "clips"]
    figures = metrics_text(several)
    assert 'digest_subscribers{newsletter="clips"} 1\n' in figures
    assert 'newsletter="clips",edition="2026-03-03",state="accepted"' in figures
    assert figures.count("# TYPE digest_deliveries gauge") == 1


def test_a_correction_goes_to_those_who_got_the_newsletter(
    folder: Path, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    add_newsletters(folder, clips={"audience": ["staff"]})
    clips = open_app(smtp.env).for_newsletter("clips")
    person = Subscriber("ada@r.example", consent_at=NOW, tags=("staff",))
    clips.subscribers.add_people([person])
    clips.editions.save_source(EDITION)
    clips.approval.approve_edition(DAY, "Ada")
    clips.sending.send_edition(DAY)
    result = invoke(folder, "correct", f"clips/{DAY}", "--mail")
    assert "a correction for the 1 person who got clips/2026-02-27" in (
        result.output
    )


def test_a_run_collects_once_and_a_problem_of_one_newsletter_stops_no_other(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    page = "<article><p>Open Water found lead.</p></article>"
    web.answers["/feed"] = Answer(
        b'<rss version="2.0"><channel><item><title>A story</title>'
        + f"<link>{web.url}/a</link></item></channel></rss>".encode()
    )
    web.answers["/a"] = Answer(page.encode())
    add_newsletters(tmp_path, clips={"cadence": "weekdays"}, funders={})
    # a file where the folder of the clips is to be
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "clips").write_text("in the way")
    result = invoke(tmp_path, "run")
    assert result.exit_code == 1
    assert "clips: " in result.output
    assert "output/clips" in result.output
    assert "edition weekly/" in result.output
    assert "edition funders/" in result.output
    assert [path for path, _ in web.asked].count("/feed") == 1
    assert [path for path, _ in web.asked].count("/a") == 1


def test_the_status_says_what_is_stored_of_a_newsletter_whose_key_was_changed(
    several: App, folder: Path
) -> None:
    """Nobody gets it any more, and nothing else would say so."""
    assert "there is no newsletter" not in invoke(folder, "status").output
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("key: clips", "key: cuttings"), "utf-8")
    told = invoke(folder, "status").output
    assert "no newsletter 'clips' in feeds.yaml" in told
    assert "stored of it: 1 subscriber and 2 editions" in told


def test_lists_say_what_was_changed_since_its_approval(
    several: App, folder: Path
) -> None:
    several.approval.approve_edition(DAY, "Ada")
    several.editions.save_source(EDITION.replace("Paragraphs", "Others"))
    listed = invoke(folder, "editions").output
    assert "Ada, but changed since: approve it again" in listed
    rows = json.loads(invoke(folder, "editions", "--json").output)
    states = {row["key"]: row["state"] for row in rows}
    assert states == {
        "clips/2026-03-03": "draft",
        "weekly/2026-02-27": "again",
        "clips/2026-02-27": "outbox",
    }
    told = invoke(folder, "status").output
    assert (
        "edition weekly/2026-02-27: changed since Ada approved it: approve it "
        "again (`digest approve weekly/2026-02-27`), not sent" in told
    )


def test_the_names_of_editions_can_be_given_to_other_commands(
    several: App, folder: Path
) -> None:
    for line in invoke(folder, "editions").output.splitlines()[1:]:
        name = line.split()[0]
        assert invoke(folder, "send", name, "--status").exit_code == 0


def test_messages_name_the_newsletter_of_an_edition(
    several: App, folder: Path
) -> None:
    """Two have an edition of that date: the date alone would not say which."""
    clips = several.for_newsletter("clips")
    messages = []
    for act in (
        lambda: clips.publishing.render_page(DAY),
        lambda: clips.publishing.check_publishable(date(2026, 3, 3)),
        lambda: clips.like_last_as("Ada").require_last(DAY),
        lambda: clips.unsent.give_up(date(2020, 1, 1), "Ada"),
        lambda: clips.unsent.give_up(date(2026, 3, 3), "Ada"),
        lambda: clips.drafts.create_draft(DAY),
        lambda: clips.drafts.take_snapshot(date(2099, 1, 1)),
        lambda: clips.editing_as("Ada").load_edition(date(2099, 1, 1)),
    ):
        with pytest.raises(DigestError) as raised:
            act()
        messages.append(str(raised.value))
    assert [text for text in messages if "clips/2" not in text] == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2099-12-25", "is a holiday of 'Clips' (feeds.yaml)"),
        ("2099-12-26", "is a Saturday, and 'Clips' comes on working days"),
    ],
)
def test_a_draft_of_an_odd_day_is_said_to_be_one(
    folder: Path, day: str, why: str
) -> None:
    holidays = ["2099-12-25", "2099-12-28"]
    clips = {"title": "Clips", "cadence": "weekdays", "holidays": holidays}
    add_newsletters(folder, clips=clips)
    said = invoke(folder, "draft", "--newsletter", "clips", "--date", day)
    assert said.exit_code == 0
    assert (
        f"{day} {why}; the next edition after it is that of Tuesday, 2099-12-29"
        in (said.output)
    )
    assert f"`digest draft --discard --date clips/{day}`" in said.output
    again = invoke(folder, "draft", "--date", f"clips/{day}", "--replace")
    assert why not in again.output
    usual = invoke(folder, "draft", "--date", "clips/2099-12-24")
    assert "edition after it" not in usual.output


def test_a_publication_is_refused_before_anybody_is_asked(
    folder: Path, open_app: Callable[..., App]
) -> None:
    add_newsletters(folder, clips={"audience": ["staff"], "title": "Clips"})
    app = open_app()
    app.for_newsletter("clips").editions.save_source(EDITION)
    said = invoke(folder, "publish", f"clips/{DAY}").output
    assert "is internal" in said
    assert "?" not in said
    app.editions.save_source(EDITION.replace("2026-02-27", "2099-02-27"))
    refused = invoke(folder, "publish", "weekly/2099-02-27").output
    assert "is not approved" in refused
    assert "?" not in refused
    app.approval.approve_edition(date(2099, 2, 27), "Ada")
    early = invoke(folder, "publish", "weekly/2099-02-27")
    assert "edition weekly/2099-02-27 is due 2099-02-27" in early.output
    assert "Publish it at" in early.output
    assert app.publishing.list_public_dates() == []


@pytest.fixture
def internal(folder: Path) -> Path:
    """A folder with the letter, and clips for staff and board."""
    add_newsletters(
        folder, clips={"audience": ["Staff", "board"], "title": "Clips"}
    )
    return folder


def test_who_is_put_on_an_internal_newsletter_is_said_to_get_its_tag(
    internal: Path, tmp_path: Path
) -> None:
    said = "clips is internal: it goes to the tags Staff, board"
    added = invoke(
        internal, "subscribers", "add", "ada@r.example", "--newsletter", "clips"
    ).output
    assert said in added
    assert "gets the tag staff" in added
    chosen = ("ben@r.example", "--newsletter", "clips", "--tag", "Board")
    assert "gets the tag board" in (
        invoke(internal, "subscribers", "add", *chosen).output
    )
    sheet = tmp_path / "people.csv"
    sheet.write_text("address\ncleo@r.example\n", "utf-8")
    imported = invoke(
        internal, "subscribers", "import", str(sheet), "--newsletter", "clips"
    ).output
    assert said in imported
    to_letter = ("dora@r.example", "--newsletter", "weekly")
    assert "internal" not in (
        invoke(internal, "subscribers", "add", *to_letter).output
    )
    rows = json.loads(invoke(internal, "subscribers", "list", "--json").stdout)
    tags = {row["address"]: row["tags"] for row in rows}
    # who has one of its tags needs no other
    assert tags["ben@r.example"] == ["board"]
    assert tags["ada@r.example"] == tags["cleo@r.example"] == ["staff"]


def test_people_of_all_newsletters_are_listed_with_what_they_get(
    internal: Path,
) -> None:
    for address, newsletter in (
        ("ada@r.example", "clips"),
        ("ben@r.example", "weekly"),
        ("ada@r.example", "weekly"),
        ("cleo@r.example", "weekly"),
    ):
        call = ("add", address, "--newsletter", newsletter)
        assert invoke(internal, "subscribers", *call).exit_code == 0
    left = invoke(
        internal,
        "subscribers",
        "remove",
        "cleo@r.example",
        "--newsletter",
        "weekly",
    ).output
    assert "it was the last one that they got" in left
    rows = json.loads(invoke(internal, "subscribers", "list", "--json").stdout)
    assert [(row["address"], row["newsletters"]) for row in rows] == [
        ("ada@r.example", ["weekly", "clips"]),
        ("ben@r.example", ["weekly"]),
    ]
    listed = invoke(internal, "subscribers", "list").output
    assert "newsletters" in listed.splitlines()[0]
    assert "weekly, clips" in listed
    one = invoke(
        internal, "subscribers", "list", "--newsletter", "clips", "--json"
    )
    assert [row["address"] for row in json.loads(one.stdout)] == [
        "ada@r.example"
    ]
    everybody = json.loads(
        invoke(internal, "subscribers", "list", "--all", "--json").stdout
    )
    assert [row["newsletters"] for row in everybody] == [
        ["weekly", "clips"],
        ["weekly"],
        [],
    ]
    refused = invoke(
        internal,
        "subscribers",
        "add",
        "cleo@r.example",
        "--newsletter",
        "weekly",
    ).output
    assert "unsubscribed from everything" in refused
    assert "/subscribe" in refused
