"""Edition times: what an edition covers and when, after what became of the editions before it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.edition import load_edition
from digest.errors import DigestError, EditionError
from digest.model import Article, Edition, Subscriber, WaitReason
from digest.services.edition_times import CATCH_UP_LIMIT
from digest.services.unsent import LeftOutReason
from digest.settings import load_workspace
from tests.conftest import EDITION, NOW
from tests.services.test_articles import LEAD, put

MONDAY = date(2026, 3, 2)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (
    MONDAY + timedelta(days=number) for number in (1, 2, 3, 4)
)
TEXT = "---\ndate: {0}\nsubject: Of {0}\n---\n\n## News {{#in_the_news}}\n\n"
STORY = "- [{1} of {0}](https://courier.example/{0}/{1}) (The Courier)\n"


def at(day: date, hour: int = 14, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


class Desk:
    """A working folder with a clock that a test moves."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.now = NOW
        file = folder / "feeds.yaml"
        lines = "".join(f"  {setting}\n" for setting in settings)
        text = file.read_text()
        file.write_text(text.replace("  hour: 14\n", f"  hour: 14\n{lines}"))
        self.app = App(load_workspace(folder, {}), lambda: self.now)

    def write(self, day: date, *stories: str) -> None:
        """Store an edition with stories."""
        text = TEXT.format(day) + "".join(
            STORY.format(day, story) for story in stories
        )
        self.app.editions.save_source(text)

    def starts(self, day: date) -> datetime:
        return self.app.drafts.find_covered_window(day).start

    def edition(self, day: date) -> Edition:
        return load_edition(self.app.editions.read_source(day))

    def waiting(self) -> list[tuple[date, WaitReason]]:
        return [
            (one.edition, one.waits_for)
            for one in self.app.unsent.waiting_editions()
        ]

    def left_out(self) -> list[tuple[date, LeftOutReason]]:
        return [
            (one.edition, one.why)
            for one in self.app.unsent.left_out_editions()
        ]

    def run(self) -> None:
        """Do what `digest run` does after collecting."""
        self.app.collection.analyse_and_fill()
        if self.app.drafts.is_draft_due():
            self.app.drafts.create_draft_if_missing()

    def publish(self, number: int, title: str) -> Article:
        words = " ".join(f"{title}{word}" for word in range(40))
        text = f"Open Water says that {title} concerns every tap. {words}"
        return put(
            self.app, number, f"Open Water on {title}", text, published=self.now
        )


@pytest.fixture
def daily(folder: Path) -> Iterator[Desk]:
    made = Desk(folder, "cadence: weekdays", "window: since_last")
    with made.app:
        yield made


@pytest.fixture
def weekly(folder: Path) -> Iterator[Desk]:
    made = Desk(folder)
    with made.app:
        yield made


@pytest.fixture
def by_hand(folder: Path) -> Iterator[Desk]:
    made = Desk(folder, "cadence: by_hand", "window: since_last")
    with made.app:
        yield made


# Windows


def test_an_edition_since_the_last_begins_where_that_was_due(
    daily: Desk,
) -> None:
    daily.write(MONDAY, "Lead")
    daily.now = at(MONDAY, 11)
    daily.app.approval.approve_edition(MONDAY, "Ada")
    daily.now = at(TUESDAY)
    assert daily.starts(TUESDAY) == at(MONDAY)
    late_from = daily.app.drafts.find_covered_window(TUESDAY).late_from
    assert late_from == at(MONDAY, 11)


def test_what_an_unapproved_daily_edition_had_is_in_the_next_until_it_is_approved(
    daily: Desk,
) -> None:
    daily.write(MONDAY, "Lead")
    daily.now = at(MONDAY, 13, 59)
    assert daily.starts(TUESDAY) == at(MONDAY)
    daily.now = at(MONDAY)
    friday_before = at(MONDAY - timedelta(days=3))
    assert daily.starts(TUESDAY) == friday_before
    daily.app.approval.approve_edition(MONDAY, "Ada")
    assert daily.starts(TUESDAY) == at(MONDAY)


def test_days_without_an_edition_are_caught_up_with_for_a_month_at_most(
    daily: Desk,
) -> None:
    daily.write(MONDAY, "Lead")
    daily.app.approval.approve_edition(MONDAY, "Ada")
    daily.now = at(FRIDAY)
    assert daily.starts(FRIDAY) == at(MONDAY)
    later = FRIDAY + timedelta(weeks=8)
    daily.now = at(later)
    thursday = at(later - timedelta(days=1))
    assert daily.starts(later) == thursday - CATCH_UP_LIMIT


def test_weekly_editions_wait_to_be_given_up_as_ever(weekly: Desk) -> None:
    weekly.write(FRIDAY, "Lead")
    weekly.now = at(FRIDAY + timedelta(days=2))
    following = FRIDAY + timedelta(days=7)
    assert weekly.starts(following) == at(FRIDAY)
    weekly.app.unsent.give_up(FRIDAY, "Ada")
    assert weekly.starts(following) == at(FRIDAY - timedelta(days=7))


def test_an_edition_by_hand_covers_what_came_since_the_last_that_exists(
    by_hand: Desk,
) -> None:
    with pytest.raises(DigestError, match="made by hand"):
        by_hand.app.drafts.create_draft()
    assert not by_hand.app.drafts.is_draft_due()
    assert by_hand.app.status.describe_work()["next"] is None
    assert by_hand.starts(MONDAY) == at(MONDAY - timedelta(days=92))
    by_hand.write(MONDAY, "Lead")
    # until it is due it is the one being worked on
    assert by_hand.app.drafts.find_next_date() == MONDAY
    by_hand.app.approval.approve_edition(MONDAY, "Ada")
    by_hand.now = at(MONDAY)
    assert by_hand.app.drafts.find_next_date() is None
    far = MONDAY + timedelta(days=300)
    assert by_hand.starts(far) == at(MONDAY)


# Nothing to report


def test_an_empty_edition_is_skipped_and_the_next_covers_its_time(
    daily: Desk, folder: Path
) -> None:
    daily.now = at(MONDAY, 10)
    daily.run()
    daily.now = at(MONDAY, 13, 59)
    daily.run()
    assert daily.edition(MONDAY).is_empty
    assert daily.left_out() == []
    daily.now = at(MONDAY, 14, 1)
    daily.run()
    assert daily.left_out() == [(MONDAY, LeftOutReason.EMPTY)]
    assert daily.waiting() == []
    assert daily.app.send_schedule.due_editions() == []
    assert daily.starts(TUESDAY) == at(MONDAY - timedelta(days=3))
    listed = daily.app.editions.summarise_editions()
    assert [(one.day, one.is_skipped) for one in listed] == [
        (TUESDAY, False),
        (MONDAY, True),
    ]
    # a day later the next one is the news
    daily.now = at(TUESDAY)
    assert daily.left_out() == [(TUESDAY, LeftOutReason.EMPTY)]
    told = CliRunner().invoke(cli, ["-C", str(folder), "editions"])
    assert told.output.count("nothing to report, skipped") == 2


def test_a_draft_that_is_empty_at_first_fills_until_its_cut_off(
    daily: Desk,
) -> None:
    daily.now = at(MONDAY, 10)
    daily.run()
    assert daily.edition(MONDAY).is_empty
    daily.publish(1, "ferries")
    daily.now = at(MONDAY, 13)
    daily.run()
    (pick,) = daily.edition(MONDAY).sections[0].picks
    assert pick.headline == "Open Water on ferries"
    daily.now = at(MONDAY)
    assert daily.waiting() == [(MONDAY, WaitReason.APPROVAL)]
    assert daily.left_out() == []


def test_what_a_person_took_out_of_a_skipped_edition_does_not_come_back(
    daily: Desk,
) -> None:
    daily.now = at(MONDAY, 10)
    daily.publish(1, "ferries")
    daily.run()
    (pick,) = daily.edition(MONDAY).sections[0].picks
    daily.app.editing_as("Ada").remove_story(MONDAY, pick.url)
    daily.now = at(MONDAY)
    daily.run()
    assert daily.left_out() == [(MONDAY, LeftOutReason.EMPTY)]
    assert daily.starts(TUESDAY) == at(MONDAY)
    assert daily.edition(TUESDAY).is_empty


def test_a_person_may_still_write_a_skipped_edition(daily: Desk) -> None:
    daily.write(MONDAY)
    daily.now = at(MONDAY)
    with pytest.raises(DigestError, match="is empty"):
        daily.app.approval.approve_edition(MONDAY, "Ada")
    daily.write(MONDAY, "Lead")
    assert daily.waiting() == [(MONDAY, WaitReason.APPROVAL)]
    daily.app.approval.approve_edition(MONDAY, "Ada")
    assert daily.app.send_schedule.due_editions() == [MONDAY]


def test_a_saved_block_is_something_to_report_if_a_person_put_it_in(
    folder: Path,
) -> None:
    """Those that each edition has by the settings are not."""
    desk = Desk(folder, "cadence: weekdays", "blocks: {end: [about]}")
    with desk.app as app:
        app.blocks.save_block("about", "We watch water.", None, "Ada")
        app.blocks.save_block("party", "Come to our party.", None, "Ada")
        desk.write(MONDAY)
        text = app.editions.read_source(MONDAY)
        desk.now = at(MONDAY)
        assert desk.left_out() == [(MONDAY, LeftOutReason.EMPTY)]
        app.editions.save_source(f"{text}\n{{block: about}}\n")
        with pytest.raises(DigestError, match="is empty"):
            app.approval.approve_edition(MONDAY, "Ada")
        app.editions.save_source(f"{text}\n{{block: party}}\n")
        assert desk.waiting() == [(MONDAY, WaitReason.APPROVAL)]
        app.approval.approve_edition(MONDAY, "Ada")
        assert app.send_schedule.due_editions() == [MONDAY]


def test_an_empty_edition_that_is_sent_says_so_and_is_approved(
    folder: Path,
) -> None:
    desk = Desk(folder, "cadence: weekdays", "empty: send", "language: es")
    with desk.app as app:
        app.subscribers.add_people(
            [Subscriber("reader@r.example", consent_at=NOW)]
        )
        desk.write(MONDAY)
        desk.now = at(MONDAY)
        assert desk.waiting() == [(MONDAY, WaitReason.APPROVAL)]
        assert desk.left_out() == []
        rendered = app.editions.render_stored(MONDAY)
        assert "Sin novedades" in rendered.html
        assert "Sin novedades" in rendered.text
        app.approval.approve_edition(MONDAY, "Ada")
        assert app.sending.plan_send(MONDAY).approved
        assert app.send_schedule.due_editions() == [MONDAY]
        desk.write(MONDAY, "Lead")
        assert "Sin novedades" not in app.editions.render_stored(MONDAY).html


# Sending late, and reminders


def test_reminders_of_daily_editions_do_not_pile_up(
    daily: Desk, folder: Path
) -> None:
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        daily.write(day, "Lead")
    daily.now = at(WEDNESDAY)
    assert daily.waiting() == [(WEDNESDAY, WaitReason.APPROVAL)]
    assert daily.left_out() == [(TUESDAY, LeftOutReason.LAPSED)]
    # the one that is sent now has their stories
    assert daily.starts(THURSDAY) < at(MONDAY)
    daily.app.approval.approve_edition(TUESDAY, "Ada")
    assert daily.waiting()[0] == (TUESDAY, WaitReason.SENDING)


def test_an_approved_edition_is_sent_late_until_the_next_is_due(
    daily: Desk,
) -> None:
    daily.write(MONDAY, "Lead")
    daily.app.approval.approve_edition(MONDAY, "Ada")
    daily.now = at(TUESDAY, 13, 59)
    assert daily.app.send_schedule.due_editions() == [MONDAY]
    daily.now = at(TUESDAY)
    assert daily.app.send_schedule.due_editions() == []


def test_an_approved_weekly_edition_is_sent_late_for_a_week(
    weekly: Desk,
) -> None:
    weekly.write(FRIDAY, "Lead")
    weekly.app.approval.approve_edition(FRIDAY, "Ada")
    weekly.now = at(FRIDAY + timedelta(days=7)) - timedelta(minutes=1)
    assert weekly.app.send_schedule.due_editions() == [FRIDAY]
    weekly.now = at(FRIDAY + timedelta(days=7))
    assert weekly.app.send_schedule.due_editions() == []


def test_what_comes_the_same_day_after_an_edition_is_news_to_the_next(
    daily: Desk,
) -> None:
    """A further report on a story that ran in the morning is offered the day after."""
    daily.now = at(MONDAY, 10)
    files = f"{LEAD} Open Water has the files."
    put(daily.app, 1, "Lead in taps", files, published=daily.now)
    for number in range(60, 70):
        fair = f"Pig {number} won prize {number} at fair {number}."
        put(daily.app, number, f"Fair {number}", fair)
    daily.run()
    daily.app.approval.approve_edition(MONDAY, "Ada")
    daily.app.publishing.publish_edition(MONDAY, "Ada")
    daily.now = at(MONDAY, 16)
    judge = (
        "A judge is to rule on the lead files, on each memo and tap. "
        "Open Water asked for every official file."
    )
    title = "Lead in taps: judge to rule on files"
    put(daily.app, 2, title, judge, published=daily.now)
    daily.run()
    picks = daily.edition(TUESDAY).sections[0].picks
    assert [pick.headline for pick in picks] == [title]


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(1, 1, 1)])
def test_an_edition_of_another_age_is_refused(app: App, day: date) -> None:
    with pytest.raises(DigestError, match="expected a date from 1990 to 2199"):
        app.drafts.create_draft(day)
    assert app.editions.list_dates() == []
    with pytest.raises(EditionError, match="expected a day such as"):
        app.editions.save_source(EDITION.replace("2026-02-27", f"{day}"))
