"""Choices of an editor: what was looked at, and what was picked."""

from digest.relevance import (
    EditorChoice,
    StoryFeatures,
    count_background,
    make_fingerprint,
)
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


USUAL = count_background(c.look for c in choices())
