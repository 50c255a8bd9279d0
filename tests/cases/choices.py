"""Choices of an editor: what was looked at, and what was picked."""

from dataclasses import replace
from datetime import timedelta

from digest.relevance import (
    EditorChoice,
    StoryFeatures,
    count_background,
    make_fingerprint,
)
from tests.conftest import NOW
from tests.relevance.test_ranking import article

# Taste

VOTING = [
    f"The ballot {w} of the county clerk is counted by hand."
    for w in "box form line law tally seal".split()
]
FAIRS = [
    f"The pig {w} at the fair drew a crowd of children."
    for w in "race show song pen prize cart".split()
]


def looked(
    text: str, number: int, topic: str = "", outlet: str = "o"
) -> StoryFeatures:
    made = make_fingerprint(article(number, text, title=text[:20]))
    return StoryFeatures(
        "following", made, "", outlet, (topic,) if topic else ()
    )


def choices(number: int = 6) -> list[EditorChoice]:
    liked = [
        EditorChoice(looked(t, n, "Voting"), True)
        for n, t in enumerate(VOTING[:number])
    ]
    return liked + [
        EditorChoice(looked(t, n, "Fairs"), False)
        for n, t in enumerate(FAIRS[:number])
    ]


def editions(
    weeks: int = 3, *, rules_agree: bool = False
) -> list[EditorChoice]:
    """Return the choices for some editions; by the rules alone, the fairs came first, or last."""
    rules = {True: 3.0, False: 3.5}
    if rules_agree:
        rules = {True: 3.5, False: 3.0}
    return [
        replace(
            choice,
            rules=rules[choice.picked],
            edition=NOW.date() + timedelta(days=7 * week),
        )
        for week in range(weeks)
        for choice in choices()
    ]


USUAL = count_background(c.look for c in choices())
