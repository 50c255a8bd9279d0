"""Articles that a person adds by their address."""

from datetime import UTC, date, datetime

import pytest

from digest.app import App
from digest.errors import DigestError
from digest.services.unlinked_clips import UnlinkedClip
from tests.cases.feeds import PROSE, page
from tests.fakes.web import Answer, FakeWeb

# One by hand


def test_an_article_is_added_by_hand(press: App, web: FakeWeb) -> None:
    web.answers["/a"] = Answer(page("A report", PROSE * 4))
    added = press.manual_articles.add_article(
        f"{web.url}/a", section="following"
    )
    assert (added.article.title, added.article.outlet) == (
        "A report",
        "The Courier",
    )
    assert (added.judgement.section, str(added.judgement.reasons[0])) == (
        "following",
        "filed under following by hand",
    )


def test_an_unreadable_page_is_added_with_a_title(
    press: App, web: FakeWeb
) -> None:
    with pytest.raises(DigestError, match="give --title and --outlet"):
        press.manual_articles.add_article(f"{web.url}/gone")
    added = press.manual_articles.add_article(
        f"{web.url}/gone", title="Gone", section="in_the_news", outlet="Radio"
    )
    assert (added.article.title, added.article.outlet) == ("Gone", "Radio")


# Without an address

PRINTED = UnlinkedClip(
    "The Courier",
    "Pipes of lead",
    date(2026, 2, 26),
    "page 3",
    "Open Water Trust counted them.",
)


def test_what_was_printed_is_added_without_an_address(press: App) -> None:
    added = press.manual_articles.add_unlinked(PRINTED)
    article = added.article
    assert article.key.startswith("unlinked:")
    assert not article.has_link
    assert article.outlet_and_place == "The Courier, page 3"
    assert article.published == datetime(2026, 2, 26, 12, tzinfo=UTC)
    assert added.judgement.section == "in_the_news"
    assert added.proof
    assert added.proof.sentence == PRINTED.quote


def test_the_same_facts_are_the_same_article(press: App) -> None:
    first = press.manual_articles.add_unlinked(PRINTED)
    again = press.manual_articles.add_unlinked(PRINTED, "following")
    assert again.article.id == first.article.id
    assert again.judgement.section == "following"


def test_a_sentence_stands_for_its_headline(press: App) -> None:
    said = UnlinkedClip("Radio Six", quote="Open Water Trust was right.")
    added = press.manual_articles.add_unlinked(said)
    assert added.article.title == "Open Water Trust was right."


@pytest.mark.parametrize(
    ("clip", "words"),
    [
        (UnlinkedClip("", "A"), "needs --outlet"),
        (UnlinkedClip("Radio"), "needs --title, or --quote"),
        (UnlinkedClip("Radio", "A", date(2026, 3, 1)), "a day up to today"),
        (UnlinkedClip("Radio", "A", quote="x" * 2001), "at most 2000"),
    ],
)
def test_what_is_missing_is_said(
    press: App, clip: UnlinkedClip, words: str
) -> None:
    with pytest.raises(DigestError, match=words):
        press.manual_articles.add_unlinked(clip)


def test_it_runs_without_a_link(press: App) -> None:
    press.manual_articles.add_unlinked(PRINTED)
    edition = press.drafts.create_draft(date(2026, 2, 27)).edition
    (pick,) = [p for s in edition.sections for p in s.picks]
    assert (pick.outlet, pick.quote) == ("The Courier, page 3", PRINTED.quote)
    rendered = press.editions.render_stored(date(2026, 2, 27))
    for shown in (rendered.html, rendered.text, rendered.page):
        assert PRINTED.title in shown
        assert "The Courier, page 3" in shown
        assert "unlinked:" not in shown
    findings = press.preflight.list_findings(date(2026, 2, 27))
    assert not [
        f for f in findings if "unlinked" in f"{f}" or pick.outlet in f"{f}"
    ]
