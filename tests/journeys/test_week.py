"""A week of a press officer and of cron: an edition fills until it is approved or its hour comes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import expect
from sqlalchemy import func, select

from digest.app import App
from digest.cli import cli
from digest.errors import AlreadySent, DigestError, EditConflict
from digest.model import Lead, Subscriber
from digest.services.draft_merge import Filled
from digest.services.staff import local_user
from digest.settings import load_workspace
from digest.store.tables import edition as editions
from digest.store.tables import proposal, revision
from digest.web.desk import create_desk_app
from digest.web.public import create_public_app
from tests.conftest import workspace
from tests.desk_client import TOKEN, let_in, page, post
from tests.earlier_schemas import put_back
from tests.fakes.browser import browser, needs_browser, watched
from tests.fakes.smtp import FakeSmtp
from tests.fakes.web import Answer, FakeWeb
from tests.fakes.wsgi import served

#: The edition before left on Friday the 20th at 14:00 UTC; this one leaves a week later.
LEFT = datetime(2026, 2, 20, 14, 0, tzinfo=UTC)
FRIDAY = (LEFT + timedelta(days=7)).date()
MONDAY, WEDNESDAY, THURSDAY = (
    LEFT + timedelta(days=n, hours=-4) for n in (3, 5, 6)
)
NAMED = (
    "Open Water obtained the files on {0} and says that {0} concerns every tap."
)
WEAK = "The council spoke of {0} and of drinking water."


def rambling(title: str) -> str:
    """Return words that no other article has, so that none is taken for a copy of it."""
    return " ".join(
        f"{title[:3].strip()}{sha256(f'{title}{n}'.encode()).hexdigest()[:6]}"
        for n in range(40)
    )


class Week:
    """A working folder, a press on loopback, and a clock that a test moves."""

    def __init__(self, folder: Path, web: FakeWeb) -> None:
        self.now, self.web, self.folder = (
            LEFT + timedelta(hours=1),
            web,
            workspace(folder, web.url),
        )
        text = (folder / "feeds.yaml").read_text()
        sized = "sections:\n- {key: in_the_news, title: News, size: 3}\n"
        sized += "- {key: following, title: More, size: 2}\n"
        (folder / "feeds.yaml").write_text(text + sized)
        self.items: list[str] = []
        self.opened: list[App] = []
        self.filled: list[Filled] = []
        self.publish()

    def publish(
        self, *titles: str, text: str = NAMED, at: datetime | None = None
    ) -> None:
        """Let the outlet publish articles."""
        for title in titles:
            path = "/" + title.lower().replace(" ", "-")
            when = f"{at or self.now:%a, %d %b %Y %H:%M:%S} GMT"
            self.items.append(
                f"<item><title>{title}</title><link>{self.web.url}{path}</link>"
                f"<pubDate>{when}</pubDate></item>"
            )
            body = f"<p>{text.format(title)}</p><p>{rambling(title)}</p>" * 3
            page = f"<html><body><article><h1>{title}</h1>{body}</article></body></html>"
            self.web.answers[path] = Answer(page.encode())
        feed = (
            f'<rss version="2.0"><channel>{"".join(self.items)}</channel></rss>'
        )
        self.web.answers["/feed"] = Answer(feed.encode())

    def app(self) -> App:
        """Open the folder as a command does."""
        self.opened.append(
            App(load_workspace(self.folder, {}), lambda: self.now)
        )
        return self.opened[-1]

    def run(self) -> App:
        """Do what `digest run` does: collect, draft if it is time."""
        app = self.app()
        collected = app.collection.collect_and_fill(everything=True)
        self.filled = [draft.filled for draft in collected.filled]
        if app.drafts.is_draft_due():
            app.drafts.create_draft_if_missing()
        return app

    def until(
        self, end: datetime, step: timedelta = timedelta(hours=12)
    ) -> App:
        """Run again and again."""
        while self.now + step < end:
            self.now += step
            self.run()
        self.now = end
        return self.run()


@pytest.fixture
def week(folder: Path, web: FakeWeb) -> Iterator[Week]:
    made = Week(folder, web)
    yield made
    for app in made.opened:
        app.__exit__(None, None, None)


def at_the_weeks_time(week: Week, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give commands the clock of the week."""
    init = App.__init__
    monkeypatch.setattr(
        App,
        "__init__",
        lambda self, w, *_a, **named: init(self, w, lambda: week.now, **named),
    )


def stories(app: App, section: int = 0) -> list[str]:
    return [
        p.headline
        for p in app.editing_as("Ada")
        .load_edition(FRIDAY)
        .sections[section]
        .picks
    ]


def url(week: Week, title: str) -> str:
    return f"{week.web.url}/{title.lower().replace(' ', '-')}"


def number(app: App, title: str) -> int:
    return next(
        f.article.id
        for f in app.editing_as("").list_candidates(FRIDAY)
        if f.article.title == title
    )


@pytest.fixture
def drafted(week: Week) -> Week:
    """Three middling stories of Saturday, drafted."""
    week.publish("Pumps of Alby", "Wells of Borough", text=NAMED)
    week.publish("Rain over Carn", text=WEAK)
    week.until(MONDAY, timedelta(days=1))
    return week


@pytest.mark.parametrize("hours", [pytest.param(1, marks=pytest.mark.slow), 9])
def test_wednesdays_best_story_is_in_fridays_edition(
    week: Week, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """The whole week by `digest run --send` from cron, with persons at work in the middle."""
    at_the_weeks_time(week, monkeypatch)
    (week.folder / ".env").write_text(
        "".join(f"{k}={v}\n" for k, v in smtp.env.items())
    )
    week.app().subscribers.add_people(
        [Subscriber("reader@r.example", consent_at=week.now)]
    )

    def cron(end: datetime) -> App:
        while week.now < end:
            result = CliRunner().invoke(
                cli, ["-C", str(week.folder), "run", "--send"]
            )
            assert result.exit_code == 0, result.output
            week.now += timedelta(hours=hours)
        week.now = end
        return week.run()

    week.publish(
        "Old files",
        "Second rate",
        "Third rate",
        at=LEFT + timedelta(minutes=10),
    )
    app = cron(MONDAY)
    assert set(stories(app)) == {"Old files", "Second rate", "Third rate"}
    ada = app.editing_as("Ada")
    ada.remove_story(FRIDAY, url(week, "Second rate"))
    ada.change_story_line(
        FRIDAY,
        url(week, "Old files"),
        {"headline": "In our words"},
        {"headline": "Old files"},
    )
    ada.write_lead(FRIDAY, 0, Lead("Why we went to court"), None)
    cron(WEDNESDAY)
    week.publish("Open Water wins in court")
    cron(THURSDAY)
    week.publish("Council answers", "Ducks return", text=WEAK)
    app = cron(LEFT + timedelta(days=7, hours=-1))
    assert stories(app)[0] == "Open Water wins in court"
    assert set(stories(app)) == {
        "Open Water wins in court",
        "In our words",
        "Third rate",
    }
    assert set(stories(app, 1)) == {"Council answers", "Ducks return"}
    edition = app.editing_as("Ada").load_edition(FRIDAY)
    assert [lead.headline for lead in edition.leads] == ["Why we went to court"]
    assert edition.subject == "Why we went to court"
    app.approval.approve_edition(FRIDAY, "Ada")
    before = app.editions.read_source(FRIDAY)
    week.publish("Too late to be in it")
    app = cron(LEFT + timedelta(days=7, hours=2))
    CliRunner().invoke(cli, ["-C", str(week.folder), "run", "--send"])
    assert app.editions.read_source(FRIDAY) == before
    ((to, mail),) = smtp.messages
    assert to == "reader@r.example"
    assert "Open Water wins in court" in mail.get_body(("plain",)).get_content()


def test_a_collect_that_brings_nothing_writes_nothing(drafted: Week) -> None:
    app = drafted.run()
    app.editing_as("Ada").remove_story(FRIDAY, url(drafted, "Wells of Borough"))

    def state() -> list[object]:
        with app.store.editions._engine.connect() as c:
            return [
                c.execute(
                    select(editions.c.changed_at, editions.c.source)
                ).all(),
                c.scalar(select(func.count()).select_from(revision)),
                c.execute(select(proposal)).all(),
                app.store.fillings.get_filling(FRIDAY),
                len(app.store.staff.list_actions(FRIDAY)),
            ]

    before = state()
    app = drafted.until(WEDNESDAY)
    assert state() == before
    assert drafted.filled == []


def test_what_a_person_took_out_does_not_come_back_by_another_paper(
    drafted: Week,
) -> None:
    app = drafted.app()
    app.editing_as("Ada").remove_story(FRIDAY, url(drafted, "Wells of Borough"))
    drafted.now += timedelta(hours=1)
    copy = (
        f"{NAMED.format('Wells of Borough')} {rambling('Wells of Borough')} "
        * 3
    )
    drafted.publish("Wells of Borough reported again", text=copy)
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    assert "News of the day" in stories(app)
    assert not [s for s in stories(app) if "Wells" in s]


def test_better_stories_replace_all_but_a_persons_picks(
    week: Week,
) -> None:
    """What was picked, one after the other, stays in that order; nothing else counts as picked."""
    file = week.folder / "feeds.yaml"
    file.write_text(file.read_text().replace("size: 3", "size: 6"))
    picked, others = (
        ("A of Alby", "B of Borough", "C of Carn"),
        ("Xanten", "Ypern", "Zug"),
    )
    week.publish(
        *picked,
        *others,
        text="A council member said Open Water was wrong about {0}.",
    )
    app = week.until(MONDAY + timedelta(days=1), timedelta(days=1))
    assert set(stories(app)) == {*picked, *others}
    for title in picked:
        app.editing_as("Ada").pick_story(
            FRIDAY, number(app, title), "in_the_news"
        )
    week.publish("Dover in court", "Exeter in court")
    app = week.until(THURSDAY)
    there = stories(app)
    assert there[-3:] == list(picked)
    assert set(there[:2]) == {"Dover in court", "Exeter in court"}
    assert there[2] in others
    assert app.editing_as("Ada").find_news(FRIDAY).came == {
        url(week, "Dover in court"),
        url(week, "Exeter in court"),
    }


def test_what_a_person_passed_over_does_not_come_in_later(
    drafted: Week,
) -> None:
    app = drafted.app()
    drafted.publish("Minor matter", text=WEAK)
    app = drafted.until(MONDAY + timedelta(hours=2))
    ada = app.editing_as("Ada")
    ada.reject_story(FRIDAY, number(app, "Minor matter"))
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    assert "Minor matter" not in stories(app, 1)
    assert "News of the day" in stories(app)


def test_a_pick_that_a_person_took_out_again_stays_out(drafted: Week) -> None:
    drafted.publish("Minor matter", text=WEAK)
    drafted.publish(
        "Other matter",
        "Third matter",
        text=WEAK + " Lead pipes, too: lead pipes!",
    )
    app = drafted.until(MONDAY + timedelta(hours=2))
    ada = app.editing_as("Ada")
    ada.pick_story(FRIDAY, number(app, "Minor matter"), "in_the_news")
    ada.restore_story(FRIDAY, number(app, "Minor matter"))
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    assert "Minor matter" not in [*stories(app), *stories(app, 1)]


def test_undo_reverts_a_persons_change_only(
    drafted: Week,
) -> None:
    app = drafted.app()
    app.editing_as("Ada").remove_story(FRIDAY, url(drafted, "Wells of Borough"))
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    assert stories(app)[0] == "News of the day"
    assert app.editing_as("Ada").undo_last_change(FRIDAY) == "took a story out"
    assert set(stories(app)) == {
        "News of the day",
        "Pumps of Alby",
        "Wells of Borough",
    }
    assert app.editing_as("Ada").undo_last_change(FRIDAY) == ""


def test_subject_and_preview_follow_the_lead_unless_written(
    drafted: Week,
) -> None:
    app = drafted.app()
    assert app.editing_as("").load_edition(FRIDAY).subject in (
        "Pumps of Alby",
        "Wells of Borough",
    )
    preheader = app.editing_as("").load_edition(FRIDAY).preheader
    app.editing_as("Ada").change_heading(
        FRIDAY, {"preheader": "Ours"}, {"preheader": preheader}
    )
    drafted.publish("News of the day")
    edition = drafted.until(WEDNESDAY).editing_as("").load_edition(FRIDAY)
    assert (edition.subject, edition.preheader) == ("News of the day", "Ours")


def test_once_approved_it_fills_by_hand_alone(drafted: Week) -> None:
    """Also when the approval is void: a person has the edition in hand."""
    app = drafted.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    assert "News of the day" not in stories(app)
    with pytest.raises(
        DigestError,
        match="is approved by Ada, and adding stories would void the approval",
    ):
        app.drafts.refresh_draft(FRIDAY)
    app.editing_as("Ada").remove_story(FRIDAY, url(drafted, "Wells of Borough"))
    drafted.publish("More news")
    app = drafted.until(THURSDAY)
    assert "News of the day" not in stories(app)
    app.drafts.refresh_draft(FRIDAY)
    assert {"News of the day", "More news", "Pumps of Alby"} == set(
        stories(app)
    )


def test_who_approves_what_was_filled_in_meanwhile_is_told(
    drafted: Week,
) -> None:
    app = drafted.app()
    built = app.editions.render_stored(FRIDAY)
    given = app.approval.approve_edition(FRIDAY, "Ada")
    text = app.editions.read_source(FRIDAY).replace("Pumps", "Pipes")
    app.editions.save_source(text)
    with pytest.raises(EditConflict):
        app.store.editions.save_approval(replace(given, by="Bea"), built)
    assert app.store.editions.get_approval(FRIDAY).by == "Ada"


def test_an_approval_that_comes_between_stops_a_filling(drafted: Week) -> None:
    """It is looked for in the very transaction that stores what was filled in."""
    app = drafted.app()
    stored, source = (
        app.store.fillings.get_filling(FRIDAY),
        app.editions.read_source(FRIDAY),
    )
    app.approval.approve_edition(FRIDAY, "Ada")
    assert not app.store.fillings.save_filling(
        FRIDAY, source + "\n", source, stored, None
    )
    assert app.editions.read_source(FRIDAY) == source
    assert app.sending.plan_send(FRIDAY).approved


def test_a_persons_change_that_comes_between_is_not_lost(
    drafted: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = drafted.app()
    drafted.publish("News of the day")
    drafted.now += timedelta(hours=3)
    app.feeds.poll_feeds(everything=True)
    fill, dropped = app.store.fillings.save_filling, []

    def meanwhile(*args: object) -> bool:
        if not dropped:
            dropped.append(url(drafted, "Wells of Borough"))
            drafted.app().editing_as("Ada").remove_story(FRIDAY, dropped[0])
        return fill(*args)

    monkeypatch.setattr(app.store.fillings, fill.__name__, meanwhile)
    app.collection.analyse_and_fill()
    assert set(stories(app)) == {"News of the day", "Pumps of Alby"}


def test_an_edition_that_a_person_wrote_is_filled_by_hand_alone(
    drafted: Week,
) -> None:
    app = drafted.app()
    later = FRIDAY + timedelta(days=7)
    text = app.editions.read_source(FRIDAY).replace(str(FRIDAY), str(later))
    app.editions.save_source(text)
    app.collection.collect_and_fill(everything=True)
    assert app.editions.read_source(later) == text


def test_a_text_edited_elsewhere_loses_nothing_that_came_in_meanwhile(
    drafted: Week,
) -> None:
    app = drafted.app()
    taken = app.drafts.take_snapshot(FRIDAY)
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    ours = taken.source.replace("[Pumps of Alby]", "[Pumps, in our words]")
    app.editions.save_source(ours, taken, "Ada")
    assert "News of the day" in stories(app)
    assert "Pumps, in our words" in stories(app)
    with pytest.raises(EditConflict):
        app.editions.save_source(ours, taken, "Bea")


def test_what_persons_say_goes_before_what_the_machine_changed_meanwhile(
    drafted: Week,
) -> None:
    app = drafted.app()
    was = app.editing_as("").load_edition(FRIDAY).subject
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    app.editing_as("Ada").change_heading(
        FRIDAY, {"subject": "Ours"}, {"subject": was}
    )
    assert app.editing_as("").load_edition(FRIDAY).subject == "Ours"
    with pytest.raises(EditConflict):
        app.editing_as("Bea").change_heading(
            FRIDAY, {"subject": "Mine"}, {"subject": was}
        )


def test_what_came_once_an_edition_was_approved_is_in_the_next_one(
    drafted: Week,
) -> None:
    """Approved on Wednesday: Thursday's news is in no window of an edition that fills."""
    app = drafted.until(WEDNESDAY)
    app.approval.approve_edition(FRIDAY, "Ada")
    drafted.until(THURSDAY)
    drafted.publish("News of Thursday")
    drafted.until(LEFT + timedelta(days=7, minutes=-30))
    drafted.publish("News of the last minute")
    app = drafted.until(LEFT + timedelta(days=8))
    later = FRIDAY + timedelta(days=7)
    there = {
        p.headline
        for s in app.editing_as("").load_edition(later).sections
        for p in s.picks
    }
    assert there == {"News of Thursday", "News of the last minute"}
    finds = {f.article.title for f in app.editing_as("").list_candidates(later)}
    assert finds == there, "what had its chance is not offered again"


# What is new, and to whom


def test_news_is_new_to_each_person_since_their_visit(
    drafted: Week,
) -> None:
    app = drafted.app()
    assert app.editing_as("Ada").find_news(FRIDAY).came == frozenset()
    app.editing_as("Ada").note_visit(FRIDAY, drafted.now)
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    new = {url(drafted, "News of the day")}
    assert (
        app.editing_as("Ada").find_news(FRIDAY).came
        == app.editing_as("Bea").find_news(FRIDAY).came
        == new
    )
    assert [
        f.article.title
        for f in app.editing_as("Ada").list_candidates(FRIDAY)
        if f.is_new
    ] == ["News of the day"]
    app.editing_as("Ada").note_visit(FRIDAY, drafted.now)
    assert app.editing_as("Ada").find_news(FRIDAY).came == new, (
        "it stays marked while they look"
    )
    drafted.now += timedelta(hours=1)
    assert app.editing_as("Ada").find_news(FRIDAY).came == frozenset()
    assert app.editing_as("Bea").find_news(FRIDAY).came == new
    app.editing_as("Bea").mark_seen(FRIDAY, drafted.now)
    assert app.editing_as("Bea").find_news(FRIDAY).came == frozenset()


def test_what_gave_way_is_told(drafted: Week) -> None:
    drafted.publish("News one", "News two", "News three")
    app = drafted.until(WEDNESDAY)
    gone = {
        one["headline"] for one in app.editing_as("Ada").find_news(FRIDAY).went
    }
    assert gone
    assert not gone & set(stories(app))


# By the command line


@pytest.fixture
def commanded(
    drafted: Week, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run commands at the week's time."""
    at_the_weeks_time(drafted, monkeypatch)
    return lambda *words: CliRunner().invoke(
        cli, ["-C", str(drafted.folder), *words]
    )


def test_draft_names_both_ways_where_there_is_an_edition(
    commanded: Callable[..., Result],
) -> None:
    result = commanded("draft")
    assert result.exit_code == 1
    assert (
        "--refresh fills it with what is new and keeps what persons did"
        in result.output
    )
    assert "--replace discards it" in result.output
    assert commanded("draft", "--refresh", "--replace").exit_code == 2


def test_refresh_discards_nothing_and_marks_what_is_new(
    drafted: Week, commanded: Callable[..., Result]
) -> None:
    drafted.app().editing_as("Ada").remove_story(
        FRIDAY, url(drafted, "Wells of Borough")
    )
    drafted.publish("News of the day")
    drafted.now += timedelta(hours=3)
    drafted.app().feeds.poll_feeds(everything=True)
    out = commanded("draft", "--refresh").output
    assert "in_the_news: 2 picks (1 new)" in out
    assert "  - new: News of the day (The Courier)" in out
    assert "Wells of Borough" not in [
        line for line in out.splitlines() if "- " in line
    ]
    found = json.loads(commanded("draft", "--refresh", "--json").stdout)
    marked = {p["headline"]: p["new"] for p in found["sections"][0]["picks"]}
    assert marked == {"News of the day": True, "Pumps of Alby": False}


def test_replace_says_what_it_discards(
    drafted: Week, commanded: Callable[..., Result]
) -> None:
    ada = drafted.app().editing_as("Ada")
    ada.remove_story(FRIDAY, url(drafted, "Wells of Borough"))
    ada.write_lead(FRIDAY, 0, Lead("Why we went to court"), None)
    result = commanded("draft", "--replace")
    assert result.exit_code == 0
    assert "discarded: wrote the lead “Why we went to court”" in result.stderr
    assert (
        "discarded: took out “Wells of Borough” (The Courier)" in result.stderr
    )
    app = drafted.app()
    assert "Wells of Borough" in stories(app)
    assert app.editing_as("Ada").undo_last_change(FRIDAY) == "drafted it anew"
    assert "Wells of Borough" not in stories(app)


def test_run_waits_for_draft_ahead_as_workers_do(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = week.folder / "feeds.yaml"
    file.write_text(
        file.read_text().replace("  hour: 14", "  hour: 14\n  draft_ahead: 24")
    )
    at_the_weeks_time(week, monkeypatch)
    run = ["-C", str(week.folder), "run"]
    out = CliRunner().invoke(cli, run).output
    assert "the next edition is drafted from 2026-02-26 14:00 UTC on" in out
    week.now = LEFT + timedelta(days=6, hours=1)
    assert "edition 2026-02-27 is in" in CliRunner().invoke(cli, run).output


def test_each_story_of_a_refilled_draft_teaches_once(
    drafted: Week,
) -> None:
    """As it was offered last; what a person took out is there, and counts as not picked."""
    from digest.services.past_picks import PastPicks

    app = drafted.app()
    ids = {
        t: number(app, t)
        for t in ("Wells of Borough", "Pumps of Alby", "Rain over Carn")
    }
    app.editing_as("Ada").remove_story(FRIDAY, url(drafted, "Wells of Borough"))
    drafted.publish("News one")
    drafted.until(MONDAY + timedelta(days=1))
    drafted.publish("News two", "News three")
    app = drafted.until(WEDNESDAY)
    ids |= {t: number(app, t) for t in ("News one", "News two", "News three")}
    app.approval.approve_edition(FRIDAY, "Ada")
    offers = app.store.analyses.list_proposals(FRIDAY)
    assert sorted(p.article for p in offers) == sorted(ids.values())
    there = {ids[title] for title in (*stories(app), *stories(app, 1))}
    assert there <= {p.article for p in offers if p.in_draft}
    (told,) = PastPicks(app.store).approved_weeks
    assert sum(o.picked for o in told.offers) == len(there)
    assert ids["Wells of Borough"] not in there


def test_subscribers_get_the_edition_as_it_was_approved(
    drafted: Week, smtp: FakeSmtp
) -> None:
    (drafted.folder / ".env").write_text(
        "".join(f"{k}={v}\n" for k, v in smtp.env.items())
    )
    app = drafted.app()
    app.subscribers.add_people(
        [Subscriber("a@r.example", consent_at=drafted.now)]
    )
    app.approval.approve_edition(FRIDAY, "Ada")
    drafted.publish("News of the day")
    app = drafted.until(LEFT + timedelta(days=7, hours=1), timedelta(days=1))
    approved = app.editions.read_source(FRIDAY)
    app.sending.send_edition(FRIDAY)
    for again in (
        lambda: app.drafts.refresh_draft(FRIDAY),
        lambda: app.drafts.create_draft(FRIDAY, replace_it=True),
        lambda: app.drafts.refresh_draft(FRIDAY, void_approval=True),
    ):
        with pytest.raises(AlreadySent):
            again()
    drafted.until(LEFT + timedelta(days=8), timedelta(hours=3))
    assert app.editions.read_source(FRIDAY) == approved
    (mail,) = smtp.raw
    assert b"News of the day" not in mail


# In the desk


def test_the_desk_marks_new_stories_until_asked_not_to(
    drafted: Week,
) -> None:
    drafted.publish("News of the day")
    app = drafted.until(WEDNESDAY)
    client = let_in(app)
    for here, mark in (
        ("finds", "//p[@class='meta']"),
        ("edition", "//p[@class='line']"),
    ):
        shown = page(client, f"/{FRIDAY}/{here}")
        marked = shown.xpath(
            f"{mark}[strong[@class='is-new']='new']/..//a[1]/text()"
        )
        assert marked[:1] == ["News of the day"]
        assert (
            "1 new story since the first draft (21 Feb 2026, 15:00 UTC)"
            in " ".join(shown.text_content().split())
        )
    only = page(client, f"/{FRIDAY}/finds?show=new").xpath(
        "//article//h3/a/text()"
    )
    assert only == ["News of the day"]
    before = app.store.fillings.get_look(FRIDAY, local_user())
    (at,) = page(client, f"/{FRIDAY}/edition").xpath(
        "//form[@id='seen']/input[@name='shown']"
    )
    assert (
        app.store.fillings.get_look(FRIDAY, local_user()) == before is None
    ), "looking writes nothing"
    assert (
        post(
            client, f"/{FRIDAY}/seen", shown=at.get("value"), part="1"
        ).status_code
        == 200
    )
    assert page(client, f"/{FRIDAY}/edition").xpath("//strong[@class='is-new']")
    answer = post(
        client, f"/{FRIDAY}/seen", shown=at.get("value"), here="edition"
    )
    assert answer.headers["Location"].endswith("/edition")
    assert not page(client, f"/{FRIDAY}/edition").xpath(
        "//strong[@class='is-new']"
    )
    assert post(client, f"/{FRIDAY}/seen", shown="yesterday").status_code == 400


def test_what_gave_way_is_shown_beside_the_edition(drafted: Week) -> None:
    drafted.publish("News one", "News two", "News three")
    shown = page(let_in(drafted.until(WEDNESDAY)), f"/{FRIDAY}/edition")
    details = shown.xpath("//form[@id='seen']/details")[0].text_content()
    assert "gave way to better ones" in details
    assert "Pumps of Alby" in details or "Wells of Borough" in details


@pytest.mark.slow
@needs_browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_person_works_in_the_browser_while_the_edition_fills(
    drafted: Week,
) -> None:
    app = drafted.app()
    with served(create_desk_app(app, TOKEN)) as home, browser() as chromium:
        seen = watched(chromium, home)
        tab = seen.page
        tab.goto(f"{home}/?token={TOKEN}")
        tab.goto(f"{home}/{FRIDAY}/edition")
        expect(tab.locator("#seen")).to_be_hidden()
        drafted.publish("News of the day")
        drafted.now += timedelta(hours=3)
        drafted.run()
        tab.fill("#head [name=subject]", "Subject by hand")
        expect(tab.locator("#said")).to_have_text("stored")
        tab.locator("button[value=out]").last.click()
        expect(tab.locator(".is-new")).to_have_text(["new"])
        assert stories(app)[0] == "News of the day"
        assert (
            app.editing_as("").load_edition(FRIDAY).subject == "Subject by hand"
        )
        drafted.publish("Evening matter", text=WEAK)
        drafted.now += timedelta(hours=3)
        drafted.run()
        tab.locator("#undo button").click()
        expect(tab.locator(".state").first).to_contain_text(
            "Undone: took a story out"
        )
        # three hours went by: the first is of the visit before
        expect(tab.locator(".pick:has(.is-new)")).to_contain_text(
            ["Evening matter"]
        )
        tab.get_by_role("button", name="Mark all as seen").click()
        expect(tab.locator("#seen")).to_be_hidden()
        assert seen.problems == []
    assert "News of the day" in stories(app)
    assert set(stories(app, 1)) == {"Evening matter", "Rain over Carn"}


# What waits for a person


@pytest.fixture
def by_smtp(drafted: Week, smtp: FakeSmtp) -> Week:
    """The drafted week, with ten readers and a mail server."""
    (drafted.folder / ".env").write_text(
        "".join(f"{k}={v}\n" for k, v in smtp.env.items())
    )
    people = [
        Subscriber(f"reader{n}@r.example", consent_at=drafted.now)
        for n in range(10)
    ]
    drafted.app().subscribers.add_people(people)
    return drafted


def text_of(week: Week, path: str) -> str:
    return " ".join(page(let_in(week.app()), path).text_content().split())


HOUR = LEFT + timedelta(days=7)
LATER = FRIDAY + timedelta(days=7)


def test_withdrawing_an_approval_keeps_all_edits(
    by_smtp: Week, smtp: FakeSmtp, commanded: Callable[..., Result]
) -> None:
    app = by_smtp.app()
    app.editing_as("Ada").write_lead(
        FRIDAY, 0, Lead("Why we went to court"), None
    )
    app.approval.approve_edition(FRIDAY, "Ada")
    assert (
        "digest approve 2026-02-27 --withdraw"
        in commanded("send", "--cancel").output
    )
    assert commanded("approve", "--withdraw", "--by", "Ada").exit_code == 0
    assert commanded("approve", "--withdraw").exit_code == 1
    by_smtp.publish("News of the day")
    app = by_smtp.until(WEDNESDAY)
    assert stories(app)[0] == "News of the day"
    assert [
        lead.headline for lead in app.editing_as("").load_edition(FRIDAY).leads
    ] == ["Why we went to court"]
    assert ("Ada", "withdrew the approval") in [
        (d.who, d.what) for d in app.store.staff.list_actions(FRIDAY)
    ]
    app.approval.approve_edition(FRIDAY, "Ada")
    post(let_in(app), f"/{FRIDAY}/unapprove")
    by_smtp.now = HOUR + timedelta(minutes=1)
    assert commanded("run", "--send").exit_code == 1
    assert smtp.messages == []


def test_a_withdrawn_frozen_edition_is_not_sent(
    by_smtp: Week, smtp: FakeSmtp, commanded: Callable[..., Result]
) -> None:
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    smtp.says = lambda stage, _address: (
        "554 relay access denied" if stage == "mail" else ""
    )
    with pytest.raises(DigestError):
        app.sending.send_edition(FRIDAY)
    smtp.says = lambda _stage, _address: ""
    assert commanded("approve", "--withdraw").exit_code == 0
    assert "is not approved" in commanded("send", "--yes").output
    assert smtp.messages == []


def test_what_was_sent_has_no_approval_to_take_back(
    by_smtp: Week, commanded: Callable[..., Result]
) -> None:
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    app.sending.send_edition(FRIDAY)
    assert (
        "cannot be changed any more"
        in commanded("approve", "--withdraw").output
    )
    by_smtp.now = HOUR + timedelta(minutes=1)
    assert "cannot be changed any more" in commanded("send", "--give-up").output
    assert app.store.editions.get_approval(FRIDAY)


def test_every_page_and_status_tell_of_unsent_editions(
    by_smtp: Week, commanded: Callable[..., Result]
) -> None:
    by_smtp.now = HOUR + timedelta(minutes=-1)
    assert "is not sent" not in text_of(by_smtp, f"/{FRIDAY}/finds")
    by_smtp.now = HOUR + timedelta(days=4)
    by_smtp.run()
    said = "The edition of February 27, 2026 was due on 27 Feb 2026, 14:00 UTC and is not sent"
    for path in (f"/{LATER}/finds", f"/{LATER}/edition", "/history"):
        assert f"{said}: nobody has approved it." in text_of(by_smtp, path), (
            path
        )
    assert (
        "is not approved; run `digest approve 2026-02-27`"
        in commanded("status").stderr
    )
    told = json.loads(commanded("status", "--json").stdout)["waiting"]
    assert [(w["edition"], w["waits_for"]) for w in told] == [
        ("2026-02-27", "approval")
    ]
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    assert "is approved, was due on" in text_of(by_smtp, f"/{LATER}/finds")
    app.sending.send_edition(FRIDAY)
    assert "February 27" not in text_of(by_smtp, f"/{LATER}/finds")
    assert commanded("status").stderr == ""


def test_changing_an_approved_edition_warns_editor_and_approver(
    by_smtp: Week, commanded: Callable[..., Result]
) -> None:
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    told = "Ada approved this edition. If you change it, that holds no longer"
    for here in ("finds", "edition"):
        assert told in text_of(by_smtp, f"/{FRIDAY}/{here}")
    assert "once approved" not in commanded("status").stdout
    by_smtp.now += timedelta(hours=1)
    app.editing_as("Carla").remove_story(
        FRIDAY, url(by_smtp, "Wells of Borough")
    )
    shown = text_of(by_smtp, f"/{FRIDAY}/edition")
    assert (
        "was changed since Ada approved it: it leaves on 27 Feb 2026, 14:00 UTC only"
        in shown
    )
    assert told not in shown
    assert "Carla: took a story out" in text_of(by_smtp, f"/{FRIDAY}/send")
    run = commanded("run")
    assert (
        "is due 2026-02-27 14:00 UTC and was changed since Ada approved it"
        in run.stderr
    )
    assert (
        "to be sent 2026-02-27 14:00 UTC once approved"
        in commanded("status").stdout
    )


def test_where_two_must_approve_it_is_told_that_one_is_missing(
    by_smtp: Week, commanded: Callable[..., Result]
) -> None:
    file = by_smtp.folder / "feeds.yaml"
    file.write_text(f"{file.read_text()}desk: {{two_people: true}}\n")
    assert "Two different people must approve it." in text_of(
        by_smtp, f"/{FRIDAY}/send"
    )
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada  Oduya")
    with pytest.raises(DigestError, match="a second person"):
        app.approval.approve_edition(FRIDAY, " ada oduya ")
    said = "Only Ada Oduya has approved the edition of February 27, 2026, which is due on 27 Feb"
    assert said in text_of(by_smtp, f"/{FRIDAY}/edition")
    assert "a second person must approve it too" in commanded("run").stderr
    assert "once approved" in commanded("status").stdout, (
        "one of two is not approved"
    )
    app.approval.approve_edition(FRIDAY, "Bruno")
    assert commanded("run").stderr == ""
    assert "once approved" not in commanded("status").stdout


def test_stories_of_an_abandoned_edition_are_offered_again(
    by_smtp: Week, smtp: FakeSmtp, commanded: Callable[..., Result]
) -> None:
    """And if it is sent after all, nobody is told the same twice."""
    old = {"Pumps of Alby", "Wells of Borough", "Rain over Carn"}
    assert (
        "is not due yet" in commanded("send", str(FRIDAY), "--give-up").output
    )
    by_smtp.now = HOUR + timedelta(days=1)
    by_smtp.publish("Weekend news")
    assert stories_of(by_smtp.run(), LATER) == {"Weekend news"}
    assert commanded("send", str(FRIDAY), "--give-up").exit_code == 0
    assert stories_of(by_smtp.run(), LATER) == {"Weekend news", *old}
    shown = text_of(by_smtp, f"/{FRIDAY}/send")
    assert (
        "left it unsent; its stories are offered for the next edition" in shown
    )
    assert "is not sent" not in text_of(by_smtp, f"/{LATER}/finds")
    assert commanded("run", "--send").exit_code == 0
    assert smtp.messages == []
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    by_smtp.now += timedelta(hours=3)
    assert commanded("run", "--send").exit_code == 0
    assert len(smtp.messages) == 10
    assert stories_of(by_smtp.run(), LATER) == {"Weekend news"}


def stories_of(app: App, day: date) -> set[str]:
    return {
        p.headline
        for s in app.editing_as("").load_edition(day).sections
        for p in s.picks
    }


def test_an_edition_is_given_up_at_the_desk(by_smtp: Week) -> None:
    by_smtp.now = HOUR + timedelta(days=1)
    app = by_smtp.run()
    assert "Leave it unsent" in text_of(by_smtp, f"/{FRIDAY}/send")
    assert post(let_in(app), f"/{FRIDAY}/give-up").status_code == 303
    assert app.store.send_halts.list_given_up_editions() == {FRIDAY}
    assert post(let_in(app), f"/{FRIDAY}/give-up").status_code == 400


def test_stories_between_two_approvals_go_to_the_next_edition(
    drafted: Week,
) -> None:
    """Nothing is filled in after the first: what came then had no chance in this one."""
    app = drafted.until(WEDNESDAY)
    app.approval.approve_edition(FRIDAY, "Ada")
    drafted.publish("News of Thursday")
    app = drafted.until(THURSDAY)
    app.editing_as("Ada").remove_story(FRIDAY, url(drafted, "Wells of Borough"))
    app.approval.approve_edition(FRIDAY, "Ada")
    app = drafted.until(HOUR + timedelta(hours=1))
    assert stories_of(app, LATER) == {"News of Thursday"}


def test_the_older_of_two_due_editions_is_sent_first(
    by_smtp: Week, smtp: FakeSmtp, commanded: Callable[..., Result]
) -> None:
    app = by_smtp.app()
    saturday = FRIDAY + timedelta(days=1)
    app.editions.save_source(
        app.editions.read_source(FRIDAY)
        .replace(str(FRIDAY), str(saturday))
        .replace("Pumps", "Pipes")
    )
    for day in (FRIDAY, saturday):
        app.approval.approve_edition(day, "Ada")
    by_smtp.now = HOUR + timedelta(days=1, hours=1)
    smtp.refuse = {"reader3@r.example"}
    smtp.later = {"reader4@r.example"}
    assert commanded("run", "--send").exit_code == 1
    subjects = [mail["Subject"] for _, mail in smtp.messages]
    assert len(subjects) == 16
    assert subjects[:8] == [app.sending.plan_send(FRIDAY).subject] * 8


def test_an_outdated_page_approves_nothing_and_lists_changes(
    drafted: Week,
) -> None:
    app = drafted.app()
    client = let_in(app)
    form = page(client, f"/{FRIDAY}/confirm/approve").xpath(
        "//form[input[@name='musts']]"
    )[0]
    fields = dict(form.form_values())
    drafted.now += timedelta(minutes=2)
    app.editing_as("Carla").remove_story(
        FRIDAY, url(drafted, "Wells of Borough")
    )
    answer = post(client, f"/{FRIDAY}/approve", **fields)
    assert answer.status_code == 409
    assert "Carla: took a story out" in answer.text
    assert app.store.editions.get_approval(FRIDAY) is None


def test_a_repaired_feed_brings_its_week(
    week: Week,
) -> None:
    """And the desk says while it is broken which it is, and since when."""
    week.publish("Before it broke", at=LEFT + timedelta(minutes=10))
    week.run()
    broken = Answer(b"no", 403)
    for at in (MONDAY + timedelta(days=1), THURSDAY):
        week.web.answers["/feed"] = broken
        week.until(at, timedelta(days=1))
        week.publish(f"Missed on {at:%A}")
    week.web.answers["/feed"] = broken
    week.until(HOUR + timedelta(hours=-1), timedelta(days=1))
    for here in ("finds", "edition"):
        shown = text_of(week, f"/{FRIDAY}/{here}")
        assert "The Courier: " in shown
        assert (
            "has failed since 2026-02-20 15:00 UTC: it refuses scripts (403)"
            in shown
        )
    week.until(HOUR + timedelta(hours=1))
    week.publish()
    week.now += timedelta(days=1)
    assert stories_of(week.run(), LATER) == {
        "Missed on Tuesday",
        "Missed on Thursday",
    }


def test_the_outlets_own_headline_is_taken_back_for_one_story_alone(
    drafted: Week,
) -> None:
    app = drafted.app()
    for title in ("Pumps of Alby", "Wells of Borough"):
        was = {"headline": title}
        app.editing_as("Ada").change_story_line(
            FRIDAY, url(drafted, title), {"headline": f"Our {title}"}, was
        )
    client = let_in(app)
    forms = page(client, f"/{FRIDAY}/edition").xpath(
        "//form[button='Take the outlet’s headline']"
    )
    fields = next(
        dict(f.form_values()) for f in forms if "pumps" in f.fields["url"]
    )
    assert post(client, f"/{FRIDAY}/story", **fields).status_code == 303
    assert set(stories(app)) == {"Pumps of Alby", "Our Wells of Borough"}
    assert "Take the outlet’s headline" in text_of(
        drafted, f"/{FRIDAY}/edition"
    )


def test_passed_over_stories_are_listed_and_pickers_stay_known(
    drafted: Week,
) -> None:
    app = drafted.app()
    ada = app.editing_as("Ada")
    ada.reject_story(FRIDAY, number(app, "Wells of Borough"))
    ada.pick_story(FRIDAY, number(app, "Rain over Carn"), "in_the_news")
    said, was = {"headline": "As we say it"}, {"headline": "Rain over Carn"}
    ada.change_story_line(FRIDAY, url(drafted, "Rain over Carn"), said, was)
    client = let_in(app)
    listed = page(client, f"/{FRIDAY}/finds?show=rejected").xpath(
        "//article//h3/a/text()"
    )
    assert listed == ["Wells of Borough"]
    rows = page(client, f"/{FRIDAY}/history").xpath("//table[1]//tr")
    by = {row[0].text_content(): row[2].text_content() for row in rows[1:]}
    assert by["As we say it (The Courier)"] == "Ada"
    assert by["Pumps of Alby (The Courier)"] == "the draft"


def test_the_desk_names_who_has_not_got_it_and_why(
    by_smtp: Week, smtp: FakeSmtp, commanded: Callable[..., Result]
) -> None:
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    smtp.vanish = {"reader3@r.example"}

    def meanwhile(stage: str, _address: str) -> str:
        if stage == "dot" and len(smtp.messages) == 5:
            app.subscribers.unsubscribe_address("reader9@r.example")
        return ""

    smtp.says = meanwhile
    told = commanded("send", "--yes")
    assert "1 are uncertain, and are not mailed again on a guess" in told.stderr
    shown = text_of(by_smtp, f"/{FRIDAY}/send")
    assert "excluded, left: 1" in shown
    assert "reader9@r.example" in shown
    assert "uncertain, the connection broke" in shown
    assert "reader3@r.example" in shown
    assert "not mailed again on a guess" in shown


def test_the_link_of_a_test_mail_says_that_it_unsubscribes_nobody(
    by_smtp: Week, smtp: FakeSmtp
) -> None:
    app = by_smtp.app()
    app.sending.send_test(FRIDAY, "reader7@r.example")
    [(_, mail)] = smtp.messages
    path = (
        "/u/" + mail["List-Unsubscribe"].partition("/u/")[2].partition(">")[0]
    )
    answer = create_public_app(app).test_client().post(path)
    assert answer.status_code == 200
    assert "it unsubscribes nobody" in answer.text
    assert app.subscribers.count_matching("") == 10


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("2026-03-29T02:30", "29 Mar 2026, 03:30 CEST"),
        ("2026-10-25T02:30", "25 Oct 2026, 02:30 CEST"),
    ],
)
def test_hours_that_clocks_skip_or_repeat_are_told_as_taken(
    drafted: Week, given: str, told: str
) -> None:
    file = drafted.folder / "feeds.yaml"
    zoned = file.read_text().replace(
        "  hour: 14", "  hour: 14\n  time_zone: Europe/Berlin"
    )
    file.write_text(zoned)
    client = let_in(drafted.app())
    post(client, f"/{FRIDAY}/schedule", at=given)
    shown = page(client, f"/{FRIDAY}/send").xpath("//p[@role='status']/text()")
    assert shown == [f"It leaves on {told} once it is approved."]


def test_a_vanished_story_is_told_before_leaving(
    by_smtp: Week, smtp: FakeSmtp, commanded: Callable[..., Result]
) -> None:
    """What was approved leaves as it was, unless a person acts."""
    app = by_smtp.app()
    app.approval.approve_edition(FRIDAY, "Ada")
    before = app.editions.read_source(FRIDAY)
    by_smtp.now = HOUR + timedelta(minutes=-30)
    assert commanded("run").stderr == ""
    by_smtp.web.answers["/wells-of-borough"] = Answer(
        b"this article was removed", 404
    )
    moved = Answer(b"", 301, {"Location": "/pumps-of-alby"})
    by_smtp.web.answers["/rain-over-carn"] = moved
    for _ in range(2):
        told = commanded("run").stderr
        assert "wells-of-borough is gone" in told
        assert "rain-over-carn has moved to" in told
    found = [
        d
        for d in app.store.staff.list_actions(FRIDAY)
        if d.what.startswith("found that ")
    ]
    assert sum("wells-of-borough is gone" in d.what for d in found) == 1
    assert "lead elsewhere or nowhere by now" in text_of(
        by_smtp, f"/{FRIDAY}/edition"
    )
    shown = text_of(by_smtp, f"/{FRIDAY}/send")
    assert "It leaves as it was approved unless you change it" in shown
    assert "wells-of-borough is gone" in shown
    by_smtp.now = HOUR + timedelta(minutes=1)
    assert commanded("run", "--send").exit_code == 0
    assert app.editions.read_source(FRIDAY) == before
    assert len(smtp.messages) == 10


# Workspaces of before


@pytest.mark.sqlite
def test_an_upgraded_draft_fills_and_keeps_edits(
    drafted: Week,
) -> None:
    app = drafted.app()
    app.editing_as("Ada").change_story_line(
        FRIDAY,
        url(drafted, "Pumps of Alby"),
        {"note": "Our sentence."},
        {"note": ""},
    )
    app.__exit__(None, None, None)
    put_back(drafted.folder / "digest.db", "0010")
    drafted.publish("News one", "News two", "News three")
    app = drafted.until(WEDNESDAY)
    picks = app.editing_as("Ada").load_edition(FRIDAY).sections[0].picks
    assert [p.note for p in picks if p.headline == "Pumps of Alby"] == [
        "Our sentence."
    ]
    assert sum(p.headline.startswith("News") for p in picks) == 2
