"""Which articles are about us: the name, where it stands, what it does there, and what only looks so."""

import pytest

from digest.model import Article, Mention, MentionPlace, NameKind
from digest.relevance import RelevanceRules, judge_articles
from digest.relevance.mentions import Names, find_mentions
from digest.settings import Organisation, Settings
from tests.cases.passages import by_judge, by_judge_or_shown, passages, score
from tests.conftest import NOW

ORG = Organisation(
    name="Open Water",
    aliases=("Open Water Trust",),
    people=("Maren Oduya",),
    cases=("Open Water v. Hallam County",),
    not_it=("open water swimming",),
)


def article(text: str = "", title: str = "A headline", **more) -> Article:
    values = {"published": NOW, "id": 1} | more
    return Article(
        "k1", "https://c.example/1", "The Courier", title, text=text, **values
    )


def found(text: str, org: Organisation = ORG, **more) -> tuple[Mention, ...]:
    return find_mentions(article(text, **more), Names(org))


def counted(text: str, org: Organisation = ORG, **more) -> list[Mention]:
    return [m for m in found(text, org, **more) if m.counts]


@pytest.mark.parametrize(
    "kept_back", [False, True], ids=["tuned on", "kept back"]
)
def test_hard_passages_are_told_apart(kept_back: bool) -> None:
    """Precision and recall of 0.98 over four organisations, on the half not tuned on too.

    Precision is of what is asserted, recall of what is asserted or shown as doubtful.
    """
    precision, _, wrong = score(by_judge, passages(kept_back))
    _, recall, missed = score(by_judge_or_shown, passages(kept_back))
    assert precision >= 0.98, wrong
    assert recall >= 0.98, missed


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (
            "The files were obtained by Open Water.",
            "Open Water",
            NameKind.ORGANISATION,
        ),
        (
            "The Open Water Trust has four people.",
            "Open Water Trust",
            NameKind.ALIAS,
        ),
        (
            "“No,” said Maren Oduya, a campaigner.",
            "Maren Oduya",
            NameKind.PERSON,
        ),
        (
            "In Open Water vs. Hallam County, it ruled.",
            "Open Water v. Hallam County",
            NameKind.CASE,
        ),
    ],
)
def test_a_name_is_found_with_its_kind(
    text: str, name: str, kind: NameKind
) -> None:
    (mention,) = counted(text)
    assert (mention.name, mention.kind, mention.place) == (
        name,
        kind,
        MentionPlace.BODY,
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            "“I asked Open Water for the papers,” the mayor said.",
            MentionPlace.QUOTE,
        ),
        ("Photo courtesy of Open Water", MentionPlace.CAPTION),
        (
            "Related: Open Water finds lead in eleven schools",
            MentionPlace.RELATED,
        ),
        (
            "Rain fell.\n\nMore from News\n\nOpen Water wins in court",
            MentionPlace.RELATED,
        ),
        ("By Ada Bell and Maren Oduya", MentionPlace.BYLINE),
        ("The writer is a trustee of Open Water.", MentionPlace.BYLINE),
        ("Open Water, the charity, has nine boats.", MentionPlace.BODY),
    ],
)
def test_it_is_told_where_a_name_stands(text: str, place: MentionPlace) -> None:
    assert [m.place for m in found(text)] == [place]


def test_bylines_and_related_links_do_not_count(rules: Settings) -> None:
    (judged,) = judge_articles(
        [article("Rain fell.\n\nRelated: Open Water wins in court")], rules, NOW
    )
    assert judged.judgement.section == ""
    assert [str(r) for r in judged.judgement.reasons] == [
        "“Open Water” does not count: it stands in the related links"
    ]


def test_what_stands_under_not_it_is_said_so(rules: Settings) -> None:
    (judged,) = judge_articles(
        [article("She won at open water swimming.")], rules, NOW
    )
    assert [str(r) for r in judged.judgement.reasons] == [
        "“open water swimming” does not count: it stands under not_it in feeds.yaml"
    ]


def test_a_note_on_the_author_is_known_by_the_byline() -> None:
    text = "Rain fell.\n\nMaren Oduya is director of Open Water."
    assert {m.place for m in found(text, authors=("Maren Oduya",))} == {
        MentionPlace.BYLINE
    }
    assert {m.place for m in found(text)} == {MentionPlace.BODY}


def test_a_person_decides_over_the_rules(rules: Settings) -> None:
    (judged,) = judge_articles(
        [article("Nothing.", section="in_the_news")], rules, NOW
    )
    assert judged.judgement.section == "in_the_news"
    assert str(judged.judgement.reasons[0]) == "filed under in_the_news by hand"


def test_changed_rules_have_another_mark(rules: Settings) -> None:
    """What was read by other rules is read again."""
    renamed = rules.model_copy(
        update={"organisation": ORG.model_copy(update={"name": "Other"})}
    )
    assert (
        RelevanceRules(rules).mark
        == RelevanceRules(rules).mark
        != RelevanceRules(renamed).mark
    )
