"""Three newsletters of one press: a month by `digest run`, with a clock of its own.

Clips for the staff on every working day, a public letter on Fridays, one for funders by hand. Both
Europe and America change their clocks in this month. Run it with -s to see what was sent to whom.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from digest.app import App
from digest.cli import cli
from digest.model import Edition
from digest.settings import load_workspace
from tests.conftest import workspace
from tests.fakes.smtp import FakeSmtp
from tests.fakes.web import Answer, FakeWeb

FIRST = date(2026, 3, 1)
LAST = date(2026, 3, 31)
HOLIDAY = date(2026, 3, 23)
#: Nothing is published from the noon before until this day's noon: there are no clips on it.
QUIET_DAY = date(2026, 3, 18)
FUNDERS_DAY = date(2026, 3, 31)
COMMON = """\
    sender: {{name: Open Water, address: letter@openwater.example}}
    reply_to: hello@openwater.example
    postal_address: 12 Bicycle Lane, Northgate 40100
    public_url: https://letter.openwater.example
"""
NEWSLETTERS = (
    f"""\
sections:
  - {{{{key: in_the_news, title: "{{{{org}}}} in the news", size: 50}}}}
  - {{{{key: following, title: Other stories, size: 50}}}}
newsletters:
  - key: weekly
    title: The Open Water Letter
{COMMON}    weekday: friday
    hour: 14
    time_zone: America/New_York
  - key: clips
    title: Daily clips
{COMMON}    cadence: weekdays
    hour: 8
    time_zone: Europe/Berlin
    window: since_last
    holidays: [{HOLIDAY}]
    audience: [staff]
    layout: clips
    internal: {{{{proof: true, excerpt: 200}}}}
    sections: [in_the_news, {{{{key: water, title: Water, size: 50, topics: [Drinking water]}}}}]
  - key: funders
    title: Open Water for funders
{COMMON}    cadence: by_hand
    hour: 15
    window: 92
""".replace("{{{{", "{{")
    .replace("}}}}", "}}")
    .replace("{{", "{")
    .replace("}}", "}")
)
FRIDAY = 4
#: Hours in UTC, around 08:00 in Berlin, winter and summer; when news comes; around 14:00 in New York.
MORNING_HOURS = (5, 6, 7)
NEWS_HOURS = (12, 16)
EVENING_HOURS = (17, 18, 19)
#: Who is on which list.
LISTS = {
    "weekly": ["reader@r.example", "leaver@r.example", "both@r.example"],
    "clips": ["staff@r.example", "tired@r.example", "both@r.example"],
    "funders": ["funder@r.example", "reader@r.example"],
}
LEAVES_WEEKLY = ("leaver@r.example", datetime(2026, 3, 10, 12, tzinfo=UTC))
LEAVES_CLIPS = ("tired@r.example", datetime(2026, 3, 16, 12, tzinfo=UTC))


class Month:
    """A working folder with three newsletters, a press, a mail server, and a clock."""

    def __init__(self, folder: Path, web: FakeWeb, smtp: FakeSmtp) -> None:
        self.web = web
        self.smtp = smtp
        self.folder = workspace(folder, web.url)
        self.now = datetime(2026, 3, 1, 0, tzinfo=UTC)
        #: times of publication, by address
        self.published: dict[str, datetime] = {}
        self._items: list[str] = []
        self._write_settings()
        self._serve_feed()

    def _write_settings(self) -> None:
        file = self.folder / "feeds.yaml"
        text = file.read_text()
        start = text.index("newsletter:")
        end = text.index("collect:")
        file.write_text(text[:start] + NEWSLETTERS + text[end:])
        lines = [f"{name}={value}\n" for name, value in self.smtp.env.items()]
        (self.folder / ".env").write_text("".join(lines))

    def publish(self, name: str, sentence: str) -> None:
        """Let the outlet publish an article, now."""
        path = f"/{name}"
        words = " ".join(
            sha256(f"{name}{number}".encode()).hexdigest()[:8]
            for number in range(60)
        )
        body = f"<h1>Story {name}</h1><p>{sentence}</p><p>{words}</p>"
        page = f"<html><body><article>{body}</article></body></html>"
        self.web.answers[path] = Answer(page.encode())
        self.published[f"{self.web.url}{path}"] = self.now
        self._items.append(
            f"<item><title>Story {name}</title><link>{self.web.url}{path}</link>"
            f"<pubDate>{self.now:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        )
        self._serve_feed()

    def _serve_feed(self) -> None:
        items = "".join(self._items[-40:])
        feed = f'<rss version="2.0"><channel>{items}</channel></rss>'
        self.web.answers["/feed"] = Answer(feed.encode())

    def open_app(self) -> App:
        return App(load_workspace(self.folder, {}), lambda: self.now)

    def command(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["-C", str(self.folder), *words])

    def run(self) -> Result:
        """Do as cron does."""
        result = self.command("run", "--send")
        assert result.exit_code == 0, f"{self.now}: {result.output}"
        return result

    def approve_what_is_due_within_the_hour(self) -> None:
        with self.open_app() as whole:
            for app in whole.newsletters:
                for day in app.editions.list_dates():
                    self._approve_if_due(app, day)

    def _approve_if_due(self, app: App, day: date) -> None:
        until_due = app.send_schedule.due_at(day) - self.now
        if not timedelta(0) < until_due <= timedelta(hours=1):
            return
        if app.editing_as("Ada").load_edition(day).is_empty:
            return
        app.approval.approve_edition(day, "Ada")

    def editions(self, key: str) -> dict[date, Edition]:
        """Return the editions of a newsletter that have a story."""
        with self.open_app() as whole:
            app = whole.for_newsletter(key)
            loaded = [
                app.editing_as("Ada").load_edition(day)
                for day in app.editions.list_dates()
            ]
        return {
            edition.date: edition for edition in loaded if not edition.is_empty
        }

    def leave(self, address: str) -> None:
        """Follow the link of the newest mail to an address, as a mail program does it (RFC 8058)."""
        from digest.web.public import create_public_app

        mails = [mail for to, mail in self.smtp.messages if to == address]
        link = mails[-1]["List-Unsubscribe"].split(">")[0].strip("<")
        path = link.removeprefix("https://letter.openwater.example")
        with self.open_app() as app:
            client = create_public_app(app).test_client()
            form = {"List-Unsubscribe": "One-Click"}
            assert client.post(path, data=form).status_code == 200


@pytest.fixture
def month(
    folder: Path,
    web: FakeWeb,
    smtp: FakeSmtp,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Month]:
    made = Month(folder, web, smtp)
    init = App.__init__

    def with_our_clock(self: App, opened, *_arguments, **named) -> None:
        init(self, opened, lambda: made.now, **named)

    monkeypatch.setattr(App, "__init__", with_our_clock)
    return made


def moments() -> Iterator[datetime]:
    """Yield the hours at which cron runs: an hour before each edition is due, and when it is."""
    day = FIRST
    while day <= LAST:
        hours = MORNING_HOURS + NEWS_HOURS
        if day.weekday() == FRIDAY:
            hours += EVENING_HOURS
        for hour in hours:
            yield datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        day += timedelta(days=1)


def news_of(moment: datetime) -> list[str]:
    """Return what is published at an hour: "us" names the organisation, "topic" its issue."""
    day = moment.date()
    if moment.hour == NEWS_HOURS[0] and moment.weekday() < 6:
        return [] if day == QUIET_DAY - timedelta(days=1) else ["us", "topic"]
    if (
        moment.hour == NEWS_HOURS[1]
        and moment.weekday() < 5
        and day != QUIET_DAY
    ):
        return [] if day == QUIET_DAY - timedelta(days=1) else ["us"]
    return []


SENTENCES = {
    "us": "Open Water obtained the files of {name} and says that they concern every tap.",
    "topic": "The council of {name} spoke for hours of drinking water.",
}


@pytest.mark.slow
def test_a_month_of_three_newsletters(month: Month) -> None:
    for key, addresses in LISTS.items():
        sheet = month.folder / f"{key}.csv"
        sheet.write_text("email\n" + "".join(f"{a}\n" for a in addresses))
        imported = month.command(
            "subscribers",
            "import",
            str(sheet),
            "--newsletter",
            key,
            "--source",
            "list",
        )
        assert imported.exit_code == 0, imported.output
    leaving = dict([LEAVES_WEEKLY, LEAVES_CLIPS])
    for moment in moments():
        month.now = moment
        for kind in news_of(moment):
            name = f"{kind}-{moment:%d-%H}"
            month.publish(name, SENTENCES[kind].format(name=name))
        for address, at in list(leaving.items()):
            if moment >= at:
                month.leave(address)
                del leaving[address]
        month.run()
        month.approve_what_is_due_within_the_hour()
    make_the_funders_letter(month)
    month.now = datetime(2026, 4, 1, 5, tzinfo=UTC)
    month.run()
    print_what_was_sent(month)
    check_dates(month)
    check_contents(month)
    check_who_got_what(month)
    check_that_each_article_was_read_once(month)


def make_the_funders_letter(month: Month) -> None:
    edition = f"funders/{FUNDERS_DAY}"
    month.now = datetime(2026, 3, 31, 13, tzinfo=UTC)
    for words in (
        ("draft", "--newsletter", "funders", "--date", str(FUNDERS_DAY)),
        ("approve", edition, "--by", "Ada", "--yes"),
        ("send", edition, "--yes"),
    ):
        result = month.command(*words)
        assert result.exit_code == 0, (words, result.output)


def working_days() -> list[date]:
    days = [FIRST + timedelta(days=number) for number in range(31)]
    return [
        day
        for day in days
        if day.weekday() < 5 and day not in (HOLIDAY, QUIET_DAY)
    ]


def check_dates(month: Month) -> None:
    # nothing was published before the first Monday's clips
    clips = [day for day in sorted(month.editions("clips")) if day <= LAST]
    assert clips == working_days()[1:]
    fridays = [date(2026, 3, day) for day in (6, 13, 20, 27)]
    assert [d for d in sorted(month.editions("weekly")) if d <= LAST] == fridays
    assert sorted(month.editions("funders")) == [FUNDERS_DAY]


def addresses_in(edition: Edition) -> list[str]:
    return [pick.url for section in edition.sections for pick in section.picks]


def check_contents(month: Month) -> None:
    """Each article is in one edition of each newsletter: the first that was due after it."""
    for key in ("clips", "weekly"):
        with month.open_app() as whole:
            schedule = whole.for_newsletter(key).send_schedule
            due = {day: schedule.due_at(day) for day in month.editions(key)}
        days = sorted(day for day in due if day <= LAST)
        ran = Counter[str]()
        for before, day in pairwise([None, *days]):
            start = due[before] if before else datetime(2026, 1, 1, tzinfo=UTC)
            expected = {
                address
                for address, at in month.published.items()
                if start <= at < due[day]
            }
            carried = addresses_in(month.editions(key)[day])
            assert set(carried) == expected, (key, day)
            ran.update(carried)
        assert set(ran.values()) == {1}
    funders = addresses_in(month.editions("funders")[FUNDERS_DAY])
    ours = {
        address
        for address, at in month.published.items()
        if "/us-" in address and at.date() < FUNDERS_DAY
    }
    assert ours <= set(funders)


def sent_by_newsletter(
    month: Month,
) -> dict[str, list[tuple[str, EmailMessage]]]:
    sent: dict[str, list[tuple[str, EmailMessage]]] = defaultdict(list)
    for to, mail in month.smtp.messages:
        list_name = mail["List-Id"].partition("<")[2].partition(".")[0]
        sent[list_name].append((to, mail))
    return sent


def check_who_got_what(month: Month) -> None:
    sent = sent_by_newsletter(month)
    clips = Counter(to for to, _ in sent["clips"])
    days = [day for day in month.editions("clips") if day <= LAST]
    all_clips = len(days)
    before_leaving = [day for day in days if day <= date(2026, 3, 16)]
    assert clips == {
        "staff@r.example": all_clips,
        "both@r.example": all_clips,
        "tired@r.example": len(before_leaving),
    }
    assert Counter(to for to, _ in sent["the-open-water-letter"]) == {
        "reader@r.example": 4,
        "both@r.example": 4,
        "leaver@r.example": 1,
    }
    assert Counter(to for to, _ in sent["funders"]) == {
        "funder@r.example": 1,
        "reader@r.example": 1,
    }
    identities = [mail["Message-ID"] for _, mail in month.smtp.messages]
    assert len(identities) == len(set(identities))
    for to, mail in sent["clips"]:
        text = mail.get_body(("plain",)).get_content()
        assert (
            "says that they concern every tap" in text
            or "spoke for hours" in text
        ), to
    for _, mail in sent["the-open-water-letter"]:
        assert (
            "concern every tap" not in mail.get_body(("plain",)).get_content()
        )


def check_that_each_article_was_read_once(month: Month) -> None:
    asked = Counter(path for path, _ in month.web.asked)
    pages = {
        path: number
        for path, number in asked.items()
        if path in month.web.answers
    }
    del pages["/feed"]
    assert len(pages) == len(month.published)
    assert set(pages.values()) == {1}


def print_what_was_sent(month: Month) -> None:
    """Print a line for each edition: its date, its stories, and how many got it."""
    sent = sent_by_newsletter(month)
    names = {
        "weekly": "the-open-water-letter",
        "clips": "clips",
        "funders": "funders",
    }
    for key, name in names.items():
        by_subject = Counter(mail["Subject"] for _, mail in sent[name])
        print(f"\n{key}: {len(sent[name])} mails, {by_subject.most_common(2)}")
        for day, edition in sorted(month.editions(key).items()):
            print(f"  {day:%a %d %B}: {len(addresses_in(edition))} stories")
