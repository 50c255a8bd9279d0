"""The press as it is kept: what is judged when, what ran before, what was missed, what was learned."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.collect import article_key
from digest.errors import NotFound
from digest.model import ASKS_SUBSCRIPTION, AnalysedArticle, Article, Feed, Pick
from digest.services.missed_articles import NO_ADVICE
from digest.settings import load_workspace
from tests.conftest import NOW, needs_shared
from tests.fakes.web import Answer, FakeWeb

FRIDAY = NOW.date()
LEAD = " ".join(
    f"In the lead files official {n} wrote memo {n} about tap {n}."
    for n in range(20)
)
OTHER = " ".join(
    f"The ferry at pier {n} left {n} minutes late on day {n}."
    for n in range(20)
)


def put(app: App, number: int, title: str, text: str, **more) -> Article:
    values = {
        "outlet": "The Courier",
        "published": NOW - timedelta(hours=number),
        "feed": "http://127.0.0.1:9/feed",
    } | more
    url = f"https://courier.example/{number}"
    made = Article(
        article_key(url),
        url,
        title=title,
        text=text,
        **values,
    )
    return app.store.articles.put_article(made, app.clock())


def by_title(found: list[AnalysedArticle], title: str) -> AnalysedArticle:
    return next(j for j in found if j.article.title == title)


def told(app: App, *args: str) -> str:
    result = CliRunner().invoke(
        cli, ["-C", str(app.workspace.folder), *args], catch_exceptions=False
    )
    return result.output


# Judging as articles come


def test_only_what_is_new_or_changed_is_read(app: App) -> None:
    first = put(app, 1, "Lead in taps", f"{LEAD} Open Water has the files.")
    put(app, 2, "Ferry late", OTHER)
    app.articles.analyse_new()
    ledger, start = app.store.analyses, NOW - timedelta(days=14)
    from digest.relevance import RelevanceRules

    mark = RelevanceRules(app.settings).mark
    assert ledger.find_outdated_articles(mark, start) == []
    third = put(app, 3, "Another", "Text.")
    assert ledger.find_outdated_articles(mark, start) == [third.id]
    app.articles.analyse_new()
    app.store.feeds.save_page(replace(first, text="Nothing of the kind."), NOW)
    assert ledger.find_outdated_articles(mark, start) == [first.id]
    assert (
        by_title(app.articles.list_ranked(), "Lead in taps").judgement.section
        == ""
    )


def test_a_new_headline_is_judged_anew(app: App) -> None:
    a = put(app, 1, "Ferry late", "Nothing.")
    app.articles.analyse_new()
    (seen,) = app.store.feeds.find_known_articles([a])
    app.store.feeds.save_polls(
        [], [], [(seen, "Open Water sues over ferries")], NOW
    )
    assert app.articles.list_ranked()[0].judgement.section == "in_the_news"


def test_changed_rules_are_applied_to_what_is_stored(
    app: App, folder: Path
) -> None:
    put(app, 1, "Ferry late", OTHER)
    assert app.articles.list_ranked()[0].judgement.section == ""
    yaml = (folder / "feeds.yaml").read_text()
    (folder / "feeds.yaml").write_text(
        yaml.replace("[drinking water", "[ferry, drinking water")
    )
    with App(load_workspace(folder, {}), lambda: NOW) as again:
        assert again.articles.list_ranked()[0].judgement.section == "following"


def test_a_copy_that_comes_later_joins_its_story(app: App) -> None:
    put(app, 2, "Lead in taps", LEAD)
    for n in range(10, 20):
        put(app, n, f"Fair {n}", f"Pig {n} won prize {n} at fair {n}.")
    app.articles.analyse_new()
    put(app, 1, "Taps of lead", LEAD, outlet="Valley Post")
    found = app.articles.list_ranked()
    one, two = (by_title(found, t) for t in ("Lead in taps", "Taps of lead"))
    assert one.belongs == two.belongs
    assert len({j.belongs.story for j in found}) == len(found) - 1


@needs_shared
def test_the_seed_week_becomes_the_seed_edition(shipped: Path) -> None:
    """The five and the five, where the real edition has them, among three hundred others."""
    from tests.cases import seed

    with App(load_workspace(shipped, {}), lambda: seed.FRIDAY) as app:
        week = list(seed.week())
        assert len(week) == 310
        app.store.feeds.save_polls([], week, [], seed.FRIDAY)
        edition = app.drafts.create_draft(seed.FRIDAY.date()).edition
        drafted = {
            (s.key, p.headline, p.outlet)
            for s in edition.sections
            for p in s.picks
        }
        assert drafted == set(seed.headlines())


def test_what_only_a_query_found_is_set_aside_for_a_person(app: App) -> None:
    feed = "https://news.example/rss/search?q=%22open+water%22"
    made = Article(
        "x",
        "https://o.example/x",
        "The Courier",
        "A headline",
        unread="paywall",
        feed=feed,
    )
    app.store.articles.put_article(
        replace(made, published=NOW - timedelta(hours=2)), NOW
    )
    draft = app.drafts.create_draft(FRIDAY)
    assert not any(s.picks for s in draft.edition.sections)
    ((_, why),) = draft.aside
    assert why.startswith("by query, needs a person")
    app.store.articles.put_article(
        replace(made, published=NOW, section="in_the_news"), NOW
    )
    assert "filed under in_the_news by hand" in told(
        app, "articles", "--why", "1"
    )


# What a draft says of its stories

OUTLETS = [
    {"name": "The Courier", "homepage": "https://c.example", "feeds": ["https://c.example/f"]},
    {"name": "Ledger", "homepage": "https://l.example", "feeds": ["https://l.example/f"], "paywall": "hard"},
    {"name": "Post", "homepage": "https://p.example", "feeds": ["https://p.example/f"], "paywall": "metered"},
    {"name": "El Faro", "homepage": "https://f.example", "feeds": ["https://f.example/f"], "language": "es"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("outlet", "more", "expected"),
    [
        ("The Courier", {}, {}),
        ("The Courier", {"label": "Opinion"}, {"opinion": True}),
        ("The Courier", {"label": "Guest essay"}, {"opinion": True}),
        ("The Courier", {"label": "Exclusive"}, {}),
        ("The Courier", {"unread": ASKS_SUBSCRIPTION}, {"paywall": True}),
        ("The Courier", {"unread": "http 500"}, {}),
        (
            "The Courier",
            {"language": "fr"},
            {},
        ),  # no outlet says so: it may be a guess
        ("Ledger", {}, {"paywall": True}),
        ("Post", {}, {}),
        ("El Faro", {}, {"language": "es"}),
    ],
)
def test_a_draft_marks_what_readers_should_know_before_they_click(
    open_app: Callable[..., App], outlet: str, more: dict, expected: dict
) -> None:
    app = open_app({"DIGEST_OUTLETS": json.dumps(OUTLETS)})
    put(
        app,
        9,
        "Open Water sues",
        "Open Water sues the county.",
        outlet=outlet,
        **more,
    )
    (pick,) = app.drafts.create_draft(FRIDAY).edition.sections[0].picks
    plain = Pick(pick.headline, pick.url, outlet)
    assert pick == replace(plain, **expected)


def test_a_draft_names_three_other_outlets_that_carry_the_text(
    app: App,
) -> None:
    text = f"{LEAD} Open Water has the files."
    for n, outlet in enumerate(
        ["The Courier", "Post", "Post", "Times", "Echo", "Globe"]
    ):
        put(app, 9 + n, "Lead in taps", text, outlet=outlet)
    (pick,) = app.drafts.create_draft(FRIDAY).edition.sections[0].picks
    named = [other.outlet for other in pick.also_in]
    assert len(named) == len(set(named)) == 3
    assert pick.outlet not in named
    assert all(other.url.startswith("https://") for other in pick.also_in)


# What ran before


def ran(app: App) -> None:
    """Let an edition of the week before carry the story of the lead files."""
    put(app, 24 * 7 + 3, "Lead in taps", f"{LEAD} Open Water has the files.")
    before = FRIDAY - timedelta(days=7)
    app.drafts.create_draft(before)
    app.approval.approve_edition(before, "Ada")
    app.publishing.publish_edition(before, "Ada")


def test_a_story_that_ran_is_not_proposed_again_under_another_headline(
    app: App,
) -> None:
    ran(app)
    copy = put(
        app,
        9,
        "Taps and lead",
        f"{LEAD} Open Water has the files.",
        outlet="Valley Post",
    )
    draft = app.drafts.create_draft(FRIDAY)
    assert [s.picks for s in draft.edition.sections] == [(), ()]
    assert (copy.id, "already ran in the edition of 20 February 2026") in [
        (a.id, why) for a, why in draft.aside
    ]
    assert "already ran in the edition of 20 February 2026" in told(
        app, "articles", "--why", str(copy.id)
    )


def test_news_on_a_past_story_is_marked_as_follow_up(
    app: App,
) -> None:
    ran(app)
    for n in range(60, 70):
        put(app, n, f"Fair {n}", f"Pig {n} won prize {n} at fair {n}.")
    text = (
        "A judge is to rule on the lead files, on each memo and tap. "
        "Open Water asked for every official file."
    )
    news = put(app, 40, "Lead in taps: judge to rule on files", text)
    out = told(app, "articles", "--why", str(news.id))
    follows = "it follows up: “Lead in taps” ran in the edition of 2026-02-20"
    assert follows in " ".join(out.split())
    draft = app.drafts.create_draft(FRIDAY)
    assert [p.url for p in draft.edition.sections[0].picks] == [news.url]
    assert draft.stories["in_the_news"][0].followed == FRIDAY - timedelta(
        days=7
    )


# Learning


def edited(app: App, day: date, keep: Callable[[str], bool]) -> None:
    """Draft an edition, leave only some of its stories in it, and approve it."""
    app.drafts.create_draft(day)
    lines = app.editions.read_source(day).splitlines(keepends=True)
    app.editions.save_source(
        "".join(x for x in lines if not x.startswith("- [") or keep(x))
    )
    app.approval.approve_edition(day, "Ada")


def about(what: str, number: int) -> str:
    """Return a text that shares its subject, and nothing else, with others on it."""
    own = " ".join(f"own{number}word{n}" for n in range(40))
    return f"The {what} and the drinking water. {own}"


def weeks(open_app: Callable[..., App], number: int = 3) -> App:
    """Let an editor keep what is about ballots, and drop what is about pigs, for some weeks."""
    for week in range(number, 0, -1):
        now = NOW - timedelta(days=7 * week)
        app = open_app(now=now)
        for n in range(3):
            for what in (
                "ballot of the county clerk",
                "pig at the summer fair",
            ):
                published = now - timedelta(hours=n + 2)
                number = week * 100 + n * 10 + len(what)
                put(
                    app,
                    number,
                    f"{what.split()[0]} {number}",
                    about(what, number),
                    published=published,
                )
        edited(app, now.date(), lambda line: "ballot" in line)
    return open_app()


def test_what_a_draft_proposed_is_kept_with_what_became_of_it(
    open_app: Callable[..., App],
) -> None:
    app = weeks(open_app, 1)
    from digest.services.past_picks import PastPicks

    (week,) = PastPicks(app.store).approved_weeks
    assert len(week.offers) == 6
    assert sum(o.in_draft for o in week.offers) == 5
    assert sum(o.picked for o in week.offers) in (
        2,
        3,
    )  # one of the six was no more than a runner-up


def test_picks_of_past_editions_change_the_order(
    open_app: Callable[..., App],
) -> None:
    app = weeks(open_app)
    pig = put(app, 1, "A pig at the fair", about("pig at the summer fair", 1))
    ballot = put(app, 2, "A ballot", about("ballot of the county clerk", 2))
    found = {
        j.article.id: j.judgement
        for j in app.articles.list_ranked(NOW - timedelta(days=2))
    }
    assert found[ballot.id].rules <= found[pig.id].rules
    assert found[ballot.id].score > found[pig.id].score
    assert "you picked" in str(found[ballot.id].reasons[-1])
    assert "stories on Drinking water" in str(found[ballot.id].reasons[-1])


@pytest.mark.slow
def test_evaluate_holds_each_week_out_and_prints_a_table(
    open_app: Callable[..., App],
) -> None:
    app = weeks(open_app)
    out = told(app, "evaluate")
    assert "rules and picks" in out
    assert "learned from" in out
    (section,) = json.loads(told(app, "evaluate", "--json"))["sections"]
    assert section["learned"]["right"] > section["rules"]["right"] - 1
    assert section["learned"]["ran"] == section["picks"]


def test_without_past_editions_evaluate_says_what_is_needed(
    folder: Path,
) -> None:
    out = CliRunner().invoke(cli, ["-C", str(folder), "evaluate"])
    assert (out.exit_code, "no data yet" in out.output) == (0, True)


def test_an_unapproved_edition_teaches_nothing(
    open_app: Callable[..., App],
) -> None:
    from digest.services.past_picks import PastPicks

    app = open_app()
    put(app, 1, "A pig", "The pig and the drinking water.")
    app.drafts.create_draft(FRIDAY)
    assert PastPicks(app.store).approved_weeks == []


# Why, and why not


def test_the_whole_reasoning_about_an_article_is_printed(app: App) -> None:
    put(
        app,
        2,
        "Lead in taps",
        f"{LEAD} The files were obtained by Open Water. Open Water Bay is a bay.",
    )
    put(
        app,
        3,
        "Taps of lead",
        f"{LEAD} The files were obtained by Open Water.",
        outlet="Valley Post",
    )
    out = told(app, "articles", "--why", "1")
    for said in (
        "“The files were obtained by Open Water.”",
        "source of the documents, 95% sure: counts",
        "does not count: part of a longer name, “Open Water Bay”",
        "Valley Post, also in 1 paper",
        "the same text",
        "tier 1 outlet (+1.5)",
        "its story is number 1 of 1 in in_the_news",
    ):
        assert said in out
    data = json.loads(told(app, "articles", "--why", "1", "--json"))
    assert (data["place"], data["articles_of_story"]) == (1, [1, 2])
    assert [m["counts"] for m in data["judgement"]["mentions"]] == [True, False]


def test_an_article_of_long_ago_can_be_asked_about(app: App) -> None:
    old = put(
        app, 24 * 100, "Lead in taps", f"{LEAD} Open Water has the files."
    )
    assert (
        app.articles.explain_article(old.id).judged.judgement.section
        == "in_the_news"
    )
    with pytest.raises(NotFound, match="there is no article 77"):
        app.articles.explain_article(77)


# Missed clips


@pytest.fixture
def watched(tmp_path: Path, web: FakeWeb):
    """A folder whose one outlet is the test's web server, polled well."""
    from tests.conftest import workspace

    workspace(tmp_path, web.url)
    with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
        app.store.feeds.save_polls(
            [Feed(f"{web.url}/feed", "The Courier")], [], [], NOW
        )
        yield app


def page(text: str) -> Answer:
    return Answer(
        f"<html><body><article><h1>Lead in taps</h1><p>{text}</p></article></body></html>".encode()
    )


def test_a_clip_of_an_unknown_outlet_lacks_a_feed(
    watched: App, web: FakeWeb
) -> None:
    web.answers["/x"] = page(f"{LEAD} Open Water has the files.")
    elsewhere = web.url.replace("127.0.0.1", "localhost")
    found = watched.manual_articles.report_missed(f"{elsewhere}/x")
    assert found.cause == "no feed"
    assert found.because.startswith("no outlet in feeds.yaml is at localhost; ")
    assert "answered 404" in found.because
    assert found.advice == NO_ADVICE


def rss(*addresses: str) -> Answer:
    items = "".join(
        f"<item><title>A</title><link>{address}</link></item>"
        for address in addresses
    )
    text = f"<rss version='2.0'><channel><title>The Post</title>{items}</channel></rss>"
    return Answer(text.encode())


def test_a_feed_is_advised_that_lists_the_article(
    watched: App, web: FakeWeb
) -> None:
    elsewhere = web.url.replace("127.0.0.1", "localhost")
    web.answers["/x"] = page(f"{LEAD} Open Water has the files.")
    web.answers["/"] = Answer(b"<html><a href='/rss'>RSS</a></html>")
    web.answers["/rss"] = rss(f"{elsewhere}/x")
    found = watched.manual_articles.report_missed(f"{elsewhere}/x")
    assert found.cause == "no feed"
    assert found.advice == f"run `digest feeds add {elsewhere}/rss`"


def test_a_feed_that_does_not_list_it_is_told_and_not_advised(
    watched: App, web: FakeWeb
) -> None:
    elsewhere = web.url.replace("127.0.0.1", "localhost")
    web.answers["/x"] = page(f"{LEAD} Open Water has the files.")
    web.answers["/"] = Answer(b"<html><a href='/rss'>RSS</a></html>")
    web.answers["/rss"] = rss(f"{elsewhere}/another")
    found = watched.manual_articles.report_missed(f"{elsewhere}/x")
    assert f"{elsewhere}/rss, which does not list this article" in found.because
    assert found.advice == NO_ADVICE


def test_a_clip_of_a_failing_outlet_was_blocked(
    watched: App, web: FakeWeb
) -> None:
    web.answers["/x"] = page(f"{LEAD} Open Water has the files.")
    failing = Feed(f"{web.url}/feed", "The Courier", error="http 403")
    watched.store.feeds.save_polls([failing], [], [], NOW)
    found = watched.manual_articles.report_missed(f"{web.url}/x")
    assert found.cause == "blocked"
    assert found.because.startswith("The Courier could not be polled: http 403")


def test_a_clip_no_feed_gave_names_the_missing_rule(
    watched: App, web: FakeWeb
) -> None:
    web.answers["/x"] = page(LEAD)
    found = watched.manual_articles.report_missed(f"{web.url}/x")
    assert found.cause == "not in the feed"
    assert found.because.startswith("the feed of The Courier has not given it")
    assert found.advice == NO_ADVICE


@pytest.mark.parametrize(
    ("article", "cause", "because"),
    [
        (
            {"text": "", "unread": "paywall"},
            "unread",
            "its page could not be read (paywall)",
        ),
        (
            {"text": OTHER},
            "rule",
            "it mentions neither the organisation nor a topic",
        ),
        (
            {"text": "They crossed Open Water Bay."},
            "rule",
            "“Open Water” was not counted: part of a longer name",
        ),
        (
            {
                "text": "Open Water said so.",
                "published": NOW + timedelta(days=3),
            },
            "aside",
            "it is set aside: dated in the future",
        ),
        (
            {"text": "Open Water said so."},
            "",
            "it was not missed: its story is number 1 of 1",
        ),
    ],
)
def test_a_clip_that_came_says_where_it_stopped(
    app: App, article: dict, cause: str, because: str
) -> None:
    made = put(app, 1, "A headline", **article)
    found = app.manual_articles.report_missed(made.url)
    assert found.cause == cause
    assert found.because.startswith(because)
    assert app.store.analyses.count_missed_by_cause() == (
        {cause: 1} if cause else {}
    )


def test_a_clip_ranked_too_low_says_its_place(app: App) -> None:
    for n in range(1, 7):
        put(app, n, f"Drinking water {n}", about(f"pump{n}", n), outlet=f"P{n}")
    low = put(
        app,
        90,
        "A fair",
        "Of many things and the drinking water.",
        outlet="Elsewhere",
    )
    found = app.manual_articles.report_missed(low.url)
    assert (found.cause, found.because) == (
        "rank",
        "its story is number 7 of 7 in following, which takes 5",
    )


def test_missed_clips_are_counted_by_evaluate(app: App) -> None:
    put(app, 1, "A headline", OTHER)
    out = told(app, "add", "https://courier.example/1", "--missed")
    assert (
        "missed (rule): it mentions neither the organisation nor a topic" in out
    )
    assert f"what to change: {NO_ADVICE}" in out
    assert "articles that had to be added by hand: 1 (1 rule)" in told(
        app, "evaluate"
    )
    data = json.loads(
        told(app, "add", "https://courier.example/1", "--missed", "--json")
    )
    assert data["missed"]["cause"] == "rule"
