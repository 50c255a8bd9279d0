"""Settling: doubts about one place of a name that the rest of the article decides, or a person."""

import pytest

from digest.model import Mention
from digest.settings import Organisation
from tests.relevance.test_mentions import counted, found

ANCHOR = Organisation(name="Anchor")
PELORIA = Organisation(name="Peloria")
UNION = Organisation(name="Deck Hands' Union", aliases=("DHU",))
GUILD = Organisation(name="KELPA")


def only(text: str, org: Organisation, title: str = "A headline") -> Mention:
    (mention,) = found(text, org, title=title)
    return mention


@pytest.mark.parametrize(
    "text",
    [
        "Peloria activists boarded the rig.",
        "Friday’s Peloria report names nine ports.",
        "The Peloria boats left.",
        "Peloria España went to court.",
        "The nets are, European Peloria members say, too fine.",
    ],
)
def test_a_name_that_is_no_word_needs_no_grammar(text: str) -> None:
    assert counted(text, PELORIA)


def test_a_common_word_at_the_start_of_a_sentence_is_shown() -> None:
    mention = only("Anchor activists boarded the rig.", ANCHOR)
    assert (mention.counts, mention.doubtful) == (False, True)


def test_it_counts_where_the_article_names_it_for_sure() -> None:
    text = "Anchor activists boarded the rig. Anchor, the charity, has nine."
    assert len(counted(text, ANCHOR)) == 2


def test_it_is_the_word_where_the_article_has_it_small() -> None:
    mention = only(
        "An anchor with nine berths opens. Anchor visitors pay nothing.",
        ANCHOR,
    )
    assert (mention.counts, mention.doubtful) == (False, False)


def test_the_short_form_of_another_body_is_that_body() -> None:
    text = "Anchor Steel has closed. Workers at Anchor went home."
    assert not counted(text, ANCHOR)
    assert not any(m.doubtful for m in found(text, ANCHOR))


def test_an_acronym_that_is_spelt_out_as_another_body_is_that_body() -> None:
    text = "The Dog Handlers' Union, or DHU, met. “Dogs first,” the DHU said."
    assert not counted(text, UNION)
    ours = "The Deck Hands' Union met. “Ships first,” the DHU said."
    assert len(counted(ours, UNION)) == 2


def test_a_name_that_is_spelt_out_in_another_case_is_ours() -> None:
    org = Organisation(name="Deutsches Deichwerk", aliases=("DDW",))
    text = "Kräfte des Deutschen Deichwerks (DDW) kamen. Das DDW half."
    assert {m.name for m in counted(text, org, language="de")} == {
        "Deutsches Deichwerk",
        "DDW",
    }


@pytest.mark.parametrize(
    "text",
    [
        "He sits on the KELPA board.",
        "The nets are of the label KELPA-approved.",
        "The KELPA of Ohio has sued.",
    ],
)
def test_what_belongs_to_a_body_is_no_thing(text: str) -> None:
    assert counted(text, GUILD)


def test_a_chapter_of_a_state_counts_behind_the() -> None:
    org = Organisation(name="Open Water Union")
    assert counted("The Open Water Union of Ohio has sued.", org)


def test_three_letters_alone_are_shown() -> None:
    mention = only("The DHU has closed its doors.", UNION)
    assert (mention.counts, mention.doubtful) == (False, True)


def test_an_acronym_may_be_written_as_a_word() -> None:
    assert counted("Kelpa says so.", GUILD)
    assert not counted("kelpa says so.", GUILD)


def test_an_article_that_the_name_begins_with_may_be_small_or_missing() -> None:
    org = Organisation(name="The Kelp Project")
    assert counted("He wrote to the Kelp Project.", org)
    assert counted("A Kelp Project lawyer came.", org)
    assert not counted("The kelp project began in May.", org)


def test_a_german_name_has_its_cases() -> None:
    org = Organisation(name="Deutscher Teichbund")
    for text in (
        "Der Verband und eine Biologin des Deutschen Teichbundes waren da.",
        "Das teilte der Sprecher dem Deutschen Teichbund mit.",
    ):
        assert counted(text, org, language="de")


@pytest.mark.parametrize(("chapters", "number"), [("count", 1), ("ask", 0)])
def test_chapters_count_as_the_settings_say(chapters: str, number: int) -> None:
    org = Organisation.model_validate({"name": "Peloria", "chapters": chapters})
    text = "The nets are too fine, Peloria France said."
    assert len(counted(text, org)) == number
    assert found(text, org)[0].doubtful == (chapters == "ask")


@pytest.mark.parametrize(
    "text",
    [
        "Rain fell.\n\nAdvertisement: Join Peloria today",
        "Rain fell.\n\nSign up for the Peloria letter",
        "Rain fell.\n\nA gull on a buoy. Photograph: Jo Hand/Peloria",
        "Der Handballclub Peloria hat gewonnen.",
    ],
)
def test_what_stands_around_articles_does_not_count(text: str) -> None:
    assert not counted(text, PELORIA)


def test_ordinals_and_abbreviations_end_no_sentence() -> None:
    sentence = "Das hat Peloria am 3. März in Kiel und u. a. in Husum gesagt."
    (mention,) = counted(f"Es regnet. {sentence} Dann ging er.", PELORIA)
    assert mention.sentence == sentence


RAPIDS = Organisation(name="Stromschnelle")
ROOTS = Organisation(name="Semillas")
WHITE_LINE = Organisation(name="Weiße Linie")
WATCH = Organisation(name="Rising Tide")


def test_a_german_noun_of_the_dictionary_is_no_proof_of_a_name() -> None:
    text = "Der Kanute ist in der Stromschnelle gekentert und hat sich mit dem Boot gedreht."
    mention = only(text, RAPIDS, title="Der Kanute und das Boot")
    assert (mention.counts, mention.doubtful) == (False, True)


def test_a_spanish_plural_is_the_word_that_its_singular_is() -> None:
    text = "Se presenta hoy Semillas en la ciudad."
    (mention,) = found(text, ROOTS, language="es")
    assert (mention.counts, mention.doubtful) == (False, True)


def test_common_words_with_a_place_behind_them_may_be_another_body() -> None:
    text = "The boats belong to Rising Tide Nepal. Rising Tide has nine."
    mentions = found(text, WATCH)
    assert not any(mention.counts for mention in mentions)
    assert all(mention.doubtful for mention in mentions)


def test_a_name_that_says_it_is_a_bodys_needs_nothing_beside_it() -> None:
    union = Organisation(name="Rising Tide Union")
    assert counted("The boats belong to Rising Tide Union Nepal.", union)


def test_common_words_in_a_report_of_sport_are_shown() -> None:
    text = (
        "Die Weiße Linie führt über 22 Kilometer, und der Titelverteidiger ist mit der Saison"
        " zufrieden. Das Skirennen beginnt um neun."
    )
    mention = only(text, WHITE_LINE, title="Das Rennen der Alpen")
    assert (mention.counts, mention.doubtful) == (False, True)


@pytest.mark.parametrize(
    "text",
    [
        "The DHU, the Dog Handlers' Union, gave nine prizes.",
        "The project DHU (Deep Harbour Uplink) will cost nine million.",
    ],
)
def test_an_acronym_is_another_body_whichever_stands_first(text: str) -> None:
    assert not counted(text, UNION)
    assert not any(mention.doubtful for mention in found(text, UNION))


def test_initials_in_another_order_may_be_a_translation_of_ours() -> None:
    text = "Abre el consultorio de la Unión Deportiva Herrera (DHU), donde nacen nueve."
    mention = only(text, UNION)
    assert (mention.counts, mention.doubtful) == (False, True)
    assert "Unión Deportiva Herrera" in mention.doubt


def test_several_of_a_few_letters_are_no_body() -> None:
    (mention,) = found("The smoke held soot and other DHU, which stay.", UNION)
    assert (mention.counts, mention.doubtful) == (False, False)


@pytest.mark.parametrize(
    "text",
    [
        "Peloria, Ada Bell’s fourth novel, begins at sea.",
        "Im Park entsteht „Peloria III“, wie der Arbeitstitel lautet.",
        "Peloria, so nennen die Forscher den Streifen.",
    ],
)
def test_what_is_called_so_is_a_thing(text: str) -> None:
    assert not counted(text, PELORIA)


def test_a_chapter_behind_the_name_itself_is_ours() -> None:
    text = "Rising Tide backs her. The boats belong to Rising Tide Nepal."
    assert len(counted(text, WATCH)) == 2


def test_an_acronym_in_a_german_dictionary_is_no_noun() -> None:
    unicef = Organisation(name="UNICEF")
    text = (
        "Europäer reagieren auf die Drohung vom Unicef-Austritt und das Ende."
    )
    assert counted(text, unicef, title="Das Ende der Reise und der Zeit")
