"""Which reports tell one event: names, figures and forms of words that are filled in anew."""

from datetime import timedelta

from digest.model import Article
from digest.relevance import (
    count_background,
    group_into_stories,
    make_fingerprint,
    trace_of,
)
from digest.relevance.fingerprint import terms_of_names
from digest.relevance.term_marks import NAME, mark_terms
from digest.relevance.word_hashes import split_words
from tests.cases import events
from tests.conftest import NOW

#: What a press tells besides, so that it is known which words are common.
PRESS = [
    article
    for _, article in events.reports()
    if not article.language.startswith(("de", "fr"))
]
FORM = (
    "The food agency warns of {what} by the maker {who} because it may hold splinters of glass. The recall covers "
    "all jars with a date before June. Customers are asked not to eat the product and to bring it back "
    "to the shop, where they get their money without a receipt. Nobody has been hurt so far, the agency said."
)


def report(
    number: int, title: str, text: str, outlet: str = "Herald"
) -> Article:
    """Return a report that came out some hours after the one before."""
    published = NOW - timedelta(hours=40 - 5 * number)
    key = f"https://{number}.example/"
    return Article(
        key,
        key,
        outlet,
        title,
        text=text,
        published=published,
        id=1000 + number,
        language="en",
    )


def stories_of(*reports: Article):
    """Return the story of each report, among a press that tells of other things."""
    traces = [
        trace_of(one, make_fingerprint(one)) for one in (*PRESS, *reports)
    ]
    found = group_into_stories(traces, count_background(traces))
    return [found[one.id] for one in reports]


def test_one_event_is_known_by_its_names_in_whatever_words() -> None:
    first, second = stories_of(
        report(
            1,
            "Lorry blocks bridge in Pellworm",
            "A lorry has overturned on the Marnock bridge in Pellworm. Its driver, Oswin Tarle, broke an arm.",
        ),
        report(
            2,
            "Long queues after accident",
            "People in Pellworm sat in their cars until noon after Oswin Tarle lost his load on the Marnock bridge.",
            "Echo",
        ),
    )
    assert first.story == second.story


def test_two_events_are_two_in_the_same_words_with_other_names() -> None:
    first, second = stories_of(
        report(
            1,
            "Two hurt in fire in Pellworm",
            "Two people were hurt in a fire in a flat in Pellworm, fire chief Oswin Tarle said. The cause is not known.",
        ),
        report(
            2,
            "Two hurt in fire in Quessant",
            "Two people were hurt in a fire in a flat in Quessant, fire chief Ludka Breen said. The cause is not known.",
            "Echo",
        ),
    )
    assert first.story != second.story


def test_a_form_that_is_filled_in_anew_is_no_copy() -> None:
    first, copy, other = stories_of(
        report(
            1,
            "Splinters in plum jam",
            FORM.format(what="plum jam", who="Tarle Brothers"),
        ),
        report(
            2,
            "Jam recalled",
            FORM.format(what="plum jam", who="Tarle Brothers"),
            "Echo",
        ),
        report(
            3,
            "Splinters in honey",
            FORM.format(what="clover honey", who="Breen Apiaries"),
        ),
    )
    assert first.copy_of == copy.copy_of
    assert first.copy_of != other.copy_of
    assert first.story != other.story


def test_a_column_of_another_weekday_is_another() -> None:
    text = "Rain will come in from the west and reach the coast by noon. It stays mild in the valleys, with wind from the south, and fog in the morning near the rivers and lakes of the plain."
    monday, tuesday = stories_of(
        report(1, "The weather on Monday", text),
        report(5, "The weather on Tuesday", text),
    )
    assert monday.copy_of != tuesday.copy_of
    assert monday.story != tuesday.story


def test_names_have_a_capital_within_a_sentence_and_never_a_small_letter() -> (
    None
):
    text = "Police in Pellworm asked Mr. Tarle to wait. He met police on Monday at l'Oise and St. Brannoc, said “Ludka”. Nobody else came."
    marks = mark_terms([], split_words(text), text)
    names = {term for term, mark in marks.items() if mark & NAME}
    assert names == {
        "pellworm",
        "mr",
        "tarle",
        "oise",
        "st",
        "brannoc",
        "ludka",
    }


def test_an_elision_and_a_possessive_hide_no_name() -> None:
    assert terms_of_names(["l'Oise", "Tarle's"]) == terms_of_names(
        ["Oise", "Tarle"]
    )
