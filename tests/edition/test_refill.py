"""A draft that fills until its cut-off: what a person did stands, the rest goes on being filled."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition import operations
from digest.edition.changes_by_people import Base, work_of_persons
from digest.edition.refill import Offered, Proposed, refill_edition
from digest.model import Edition, Lead, Pick, Section

DAY = date(2026, 2, 27)
SIZES = {"news": 4, "other": 3}
#: Stories 0 to 13; the even ones are news. Each is told by two outlets.
STORIES = range(14)


def url(story: int, report: int = 0) -> str:
    return f"https://{'ab'[report]}.example/{story}"


#: Which story each address tells.
STORY_OF = {url(n, r): n for n in STORIES for r in (0, 1)}


def section_of(story: int) -> str:
    return ("news", "other")[story % 2]


def pick(story: int, report: int = 0) -> Pick:
    return Pick(f"Story {story}", url(story, report), f"Outlet {report}")


def proposal(
    order: list[tuple[int, int]], known: set[int] | None = None
) -> Proposed:
    """Propose stories (with the report that stands for each), the best first."""
    offered: dict[str, list[Offered]] = {"news": [], "other": []}
    for story, report in order:
        some = offered[section_of(story)]
        proposed = len(some) < SIZES[section_of(story)]
        some.append(
            Offered(pick(story, report), proposed, story not in (known or ()))
        )
    sections = tuple(
        Section(key, key.title(), tuple(o.pick for o in some[: SIZES[key]]))
        for key, some in offered.items()
    )
    return Proposed(Edition(DAY, "", sections=sections), offered, SIZES)


orders = st.lists(
    st.tuples(st.sampled_from(STORIES), st.integers(0, 1)),
    unique_by=lambda o: o[0],
    max_size=14,
)


@dataclass(frozen=True)
class Did:
    """What a person did, with what the tests must find again."""

    edition: Edition
    placed: dict[str, str]  #: section by address
    reworded: dict[str, str]  #: headline by address
    dropped: set[int]


@st.composite
def worked_on(draw: st.DrawFn, edition: Edition) -> Did:
    """Let a person pick, drop, move and reword."""
    did = Did(edition, {}, {}, set())
    for _ in range(draw(st.integers(0, 5))):
        now = {p.url: s.key for s in did.edition.sections for p in s.picks}
        told = {STORY_OF[u] for u in now}
        deed = draw(st.sampled_from(["pick", "drop", "move", "reword"]))
        if deed == "pick":
            story = draw(st.sampled_from(STORIES))
            key = draw(st.sampled_from(["news", "other"]))
            if story in told:
                continue
            edited = operations.add_story(key, pick(story))(did.edition)
            did = replace(
                did, edition=edited, placed=did.placed | {url(story): key}
            )
            did.dropped.discard(story)
            continue
        if not now:
            continue
        one = draw(st.sampled_from(sorted(now)))
        if deed == "drop":
            did.dropped.add(STORY_OF[one])
            placed = {u: k for u, k in did.placed.items() if u != one}
            reworded = {u: h for u, h in did.reworded.items() if u != one}
            did = Did(
                operations.drop_story(one)(did.edition),
                placed,
                reworded,
                did.dropped,
            )
        elif deed == "move":
            key = "other" if now[one] == "news" else "news"
            placed = did.placed | {one: key}
            did = replace(
                did,
                edition=operations.move_story(one, key, 99)(did.edition),
                placed=placed,
            )
        else:
            words = f"Reworded {len(did.reworded)}"
            edited = operations.rewrite_story(
                one, lambda p, w=words: replace(p, headline=w)
            )(did.edition)
            did = replace(
                did, edition=edited, reworded=did.reworded | {one: words}
            )
    return did


def stands(edition: Edition) -> dict[str, tuple[str, str]]:
    """Return section and headline of each story by address."""
    return {
        p.url: (s.key, p.headline) for s in edition.sections for p in s.picks
    }


def filled(order: list[tuple[int, int]]) -> tuple[Base, Edition]:
    drafted = proposal(order).edition
    return Base(drafted), drafted


@given(orders, orders)
def test_a_draft_that_nobody_touched_is_replaced_by_the_new_proposal(
    first, second
) -> None:
    base, drafted = filled(first)
    new = proposal(second, {n for n, _ in first})
    made = refill_edition(base, drafted, new, STORY_OF)
    assert made.edition.sections == new.edition.sections
    assert made.base.edition == made.edition


@given(st.data(), orders)
def test_the_same_proposal_changes_nothing_that_a_person_left(
    data, first
) -> None:
    base, drafted = filled(first)
    did = data.draw(worked_on(drafted))
    made = refill_edition(
        base, did.edition, proposal(first, set(STORIES)), STORY_OF
    )
    assert made.edition == did.edition
    assert (made.added, made.removed) == ((), ())


@given(st.data(), st.lists(orders, min_size=2, max_size=4))
def test_whatever_comes_what_a_person_did_stands(data, weeks) -> None:
    """Through several collects, with a person between each two of them."""
    base, now = filled(weeks[0])
    placed: dict[str, str] = {}
    reworded: dict[str, str] = {}
    dropped: set[int] = set()
    known = {n for n, _ in weeks[0]}
    for order in weeks[1:]:
        did = data.draw(worked_on(now))
        standing = stands(did.edition)
        placed = {
            u: k
            for u, k in (placed | did.placed).items()
            if standing.get(u, "")[:1] == (k,)
        }
        reworded = {
            u: w for u, w in (reworded | did.reworded).items() if u in standing
        }
        reworded = {u: w for u, w in reworded.items() if standing[u][1] == w}
        dropped |= did.dropped
        dropped -= {STORY_OF[u] for u in standing}
        new = proposal(order, known)
        made = refill_edition(
            base, did.edition, new, STORY_OF, dropped, did.placed
        )
        after = stands(made.edition)
        _check(made.edition, after, placed, reworded, dropped, did.edition)
        again = refill_edition(
            made.base,
            made.edition,
            proposal(order, set(STORIES)),
            STORY_OF,
            dropped,
        )
        assert (again.edition, again.base) == (made.edition, made.base)
        base, now = made.base, made.edition
        known |= {n for n, _ in order}


def _check(edition, after, placed, reworded, dropped, before: Edition) -> None:
    assert {u: after[u][0] for u in placed} == placed
    assert {u: after[u][1] for u in reworded} == reworded
    told = [STORY_OF[u] for u in after]
    assert len(told) == len(set(told)), "a story twice"
    assert not dropped & set(told), "what was taken out came back"
    for section in edition.sections:
        had = next(s for s in before.sections if s.key == section.key)
        assert len(section.picks) <= max(SIZES[section.key], len(had.picks))
    for section in before.sections:
        of_persons = [p.url for p in section.picks if p.url in placed]
        now = [
            p.url
            for s in edition.sections
            for p in s.picks
            if p.url in of_persons
        ]
        assert now == of_persons, "a person's order"


@given(st.sampled_from([2, 4, 6]), st.lists(orders, max_size=4))
def test_what_a_person_put_first_stays_first_whatever_comes(
    first: int, weeks
) -> None:
    base, now = filled([(n, 0) for n in (0, 2, 4, 6)])
    now = operations.move_story(url(first), "news", 0)(now)
    for order in weeks:
        made = refill_edition(
            base, now, proposal(order, set(STORIES)), STORY_OF
        )
        assert made.edition.sections[0].picks[0] == pick(first)
        base, now = made.base, made.edition


@given(st.permutations([0, 2, 4, 6]), orders)
def test_refilling_keeps_the_order_of_moved_stories(order, later) -> None:
    base, drafted = filled([(n, 0) for n in (0, 2, 4, 6)])
    news = Section("news", "News", tuple(pick(n) for n in order))
    sorted_by_hand = replace(drafted, sections=(news, drafted.sections[1]))
    made = refill_edition(base, sorted_by_hand, proposal(later), STORY_OF)
    stay = [
        p.headline
        for p in made.edition.sections[0].picks
        if p.url in map(url, order)
    ]
    reversed_by_hand = order == [6, 4, 2, 0]
    assert not reversed_by_hand or stay == [p.headline for p in news.picks]


def merged(
    did: Edition, later: list[int], known: set[int] | None = None
) -> list[list[int]]:
    """Return the stories by section after a person's work on 0, 2, 4, 6 and 1, 3, 5."""
    base, _ = filled([(n, 0) for n in range(7)])
    new = proposal(
        [(n, 0) for n in later], set(range(7)) if known is None else known
    )
    made = refill_edition(base, did, new, STORY_OF, ())
    return [[STORY_OF[p.url] for p in s.picks] for s in made.edition.sections]


DRAFTED = filled([(n, 0) for n in range(7)])[1]
CASES: dict[str, tuple[Callable[[Edition], Edition], list[int], list[int]]] = {
    "nobody touched it: the best come, the weakest leave": (lambda e: e, [8, 0, 2, 4], [8, 0, 2, 4]),
    "a story taken out stays out": (operations.drop_story(url(2)), [2, 0, 4, 6], [0, 4, 6]),
    "what lay there does not move up into an emptied place": (
        operations.drop_story(url(2)), [0, 2, 4, 6, 8], [0, 4, 6, 8]
    ),
    "what is new does": (operations.drop_story(url(2)), [0, 2, 4, 6, 10], [0, 4, 6, 10]),
    "a pick stays at the end, and what is better goes above it": (
        operations.add_story("news", pick(12)), [10, 0, 2, 4], [10, 0, 2, 4, 12]
    ),
    "the first by hand stays first, and what is new comes below": (
        operations.move_story(url(6), "news", 0), [8, 0, 2, 4], [6, 8, 0, 2]
    ),
    "a reworded story stays although it is not proposed any more": (
        operations.rewrite_story(url(6), lambda p: replace(p, note="Ours")), [8, 0, 2, 4], [8, 0, 2, 6]
    ),
    "what was moved to another section is not filled in again": (
        operations.move_story(url(0), "other", 0), [0, 2, 4, 6], [2, 4, 6]
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_press_officers_case(case: str) -> None:
    did, later, expected = CASES[case]
    known = {8} if "lay there" in case else None
    news, _ = merged(did(DRAFTED), later, known and known | set(range(7)))
    assert news == (expected[:-1] if known else expected)


def test_a_story_taken_out_does_not_come_back_by_another_outlet() -> None:
    base, drafted = filled([(0, 0), (2, 0)])
    new = proposal([(0, 1), (2, 0), (4, 0)])
    made = refill_edition(
        base, operations.drop_story(url(0))(drafted), new, STORY_OF
    )
    assert [p.headline for p in made.edition.sections[0].picks] == [
        "Story 2",
        "Story 4",
    ]


def test_better_reports_replace_only_the_machines_picks() -> None:
    base, drafted = filled([(0, 0), (2, 0)])
    ours = operations.rewrite_story(
        url(2), lambda p: replace(p, headline="Ours")
    )(drafted)
    made = refill_edition(base, ours, proposal([(0, 1), (2, 1)]), STORY_OF)
    assert [(p.url, p.headline) for p in made.edition.sections[0].picks] == [
        (url(0, 1), "Story 0"),
        (url(2), "Ours"),
    ]


def test_of_a_reworded_story_the_rest_goes_on_being_filled_in() -> None:
    base, drafted = filled([(0, 0)])
    ours = operations.rewrite_story(
        url(0), lambda p: replace(p, headline="Ours")
    )(drafted)
    walled = replace(pick(0), headline="Changed by its outlet", paywall=True)
    new = proposal([(0, 0)])
    offered = {"news": [Offered(walled)], "other": []}
    made = refill_edition(base, ours, replace(new, offered=offered), STORY_OF)
    (only,) = made.edition.sections[0].picks
    assert (only.headline, only.paywall) == ("Ours", True)


def test_one_of_two_reports_taken_out_does_not_take_the_other_along() -> None:
    """They were not known to tell one story when a person chose between them."""
    base, drafted = filled([(0, 0), (2, 0)])
    ours = operations.drop_story(url(0))(drafted)
    joined = STORY_OF | {url(2): 0}
    made = refill_edition(base, ours, proposal([(0, 0)]), joined)
    assert [p.headline for p in made.edition.sections[0].picks] == ["Story 2"]
    again = refill_edition(made.base, made.edition, proposal([(0, 0)]), joined)
    assert again.edition == made.edition


def test_titles_and_sections_that_a_person_changed_stand() -> None:
    base, drafted = filled([(0, 0), (1, 0)])
    titled = replace(
        drafted, sections=(replace(drafted.sections[0], title="Ours"),)
    )
    made = refill_edition(base, titled, proposal([(2, 0), (1, 0)]), STORY_OF)
    for _ in range(2):
        assert [(s.key, s.title) for s in made.edition.sections] == [
            ("news", "Ours")
        ]
        made = refill_edition(
            made.base, made.edition, proposal([(0, 0), (3, 0)]), STORY_OF
        )


def test_what_persons_did_is_told_line_by_line() -> None:
    base, drafted = filled([(n, 0) for n in range(5)])
    ours = replace(drafted, subject="Ours", leads=(Lead("A lead"),))
    for one in (
        operations.drop_story(url(1)),
        operations.add_story("news", pick(8)),
        operations.rewrite_story(
            url(0), lambda p: replace(p, note="Read this")
        ),
    ):
        ours = one(ours)
    assert work_of_persons(base, ours, STORY_OF) == [
        "changed the subject",
        "wrote the lead “A lead”",
        "reworded “Story 0” (Outlet 0)",
        "picked or placed “Story 8” (Outlet 0) in news",
        "took out “Story 1” (Outlet 0)",
    ]
    assert work_of_persons(base, drafted, STORY_OF) == []
