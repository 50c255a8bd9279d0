"""What a name does in an article: named, quoted, acting."""

import pytest

from digest.model import MentionRole
from tests.relevance.test_mentions import counted


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (
            "The emails were released last week to Open Water.",
            MentionRole.SOURCE,
        ),
        ("Records that Open Water obtained show it.", MentionRole.SOURCE),
        ("Open Water has sued the county.", MentionRole.PARTY),
        ("A judge sided with Open Water on Monday.", MentionRole.PARTY),
        ("A spokeswoman for Open Water said no.", MentionRole.QUOTED),
        ("The mayor met Open Water and the anglers.", MentionRole.PASSING),
        ("Open Water (OW) had sued the county.", MentionRole.PARTY),
        ("Open Water, a Dutch group, sued the county.", MentionRole.PARTY),
        ("The claim was brought in Kiel by Open Water.", MentionRole.PARTY),
        (
            "Open Water, which obtained the texts, is small.",
            MentionRole.SOURCE,
        ),
        (
            "Die Akten hat Open Water nach zwei Jahren erstritten.",
            MentionRole.SOURCE,
        ),
        (
            "Open Water said on Tuesday in a statement it would go.",
            MentionRole.QUOTED,
        ),
        ("Open Water welcomed the ban.", MentionRole.QUOTED),
        ("L’association Open Water dénonce un oubli.", MentionRole.QUOTED),
    ],
)
def test_it_is_told_what_a_name_does(text: str, role: MentionRole) -> None:
    assert [m.role for m in counted(text)] == [role]


def test_a_spokespersons_quote_is_kept_whole() -> None:
    """Over several sentences, before the name and after it."""
    quote = (
        "“They knew. They wrote it down, and then they did nothing,” Maren Oduya said. "
        "“We will go back to court.”"
    )
    text = f"Open Water sued. {quote} The county is silent."
    mention = counted(text)[1]
    assert (mention.sentence, mention.role) == (quote, MentionRole.QUOTED)


def test_the_evidence_is_the_sentence() -> None:
    text = (
        "Rain fell. Gov. A. Pike met Dr. Renn of Open Water v. Hallam County fame at 3 p.m. on Monday."
        " Then he left."
    )
    assert counted(text)[0].sentence == (
        "Gov. A. Pike met Dr. Renn of Open Water v. Hallam County fame at 3 p.m. on Monday."
    )
