"""Copies against follow-ups: what shares text is one text, unless one of the two opens with news."""

import random
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Article
from digest.relevance import (
    StoryGrouping,
    count_background,
    group_into_stories,
    make_fingerprint,
    trace_of,
)
from digest.relevance.fingerprint import Fingerprint
from tests.cases import wire
from tests.conftest import NOW

FIRST = (
    "The harbour board of Kell will close the old swing bridge to lorries in May.",
    "Engineers found cracks in four of its nine iron bearings last autumn.",
    "A new bridge would cost thirty million and take five years to build.",
    "Hauliers said the way round by Perrin adds forty minutes to each trip.",
    "The bridge was opened in 1911 by a brass band and a man on stilts.",
)
NEWS = (
    "Two barges struck the pier under the swing bridge on Sunday night and sank with a load of gravel.",
    "Divers are searching for a missing deckhand, police inspector Orla Brandt said at the quay.",
)
COPIES = wire.copies(kept_back=False)
LEAD_IN = (
    "Readers along the Lower Dike, where queues at the ferry grow longer every "
    "winter, know the trouble well."
)


def article(
    number: int, *sentences: str, outlet: str = "Courier", hours: float = 0
) -> Article:
    url = f"https://{outlet.lower()}.example/{number}"
    return Article(
        url,
        url,
        outlet,
        f"Headline {number}",
        text="\n\n".join(sentences),
        published=NOW + timedelta(hours=hours),
        id=number,
        language="en",
    )


def texts_of(*articles: Article) -> list[int]:
    """Return for each article the first that has its text."""
    traces = [trace_of(one, make_fingerprint(one)) for one in articles]
    belongs = group_into_stories(traces, count_background(traces))
    return [belongs[one.id].copy_of for one in articles]


def test_news_above_what_ran_is_no_copy() -> None:
    before = article(1, *FIRST)
    after = article(2, *NEWS, *FIRST[1:], hours=50)
    assert texts_of(before, after) == [1, 2]


def test_news_of_the_same_day_in_another_paper_is_no_copy() -> None:
    before = article(1, *FIRST)
    after = article(2, *NEWS, *FIRST[1:], outlet="Gazette", hours=4)
    assert texts_of(before, after) == [1, 2]


def test_a_text_cut_reordered_or_with_a_dateline_is_a_copy() -> None:
    whole = article(1, *FIRST)
    cut = article(2, *FIRST[:3], outlet="Gazette", hours=3)
    turned = article(3, FIRST[3], *FIRST[:3], outlet="Echo", hours=90)
    dated = f"KELL (Valley Wire) - {FIRST[0]}"
    wired = article(4, dated, *FIRST[1:], outlet="Post", hours=90)
    assert texts_of(whole, cut, turned, wired) == [1, 1, 1, 1]


def test_another_papers_lead_in_makes_no_news_of_a_text() -> None:
    plain = article(1, *FIRST)
    led_in = article(2, LEAD_IN, *FIRST, outlet="Gazette", hours=5)
    assert texts_of(plain, led_in) == [1, 1]


def test_an_outlet_puts_no_lead_in_before_its_own_text() -> None:
    plain = article(1, *FIRST)
    again = article(2, LEAD_IN, *FIRST, hours=70)
    assert texts_of(plain, again) == [1, 2]


def test_what_is_new_below_the_opening_makes_no_news_of_a_text() -> None:
    plain = article(1, *FIRST)
    longer = article(2, *FIRST, *NEWS, outlet="Gazette", hours=60)
    assert texts_of(plain, longer) == [1, 1]


def test_a_third_text_that_is_like_both_does_not_join_news_with_what_ran() -> (
    None
):
    before = article(1, *FIRST)
    between = article(
        2, FIRST[0], *NEWS, *FIRST[1:], outlet="Gazette", hours=40
    )
    after = article(3, *NEWS, *FIRST[1:], hours=50)
    first, _, last = texts_of(before, between, after)
    assert first != last


def test_a_notice_of_two_sentences_in_two_papers_is_one_text() -> None:
    one = article(1, *FIRST[:2])
    other = article(2, *FIRST[:2], outlet="Gazette", hours=2)
    assert texts_of(one, other) == [1, 1]


def test_a_follow_up_of_the_week_after_is_of_the_event_it_follows() -> None:
    before = article(1, *FIRST)
    after = article(2, *NEWS, *FIRST[1:], hours=24 * 8)
    others = [replace(one.article, language="en") for one in COPIES[2:]]
    press = [before, after, *others]
    traces = [trace_of(one, make_fingerprint(one)) for one in press]
    belongs = group_into_stories(traces, count_background(traces))
    assert belongs[2].copy_of != belongs[1].copy_of
    assert belongs[2].story == belongs[1].story


@given(st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_text(order: random.Random) -> None:
    made = [
        article(1, *FIRST),
        article(2, FIRST[0], *NEWS, *FIRST[1:], hours=40),
        article(3, *NEWS, *FIRST[1:], hours=50),
        article(4, LEAD_IN, *FIRST, outlet="Gazette", hours=5),
    ]
    traces = [trace_of(one, make_fingerprint(one)) for one in made]
    usual = count_background(traces)
    together = group_into_stories(traces, usual)
    order.shuffle(traces)
    belongs = group_into_stories(traces[:1], usual)
    for place in range(2, len(traces) + 1):
        some = traces[:place]
        new = [some[-1].id]
        belongs = StoryGrouping(some, usual).join_new_articles(new, belongs)
    assert belongs == together


def test_a_fingerprint_of_the_first_version_is_read_and_says_no_opening() -> (
    None
):
    made = make_fingerprint(article(1, *FIRST))
    header = [1, made.words, made.title, len(made.shingles)]
    first_version = b"".join(
        [
            *(number.to_bytes(4, "little") for number in header),
            made.shingles.tobytes(),
            made.terms.tobytes(),
            made.weights.tobytes(),
        ]
    )
    read = Fingerprint.from_bytes(first_version)
    assert read.terms.tolist() == made.terms.tolist()
    assert read.shingles.tolist() == made.shingles.tolist()
    assert (len(read.opening), len(read.vocabulary)) == (0, 0)
