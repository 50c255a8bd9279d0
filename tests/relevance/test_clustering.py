"""Which articles are one story: copies of one text, and reports of one event."""

from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import (
    AnalysedArticle,
    Article,
    ArticleAnalysis,
    Relevance,
    StoryMembership,
)
from digest.relevance import (
    Background,
    StoryGrouping,
    clustering,
    count_background,
    group_into_stories,
    into_stories,
    judge_articles,
    make_fingerprint,
    trace_of,
)
from digest.relevance.clustering import MAX_CONNECTED
from digest.settings import DEFAULTS, Settings, load_workspace
from tests.cases import events, wire
from tests.conftest import NOW

#: Enough for stories of several reports and copies; a property tries each twenty times.
HALF = 25
PRESS = [
    *[article for _, article in events.reports()][:HALF],
    *[copy.article for copy in wire.copies(False)][:HALF],
]
SOME = [
    Article(
        **{
            f: getattr(a, f)
            for f in ("key", "url", "outlet", "title", "text", "published")
        },
        id=n,
    )
    for n, a in enumerate(PRESS, start=1)
]
USUAL = count_background([trace_of(a, make_fingerprint(a)) for a in SOME])


def traces(articles: list[Article]):
    return [trace_of(a, make_fingerprint(a)) for a in articles]


def belongs(
    articles: list[Article], usual: Background | None = None
) -> dict[int, StoryMembership]:
    found = traces(articles)
    return group_into_stories(found, usual or count_background(found))


@cache
def alone() -> dict[int, StoryMembership]:
    """Return the stories of SOME by themselves."""
    return belongs(SOME, USUAL)


@cache
def judged_alone() -> list[AnalysedArticle]:
    return judge_articles(SOME, shipped_settings(), NOW, usual=USUAL)


@cache
def shipped_settings() -> Settings:
    return load_workspace(DEFAULTS, {}).settings


def parts(
    found: dict[int, StoryMembership], names: dict[int, str]
) -> set[frozenset[str]]:
    """Return the stories as sets of keys, whatever numbers they go by."""
    stories: dict[int, set[str]] = {}
    for number, b in found.items():
        stories.setdefault(b.story, set()).add(names[number])
    return {frozenset(s) for s in stories.values()}


@pytest.mark.parametrize(
    "kept_back", [False, True], ids=["tuned on", "kept back"]
)
def test_copies_are_known_however_papers_alter_them(kept_back: bool) -> None:
    """Pairwise F1 of 0.95 over 132 copies of 33 texts, cut, restyled, reworded, with boilerplate."""
    made = wire.copies(kept_back)
    found = {
        n: b.copy_of for n, b in belongs([c.article for c in made]).items()
    }
    assert (
        wire.pairwise({c.article.id: c.source for c in made}, found)[2] >= 0.95
    )


@pytest.mark.parametrize(
    "kept_back", [False, True], ids=["tuned on", "kept back"]
)
def test_events_are_told_from_events_alike(kept_back: bool) -> None:
    """B-cubed F1 of 0.85 over thirty events with follow-ups, each with a double."""
    reports = events.reports(kept_back)
    found = {n: b.story for n, b in belongs([a for _, a in reports]).items()}
    assert events.b_cubed({a.id: e for e, a in reports}, found)[2] >= 0.85


@given(st.permutations(range(len(SOME))))
def test_the_order_of_arrival_does_not_change_stories(order: list[int]) -> None:
    """Numbers are given in the order of arrival; the stories are the same."""
    arrived = [
        Article(**{**_fields(SOME[place]), "id": n})
        for n, place in enumerate(order, 1)
    ]
    usual_order = parts(alone(), {a.id: a.key for a in SOME})
    assert (
        parts(belongs(arrived, USUAL), {a.id: a.key for a in arrived})
        == usual_order
    )


@given(st.sets(st.integers(1, len(SOME)), max_size=12))
def test_what_comes_later_joins_as_if_it_had_been_there(late: set[int]) -> None:
    early = [a for a in SOME if a.id not in late]
    before = belongs(early, USUAL)
    joined = StoryGrouping(traces(SOME), USUAL).join_new_articles(late, before)
    names = {a.id: a.key for a in SOME}
    assert parts(joined, names) == parts(alone(), names)


def test_joining_leaves_what_does_not_hang_together_alone() -> None:
    """The week is not gathered again for one article: an old grouping elsewhere simply stays."""
    reports = [a for _, a in events.reports()]
    usual = count_background(traces(reports))
    whole = belongs(reports, usual)
    late = next(a.id for a in reports if whole[a.id].story != a.id)
    before = {n: b for n, b in whole.items() if n != late} | {
        reports[-1].id: StoryMembership(777, 777)
    }
    joined = StoryGrouping(traces(reports), usual).join_new_articles(
        {late}, before
    )
    assert joined == whole | {reports[-1].id: StoryMembership(777, 777)}


@given(st.text(min_size=1), st.text())
def test_an_unrelated_article_changes_no_others_story(
    title: str, text: str
) -> None:
    other = Article(
        "zz", "", "Elsewhere", title, text=text, published=NOW, id=999
    )
    beside = belongs([*SOME, other], USUAL)
    assert {n: b for n, b in beside.items() if n != 999} == alone()


@given(st.text(min_size=1), st.text())
def test_an_unrelated_article_changes_no_others_judgement(
    title: str, text: str
) -> None:
    """Section, points, reasons, mentions and story, to the last digit."""
    other = Article(
        "zz", "", "Elsewhere", title, text=text, published=NOW, id=999
    )
    beside = judge_articles(
        [*SOME, other], shipped_settings(), NOW, usual=USUAL
    )
    assert beside[:-1] == judged_alone()


def _fields(a: Article) -> dict:
    return {
        f: getattr(a, f)
        for f in ("key", "url", "outlet", "title", "text", "published")
    }


def article(
    number: int, title: str, text: str, outlet: str = "", **more
) -> Article:
    values = {"published": NOW - timedelta(hours=number)} | more
    return Article(
        f"k{number:02}",
        "",
        outlet or f"Paper {number}",
        title,
        text=text,
        id=number,
        **values,
    )


WIRE = " ".join(
    f"Sentence number {n} of the wire text says thing {n * n} of its own."
    for n in range(30)
)


def test_what_an_outlet_prints_under_everything_makes_no_copies() -> None:
    terms = (
        "Sign up for our newsletter, which comes each morning and tells of the day ahead. "
        * 4
    )
    own = (
        "Rain fell on the fair.",
        "A choir sang in a car park.",
        "The mill has new sails.",
        "Ice is thin.",
    )
    found = belongs(
        [
            article(n, t, f"{t} {terms}", "One Paper")
            for n, t in enumerate(own, 1)
        ]
    )
    assert len({b.copy_of for b in found.values()}) == 4


def test_what_an_outlet_prints_under_everything_makes_no_event() -> None:
    """Summaries of two sentences, the second of which asks to subscribe to the channel."""
    asks = (
        "Subscribe to our channel, follow us on every network, find us on your phone, watch us live, "
        "visit our website, download the app, listen to podcasts and share what moves you today."
    )
    own = [
        f"Word{n} word{n}a met word{n}b about word{n}c in word{n}d."
        for n in range(20)
    ]
    theirs = [
        article(n + 1, f"Word{n} meets", f"{t} {asks}", "Loud TV")
        for n, t in enumerate(own[:10])
    ]
    others = [
        article(n + 1, f"Word{n} meets", t) for n, t in enumerate(own[10:], 10)
    ]
    assert len({b.story for b in belongs([*theirs, *others]).values()}) == 20


def test_an_unread_copy_is_known_by_its_headline_within_days() -> None:
    title = "A third of sewage spills were never reported"
    first, unread = article(1, title, WIRE), article(2, title, "")
    late = article(3, title, "", published=NOW - timedelta(days=30))
    same_paper = article(4, title, "", "Paper 1")
    found = belongs([first, unread, late])
    assert found[1].copy_of == found[2].copy_of != found[3].copy_of
    assert len({b.copy_of for b in belongs([first, same_paper]).values()}) == 2


def test_a_weekly_headline_is_a_new_story_each_week() -> None:
    title = "Five things to know this morning in town"
    texts = ("Roads are icy.", "The mayor is back.")
    found = belongs(
        [article(n, title, t * 20, "One") for n, t in enumerate(texts, 1)]
    )
    assert found[1].copy_of != found[2].copy_of


def test_a_crowd_is_cut_by_closer_likeness(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Thousands of reports that hang together by a thread cost no square of their number."""
    chain = [
        article(
            n,
            "",
            " ".join(f"link{7 * n + place}" for place in range(10)),
            published=NOW,
        )
        for n in range(1, MAX_CONNECTED + 40)
    ]
    sizes = []
    cut = clustering._cut
    monkeypatch.setattr(
        clustering,
        "_cut",
        lambda part, *pairs: sizes.append(len(part)) or cut(part, *pairs),
    )
    assert len(belongs(chain)) == len(chain)
    assert max(sizes, default=0) <= MAX_CONNECTED


def judged(number: int, copy_of: int, story: int, **more) -> AnalysedArticle:
    made = article(number, f"Title {number}", "text", **more)
    return AnalysedArticle(
        made,
        ArticleAnalysis(),
        Relevance("following", 1.0),
        StoryMembership(copy_of, story),
    )


def test_a_story_names_the_original_and_the_papers_that_carry_it() -> None:
    from digest.cli.output import also_in

    several = [
        judged(1, 1, 1),
        judged(2, 1, 1),
        judged(3, 1, 1),
        judged(4, 4, 1),
    ]
    (story,) = into_stories(several, {"Paper 2": 1})
    assert story.representative.article.id == 2
    assert also_in(story) == "Paper 3, also in 2 papers; 1 more report"


def test_a_story_is_represented_by_tier_own_words_readability_and_date() -> (
    None
):
    from dataclasses import replace

    one, two = judged(1, 1, 1), judged(2, 1, 1)
    copied = replace(one, reading=ArticleAnalysis(agency="AP"))
    unread = replace(one, article=replace(one.article, unread="paywall"))

    def first(*several: AnalysedArticle, **tiers: int) -> int:
        return into_stories(
            several, {f"Paper {k[1]}": v for k, v in tiers.items()}
        )[0].representative.article.id

    assert first(one, two) == 2  # the earlier
    assert first(one, two, p1=1) == 1
    assert first(replace(two, reading=ArticleAnalysis(agency="AP")), one) == 1
    assert first(copied, two) == 2
    assert first(unread, two, p1=1) == 2


def test_two_short_clips_that_name_us_are_two_stories():
    settings = shipped_settings()
    name = settings.organisation.name
    clips = [
        Article(
            key=outlet,
            url=f"https://{outlet}.example/1",
            outlet=outlet,
            title=title,
            text=sentence,
            published=NOW,
            id=number,
        )
        for number, (outlet, title, sentence) in enumerate(
            [
                (
                    "paper",
                    "Anglers want the weir gone",
                    f"{name} has told the council for years to break it up.",
                ),
                (
                    "radio",
                    "A talk over breakfast",
                    f"A river does not bargain, says the head of {name}.",
                ),
                (
                    "agency",
                    "Minister agrees",
                    f"{name} is right about this, the minister said.",
                ),
            ],
            start=1000,
        )
    ]
    judged = judge_articles([*clips, *SOME], settings, NOW, usual=USUAL)
    stories = {one.belongs.story for one in judged if one.article in clips}
    assert len(stories) == 3
