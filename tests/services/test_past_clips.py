"""The import of past clips: previewed first, stored once, judged, and in no edition unless of its window."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.collect.sheets.clip_sheet import ClipWish
from digest.errors import DigestError
from digest.model import AnalysedArticle
from digest.services.manual_articles import UnlinkedClip
from digest.services.past_clips import ClipsImported
from tests.cases.feeds import PROSE, item, page, rss
from tests.conftest import NOW
from tests.fakes.web import Answer, FakeWeb

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SHEET = """\
Date,Outlet,Headline,URL,Notes,Page,Quote
2019-03-05,Courier,Open Water asks for records,{url}/2019,Maren spoke to Ida,,
2024-04-12,Hallam Echo,Lead pipes in the school,,hostile reporter,3,The pipes are old.
2024-05-01,Radio Six,Weather,,Open Water was named at length,,
"""


@pytest.fixture
def bring(tmp_path: Path) -> Callable[..., ClipsImported]:
    """Import a sheet."""

    def bring(app: App, text: str = SHEET, **wish: object) -> ClipsImported:
        file = tmp_path / "clips.csv"
        home = app.settings.outlets[0].homepage.rstrip("/")
        file.write_text(text.format(url=home), "utf-8")
        return app.past_clips.import_clips(file, ClipWish(**wish))  # type: ignore[arg-type]

    return bring


def articles_of(app: App) -> dict[str, AnalysedArticle]:
    return {
        one.article.title: one for one in app.articles.list_ranked(LONG_AGO)
    }


def test_past_clips_are_articles_of_their_outlets_and_judged(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    imported = bring(app)
    assert (imported.added, imported.preview.rows) == (3, 3)
    articles = articles_of(app)
    asked = articles["Open Water asks for records"]
    assert asked.article.outlet == "The Courier"
    assert asked.article.published == datetime(2019, 3, 5, 12, tzinfo=UTC)
    assert asked.judgement.section == "in_the_news"
    printed = articles["Lead pipes in the school"]
    assert printed.article.outlet_and_place == "Hallam Echo, page 3"
    assert not printed.article.has_link
    assert printed.article.note == "hostile reporter"
    stored = app.store.articles.get_article(printed.article.id)
    assert stored
    assert stored.text == "The pipes are old."
    assert articles["Weather"].judgement.section == "in_the_news"
    assert dict(imported.by_section) == {"in_the_news": 2, "following": 1}


def test_a_preview_writes_nothing(app: App, tmp_path: Path) -> None:
    file = tmp_path / "clips.csv"
    file.write_text(SHEET.format(url="https://courier.example"))
    preview = app.past_clips.preview_clips(file, ClipWish())
    assert (len(preview.new), preview.linked) == (3, 1)
    assert articles_of(app) == {}


def test_the_same_sheet_twice_adds_nothing(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    bring(app)
    before = articles_of(app)
    again = bring(app)
    assert again.added == 0
    assert len(again.preview.known) == 3
    assert articles_of(app) == before


DOUBLES = """\
Date,Outlet,Headline,URL,Page
2024-01-05,The Courier,Lead pipes were counted in Hallam,{url}/a?utm_source=x,
2024-01-05,The Courier,Lead pipes were counted in Hallam,{url}/a/,
2024-01-05,Courier,“Lead pipes were counted in Hallam”,,
2024-01-06,The Courier,Letters,{url}/letters-1,
2024-01-06,The Courier,Letters,{url}/letters-2,
2024-01-07,Hallam Echo,Continued,,3
2024-01-07,Hallam Echo,Continued,,4
2024-01-08,The Courier,Another headline on the same page,{url}/a,
"""


def test_doubles_in_a_sheet_are_told(
    app: App,
    bring: Callable[..., ClipsImported],
) -> None:
    preview = bring(app, DOUBLES).preview
    told = [(one.clip.line, one.line, one.because) for one in preview.repeated]
    assert told == [
        (3, 2, "the same address"),
        (4, 2, "the same outlet, headline and day"),
        (9, 2, "the same address with another headline"),
    ]
    assert len(preview.new) == 5


def test_what_a_person_added_is_known_without_its_address(
    press: App, web: FakeWeb, bring: Callable[..., ClipsImported]
) -> None:
    web.answers["/a"] = Answer(
        page("A report on the pipes of Hallam", PROSE * 4)
    )
    added = press.manual_articles.add_article(f"{web.url}/a").article
    assert added.published
    day = added.published.date()
    preview = bring(
        press,
        f"Date,Outlet,Headline\n{day},The Courier,A report on the pipes of Hallam\n",
    ).preview
    assert [one.article for one in preview.known] == [added.id]


# Editions

WINDOWS = """\
Date,Outlet,Headline
{today},Radio Six,Open Water is in the news today
{before},Radio Six,Open Water was in the news before
{old},Radio Six,Open Water was in the news long ago
"""


def test_old_clips_are_in_no_edition_and_new_ones_are_offered(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    day = date(2026, 3, 6)
    covered = app.drafts.find_covered_window(day)
    text = WINDOWS.format(
        url="",
        today=(NOW - timedelta(hours=1)).date(),
        before=(covered.start - timedelta(days=2)).date(),
        old="2020-01-01",
    )
    preview = bring(app, text).preview
    assert [(one.newsletter, one.clips) for one in preview.offered] == [
        ("The Open Water Letter", 1)
    ]
    drafted = app.drafts.create_draft(day).edition
    picks = [pick.headline for s in drafted.sections for pick in s.picks]
    assert picks == ["Open Water is in the news today"]


def test_what_came_out_before_the_last_edition_is_no_late_news(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    ran = UnlinkedClip("Radio Six", "Open Water again", date(2026, 2, 26))
    app.manual_articles.add_unlinked(ran)
    last = date(2026, 2, 27)
    app.drafts.create_draft(last)
    app.approval.approve_edition(last, "Ada")
    app.publishing.publish_edition(last, "Ada")
    day = date(2026, 3, 6)
    covered = app.drafts.find_covered_window(day)
    assert covered.late_from is not None
    before = covered.start - timedelta(days=1)
    assert covered.holds_article(before, NOW)
    bring(
        app,
        f"Date,Outlet,Headline\n{before.date()},Radio Six,Open Water yesterday\n",
    )
    drafted = app.drafts.create_draft(day).edition
    assert [pick for s in drafted.sections for pick in s.picks] == []


def test_a_note_is_never_published(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    bring(
        app,
        f"Date,Outlet,Headline,Note,Quote\n{NOW.date()},Radio Six,Open Water on air,"
        "Open Water spokesman was late,They were right.\n",
    )
    edition = app.drafts.create_draft(date(2026, 3, 6)).edition
    (pick,) = [pick for s in edition.sections for pick in s.picks]
    assert pick.quote == "They were right."
    rendered = app.editions.render_stored(date(2026, 3, 6))
    for shown in (rendered.html, rendered.text, rendered.page):
        assert "was late" not in shown


def test_a_note_is_shown_as_one_and_proves_nothing(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    bring(app)
    weather = articles_of(app)["Weather"]
    assert weather.article.note == "Open Water was named at length"
    [mention] = weather.reading.mentions
    assert (str(mention.place), mention.counts) == ("note", True)
    assert weather.proof is None
    assert "in the note" in str(weather.judgement.reasons[0])


# Sections


def test_a_word_of_the_sheet_files_a_clip_under_a_section(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    preview = bring(
        app,
        "Date,Outlet,Headline,Section\n"
        "2024-01-02,Echo,One,Following\n"
        "2024-01-03,Echo,Two,Gardening\n",
    ).preview
    assert dict(preview.filed) == {"following": 1}
    assert dict(preview.unknown_words) == {"Gardening": 1}
    assert articles_of(app)["One"].judgement.section == "following"


# Pages


def test_pages_are_fetched_only_if_asked_for(
    press: App, web: FakeWeb, bring: Callable[..., ClipsImported]
) -> None:
    web.answers["/2019"] = Answer(page("Another headline", PROSE * 4))
    bring(press)
    press.feeds.read_waiting_pages()
    assert "/2019" not in [path for path, _headers in web.asked]
    asked = articles_of(press)["Open Water asks for records"].article
    assert "was not fetched" in asked.unread


def test_pages_are_read_if_asked_for_and_the_note_stays(
    press: App, web: FakeWeb, bring: Callable[..., ClipsImported]
) -> None:
    web.answers["/2019"] = Answer(page("Another headline", PROSE * 4))
    imported = bring(press, reads_pages=True)
    assert (imported.pages_read, imported.pages_unread) == (1, 0)
    asked = articles_of(press)["Open Water asks for records"].article
    assert (asked.unread, asked.note) == ("", "Maren spoke to Ida")
    stored = press.store.articles.get_article(asked.id)
    assert stored
    assert PROSE.split(".")[0] in stored.text


def test_a_clip_that_is_added_by_hand_later_keeps_its_note(
    press: App, web: FakeWeb, bring: Callable[..., ClipsImported]
) -> None:
    bring(press)
    web.answers["/2019"] = Answer(
        page("Open Water asks for records", PROSE * 4)
    )
    added = press.manual_articles.add_article(f"{web.url}/2019")
    assert added.article.note == "Maren spoke to Ida"
    assert added.article.unread == ""


# What stops it


def test_dates_that_can_be_read_in_two_ways_stop_the_import(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    text = "Date,Outlet,Headline\n03/04/2024,Echo,One\n"
    with pytest.raises(
        DigestError, match="03/04/2024 names the day or the month"
    ):
        bring(app, text)
    assert articles_of(app) == {}
    assert bring(app, text, day_first=True).added == 1


def test_a_feed_that_gives_a_past_clip_later_leaves_it_as_it_is(
    press: App, web: FakeWeb, bring: Callable[..., ClipsImported]
) -> None:
    bring(press)
    web.answers["/feed"] = Answer(rss(item("Another headline", "/2019")))
    press.feeds.poll_feeds()
    asked = articles_of(press)["Open Water asks for records"].article
    assert (asked.note, asked.came_by_feed) == ("Maren spoke to Ida", False)
    assert len(articles_of(press)) == 3


# What rows of known clips say beyond them


KNOWN = """\
Date,Outlet,Headline,URL,Notes
2019-03-05,Courier,Open Water asks for records,{url}/2019,Maren spoke to Ida
2024-04-12,Hallam Echo,Lead pipes in the school,,call the editor
2024-05-02,Radio Six,Weather,https://radio.example/weather,
"""


def test_the_note_of_a_known_clip_is_kept_if_it_had_none(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    bring(app, KNOWN.replace("Maren spoke to Ida", ""))
    again = bring(app, KNOWN)
    assert (again.added, again.notes_kept) == (0, 1)
    asked = articles_of(app)["Open Water asks for records"]
    assert asked.article.note == "Maren spoke to Ida"
    assert bring(app, KNOWN).preview.changes_nothing


def test_what_a_row_says_otherwise_is_told_and_not_taken(
    app: App, bring: Callable[..., ClipsImported]
) -> None:
    bring(app, KNOWN)
    other = KNOWN.replace("2024-05-02,Radio Six", "2024-05-03,Radio Seven")
    other = other.replace("call the editor", "never call them")
    preview = bring(app, other).preview
    told = [(one.line, dict(one.untaken)) for one in preview.differences]
    assert told == [
        (3, {"note": "never call them"}),
        (4, {"date": "2024-05-03", "outlet": "Radio Seven"}),
    ]
    article = articles_of(app)["Lead pipes in the school"].article
    assert article.note == "call the editor"


def test_a_note_has_no_place_with_an_article_of_a_feed(
    press: App, web: FakeWeb, bring: Callable[..., ClipsImported]
) -> None:
    """There it would be taken for the outlet's summary, which may be published."""
    web.answers["/feed"] = Answer(rss(item("Open Water again", "/2019")))
    press.feeds.poll_feeds()
    preview = bring(press, KNOWN).preview
    [difference] = [one for one in preview.differences if one.line == 2]
    assert difference.untaken["note"] == "Maren spoke to Ida"
    assert articles_of(press)["Open Water again"].article.note == ""
