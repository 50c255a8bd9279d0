"""Three newsletters of one press: it is read once, and each says what ran in the others."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.model import Article, EditionKey, Story
from digest.relevance import RelevanceRules
from digest.services.article_analysis import ArticleAnalyses
from digest.services.past_picks import PastPicks
from tests.cases.feeds import PROSE, page
from tests.conftest import NOW
from tests.fakes.web import Answer, FakeWeb
from tests.services.test_articles import (
    FRIDAY,
    LEAD,
    OTHER,
    about,
    edited,
    put,
    told,
)
from tests.several_newsletters import add_newsletters

THURSDAY = FRIDAY - timedelta(days=1)
IN_THE_FILES = f"{LEAD} Open Water has the files."
#: By topic, with a section of its own for one that the letter has under another.
SECTIONS_OF_CLIPS = [
    "in_the_news",
    {"key": "tap", "title": "Water", "topics": ["Drinking water"]},
]


@pytest.fixture
def three(folder: Path, open_app: Callable[..., App]) -> App:
    """The services for the weekly letter, beside daily clips and a quarterly."""
    add_newsletters(
        folder,
        clips={
            "title": "Daily clips",
            "cadence": "weekdays",
            "window": "since_last",
            "sections": SECTIONS_OF_CLIPS,
        },
        funders={"title": "The Quarter", "cadence": "by_hand", "window": 92},
    )
    return open_app()


def let_run(app: App, day: date) -> None:
    """Draft an edition of a newsletter with all it proposes, and publish it."""
    app.drafts.create_draft(day)
    app.approval.approve_edition(day, "Ada")
    app.publishing.publish_edition(day, "Ada")


def story_of(app: App, article: Article) -> Story:
    return app.articles.explain_article(article.id).story


# Read once


def test_three_newsletters_read_an_article_once(
    three: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Counter[int] = Counter()
    read_article = RelevanceRules.read_article

    def count(rules: RelevanceRules, article: Article) -> object:
        read[article.id] += 1
        return read_article(rules, article)

    monkeypatch.setattr(RelevanceRules, "read_article", count)
    put(three, 3, "Lead in taps", IN_THE_FILES)
    put(three, 4, "A pipe", about("pipe", 4))
    put(three, 24 * 40, "Long ago", OTHER)
    proposed = {}
    for app in three.newsletters:
        edition = app.drafts.create_draft(FRIDAY).edition
        assert app.articles.list_ranked()
        app.editing_as("Ada").list_candidates(FRIDAY)
        proposed[app.settings.newsletter.key] = [
            (section.key, [pick.headline for pick in section.picks])
            for section in edition.sections
        ]
    letter = [("in_the_news", ["Lead in taps"]), ("following", ["A pipe"])]
    assert proposed == {
        "weekly": letter,
        "clips": [("in_the_news", ["Lead in taps"]), ("tap", ["A pipe"])],
        "funders": letter,
    }
    assert read == {1: 1, 2: 1, 3: 1}


def test_what_was_collected_is_analysed_for_the_longest_window(
    three: App,
) -> None:
    """So that a quarterly finds it analysed, whichever newsletter's services collect."""
    old = put(three, 24 * 80, "Long ago", OTHER)
    three.for_newsletter("clips").articles.analyse_new()
    mark = RelevanceRules(three.settings).mark
    start = NOW - timedelta(days=100)
    assert three.store.analyses.find_outdated_articles(mark, start) == []
    assert three.store.analyses.find_first_ungrouped(start) is None
    assert old.id


def test_clips_of_a_day_are_compared_with_the_days_before(three: App) -> None:
    """What they cover begins yesterday; a copy of last week's text is still its copy."""
    clips = three.for_newsletter("clips")
    for n in range(20, 30):
        put(three, n, f"Fair {n}", f"Pig {n} won prize {n} at fair {n}.")
    first = put(three, 24 * 9, "Lead in taps", IN_THE_FILES)
    clips.drafts.create_draft(THURSDAY)
    copy = put(three, 2, "Taps of lead", IN_THE_FILES, outlet="Valley Post")
    clips.drafts.create_draft(FRIDAY)
    since_last = clips.drafts.find_covered_window(FRIDAY)
    (story,) = [
        story
        for story in clips.articles.list_stories(since_last.start, FRIDAY)
        if story.representative.article.id == copy.id
    ]
    assert story.representative.belongs.copy_of == first.id
    assert len(story.articles) == 1


def test_a_quarterly_finds_stories_as_they_are_stored(
    three: App, open_app: Callable[..., App]
) -> None:
    """It loads many times what the letter does, and that alone gathers nothing anew."""
    for n in range(2):
        put(three, 24 * 60 + n, f"Fair {n}", f"Pig {n} won a prize at {n}.")
    open_app(now=NOW - timedelta(days=59)).articles.analyse_new()
    for n in range(3):
        put(three, n + 1, f"Ferry {n}", f"The ferry of pier {n} was late.")
    three.articles.analyse_new()
    analyses = ArticleAnalyses(three.settings, three.store, lambda: NOW)
    loaded = analyses.load_articles(NOW - timedelta(days=92))
    assert len(loaded.articles) == 5
    assert (loaded.is_background_new, loaded.moved) == (False, {})


# Where else it ran


def test_what_ran_in_clips_is_offered_to_the_letter_and_says_so(
    three: App,
) -> None:
    story = put(three, 30, "Lead in taps", IN_THE_FILES)
    let_run(three.for_newsletter("clips"), THURSDAY)
    drafted = told(three, "draft", "--date", f"weekly/{FRIDAY}")
    assert (
        "Lead in taps (The Courier) [also in Daily clips, 26 February 2026]"
        in drafted
    )
    list_all = ("articles", "--newsletter", "weekly", "--since", "2026-02-01")
    listed = told(three, *list_all)
    assert "       - also in Daily clips, 26 February 2026\n" in listed
    three.approval.approve_edition(FRIDAY, "Ada")
    three.publishing.publish_edition(FRIDAY, "Ada")
    why = told(
        three, "articles", "--newsletter", "weekly", "--why", str(story.id)
    )
    assert "already ran in the edition of 27 February 2026" in why
    assert "  Other newsletters\n    also in Daily clips, 26 Feb" in why
    (data,) = json.loads(told(three, *list_all, "--json"))
    assert data["ran_elsewhere"] == ["clips/2026-02-26"]
    assert data["followed_elsewhere"] == []
    own = story_of(three.for_newsletter("clips"), story)
    assert own.ran == THURSDAY
    assert own.ran_elsewhere == (EditionKey("weekly", FRIDAY),)


def test_a_copy_and_the_same_event_ran_too_and_later_news_follow_up(
    three: App,
) -> None:
    put(three, 40, "Lead in taps", IN_THE_FILES)
    let_run(three.for_newsletter("clips"), THURSDAY)
    for n in range(60, 70):
        put(three, n, f"Fair {n}", f"Pig {n} won prize {n} at fair {n}.")
    copy = put(three, 9, "Taps of lead", IN_THE_FILES, outlet="Valley Post")
    judge = (
        "A judge is to rule on the lead files, on each memo and tap. "
        "Open Water asked for every official file."
    )
    news = put(three, 1, "Lead in taps: judge to rule on files", judge)
    in_clips = (EditionKey("clips", THURSDAY),)
    ran = story_of(three, copy)
    assert (ran.ran, ran.ran_elsewhere, ran.followed_elsewhere) == (
        None,
        in_clips,
        (),
    )
    follow_up = story_of(three, news)
    assert (follow_up.ran_elsewhere, follow_up.followed_elsewhere) == (
        (),
        in_clips,
    )
    why = told(three, "articles", "--why", str(news.id))
    assert "follows up Daily clips, 26 February 2026" in why


def test_an_edition_elsewhere_changes_only_where_else_stories_ran(
    three: App,
) -> None:
    story = put(three, 30, "Lead in taps", IN_THE_FILES)
    three.articles.analyse_new()
    before = three.articles.list_stories()
    mark = three.articles.current_mark(NOW, FRIDAY)
    assert three.articles.list_stories() is before
    let_run(three.for_newsletter("clips"), THURSDAY)
    (after,) = three.articles.list_stories()
    assert after.ran_elsewhere == (EditionKey("clips", THURSDAY),)
    # nothing is ranked anew, and no draft need be filled again
    assert after.representative.judgement is before[0].representative.judgement
    assert three.articles.current_mark(NOW, FRIDAY) == mark
    let_run(three, FRIDAY)
    (ranked_anew,) = three.articles.list_stories()
    assert ranked_anew.ran == FRIDAY
    assert story_of(three, story).ran_elsewhere == after.ran_elsewhere


def test_one_newsletter_says_nothing_of_others(app: App) -> None:
    put(app, 30, "Lead in taps", IN_THE_FILES)
    listed = told(app, "articles", "--json", "--since", "2026-02-01")
    (data,) = json.loads(listed)
    assert "ran_elsewhere" not in data


# Learning


def test_picks_teach_their_own_newsletter(
    three: App, open_app: Callable[..., App]
) -> None:
    asked_before = three.for_newsletter("clips")
    assert asked_before.articles.list_ranked() == []
    for week in range(3, 0, -1):
        now = NOW - timedelta(days=7 * week)
        for n in range(3):
            for what in ("ballot of the clerk", "pig at the fair"):
                number = week * 100 + n * 10 + len(what)
                published = now - timedelta(hours=n + 2)
                text = about(what, number)
                put(three, number, what, text, published=published)
        clips = open_app(now=now).for_newsletter("clips")
        edited(clips, now.date(), lambda line: "ballot" in line)
    pig = put(three, 1, "A pig", about("pig at the fair", 1))
    reasons_in_clips = story_of(
        asked_before, pig
    ).representative.judgement.reasons
    assert str(reasons_in_clips[-1]).startswith("learned, ")
    own = story_of(three, pig).representative.judgement
    assert not any(r.words.startswith("learned") for r in own.reasons)
    assert len(PastPicks(clips.store).approved_weeks) == 3
    assert PastPicks(three.store).approved_weeks == []


# Filed by hand


def test_an_article_is_filed_once_for_all_newsletters_with_the_section(
    three: App, web: FakeWeb
) -> None:
    web.answers["/a"] = Answer(page("A report", PROSE * 4))
    runner = CliRunner()
    add = ["-C", str(three.workspace.folder), "add", f"{web.url}/a"]
    in_clips = [*add, "--newsletter", "clips", "--section"]
    refused = runner.invoke(cli, [*in_clips, "following"])
    assert refused.exit_code == 2
    assert "expected one of in_the_news, tap" in refused.output
    filed = runner.invoke(cli, [*in_clips, "tap"])
    assert "filed under tap, a section of Daily clips\n" in filed.output
    shared = runner.invoke(cli, [*in_clips, "in_the_news"])
    titles = "The Open Water Letter, Daily clips, The Quarter"
    assert f"filed under in_the_news, a section of {titles}" in shared.output
    sections = [
        one.articles.list_ranked()[0].judgement.section
        for one in three.newsletters
    ]
    assert sections == ["in_the_news"] * 3
