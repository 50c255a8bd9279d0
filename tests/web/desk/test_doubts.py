"""Doubts as a person reads them."""

from markupsafe import Markup

from digest.model import Mention, MentionPlace, NameKind
from digest.web.desk.doubts import SHOWN_PLACES, list_doubts, show_sentence


def doubtful(sentence: str, name: str = "Open Water") -> Mention:
    return Mention(
        name,
        NameKind.ORGANISATION,
        MentionPlace.BODY,
        sentence,
        doubt="perhaps",
        doubtful=True,
    )


def test_every_place_of_the_name_is_marked_and_markup_of_the_press_is_not() -> (
    None
):
    shown = show_sentence(doubtful("Open Water <b>or</b> open water?"))
    assert shown.words == Markup(
        "<mark>Open Water</mark> &lt;b&gt;or&lt;/b&gt; <mark>open water</mark>?"
    )
    assert not shown.whole


def test_a_surname_alone_is_marked() -> None:
    shown = show_sentence(doubtful("Oduya left.", "Maren Oduya"))
    assert shown.words == Markup("<mark>Oduya</mark> left.")


def test_of_a_long_sentence_the_words_around_the_name_are_shown() -> None:
    sentence = f"{'before ' * 60}Open Water {'behind ' * 60}end."
    shown = show_sentence(doubtful(sentence))
    assert shown.words.startswith("…before ")
    assert shown.words.endswith(" behind…")
    assert "<mark>Open Water</mark>" in shown.words
    assert len(shown.words) < len(sentence)
    assert shown.whole.striptags() == sentence.strip()


def test_a_long_sentence_without_the_name_is_cut_at_its_end() -> None:
    shown = show_sentence(doubtful("word " * 100))
    assert shown.words.endswith("word…")
    assert not shown.words.startswith("…")


def test_the_places_that_are_not_shown_are_counted() -> None:
    mentions = [doubtful(f"Open Water {number}") for number in range(5)]
    doubts = list_doubts(mentions)
    (doubt,) = doubts.shown
    assert len(doubt.sentences) == SHOWN_PLACES
    assert doubts.more == 2
