"""What the product says to readers is said in their language."""

import os
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from digest.errors import RenderError
from digest.infra.catalogue_review import (
    find_catalogue_faults,
    list_missing_texts,
    list_texts,
)
from digest.infra.i18n import (
    babel_locale,
    language_name,
    load_phrases,
    reader_language,
)
from digest.render.cadence_words import SENTENCES, say_how_often
from digest.render.context import write_date
from tests.conftest import NOW

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "digest" / "locale").glob("*.po"))
DESK = ROOT / "digest/web/desk"
DESK_CATALOGUES = sorted((DESK / "locale").glob("*.po"))
OPTIONS = {"**.*": {"trimmed": "true"}}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<\w+>")


def said() -> Iterator[str | tuple[str, str]]:
    """Every text of templates and code that readers see."""
    templates = [("**.*", "jinja2.ext.babel_extract")]
    for folder in (ROOT / "templates", ROOT / "digest/web/public/templates"):
        yield from (
            m for _, _, m, *_ in extract_from_dir(folder, templates, OPTIONS)
        )
    yield from SENTENCES.values()
    for name in ("story_lines.py", "email.py"):
        code = (ROOT / "digest/render" / name).read_text()
        yield from re.findall(r"gettext\(\s*\"(.+?)\"\s*\)", code)


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda p: p.stem)
def test_every_text_is_translated_with_its_placeholders(
    catalogue: Path,
) -> None:
    messages = read_po(BytesIO(catalogue.read_bytes()))
    known = {
        m.id: m.string
        for m in messages
        if m.id and not m.fuzzy and not m.context
    }
    for message in messages:
        if message.context:
            check_placeholders({message.id: message.string})
    texts = set(said())
    assert {"Also in", "opinion", "Unsubscribe", ", ", ": "} <= texts
    assert [t for t in texts if not known.get(t)] == []
    assert set(known) - texts == set()
    check_placeholders(known)


def test_the_english_catalogue_holds_every_text_of_newsletters() -> None:
    """From it a translator begins, and `digest check` knows what a language lacks.

    Write a new text into newsletter.pot and into each .po beside it.
    """
    singulars = {x if isinstance(x, str) else x[0] for x in said()}
    assert set(list_texts()) == singulars


def desk_said() -> Iterator[str | tuple[str, str]]:
    """Every text of the desk, one and many together."""
    kinds = [
        ("templates/**.html", "jinja2.ext.babel_extract"),
        ("**.py", "python"),
    ]
    options = {"**.html": {"trimmed": "true"}}
    keywords = {
        "_": None,
        "gettext": None,
        "ngettext": (1, 2),
        "several": (1, 2),
    }
    yield from (
        m for _, _, m, *_ in extract_from_dir(DESK, kinds, options, keywords)
    )


@pytest.mark.parametrize("catalogue", DESK_CATALOGUES, ids=lambda p: p.stem)
def test_the_desk_is_translated_whole(catalogue: Path) -> None:
    messages = read_po(BytesIO(catalogue.read_bytes()))
    known = {m.id: m.string for m in messages if m.id and not m.fuzzy}
    texts = set(desk_said())
    assert {
        "Undo",
        "Pass over",
        ("%(num)d finding", "%(num)d findings"),
    } <= texts
    assert [t for t in texts if not known.get(t)] == []
    assert set(known) - texts == set()
    check_placeholders(known)


def check_placeholders(known: Mapping[str | tuple[str, str], Any]) -> None:
    """Both have the same placeholders; one and many stand together.

    A plural form that is for one number alone ("two clips" in Arabic) may say it in words.
    """
    for text, translated in known.items():
        if isinstance(text, str):
            wanted = sorted(PLACEHOLDER.findall(text))
            assert sorted(PLACEHOLDER.findall(translated)) == wanted, text
            continue
        wanted = sorted(PLACEHOLDER.findall(text[1]))
        assert all(translated), text
        assert sorted(PLACEHOLDER.findall(translated[-1])) == wanted, text
        for form in translated:
            assert sorted(PLACEHOLDER.findall(form)) in (wanted, []), text


LANGUAGES = ("ar", "de", "es", "fr", "it", "nl", "pt")


def test_eight_languages_are_spoken() -> None:
    """English stands in the templates; the others have a catalogue."""
    assert tuple(file.stem for file in CATALOGUES) == LANGUAGES


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda p: p.stem)
def test_plural_forms_are_those_of_the_language(catalogue: Path) -> None:
    """CLDR by way of Babel has how many there are."""
    messages = read_po(BytesIO(catalogue.read_bytes()))
    assert messages.num_plurals == get_plural(catalogue.stem).num_plurals
    for message in messages:
        if isinstance(message.id, tuple):
            assert len(message.string) == messages.num_plurals, message.id


@pytest.mark.parametrize(
    ("language", "day", "words"),
    [
        ("fr", "friday", "le premier vendredi du mois"),
        ("pt", "friday", "na primeira sexta-feira do mês"),
        ("pt", "sunday", "no primeiro domingo do mês"),
        ("it", "friday", "il primo venerdì del mese"),
        ("it", "sunday", "la prima domenica del mese"),
        ("de", "sunday", "am ersten Sonntag des Monats"),
        ("ar", "friday", "يوم الجمعة الأول من كل شهر"),
    ],
)
def test_a_weekday_agrees_with_its_sentence(
    language: str, day: str, words: str
) -> None:
    """Where days have genders, a catalogue has a sentence for those that differ."""
    assert say_how_often("monthly", day, reader_language(language)) == words


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("fr", 0, "%(count)s article"),
        ("de", 0, "%(count)s Beiträge"),
        ("ar", 2, "خبران"),
        ("ar", 3, "%(count)s أخبار"),
        ("ar", 11, "%(count)s خبرًا"),
        ("ar", 100, "%(count)s خبر"),
    ],
)
def test_plural_forms(language: str, number: int, words: str) -> None:
    phrases = load_phrases(language)
    found = phrases.ngettext("%(count)s clip", "%(count)s clips", number)
    assert found == words


def test_the_english_catalogue_holds_every_text_of_the_desk() -> None:
    """From it a translator begins."""
    catalogue = read_po(BytesIO((DESK / "locale" / "desk.pot").read_bytes()))
    assert {m.id for m in catalogue if m.id} == set(desk_said())


def test_no_text_of_the_desk_stands_outside_the_catalogue() -> None:
    """What is between tags and in labels comes from a call, or is no word."""
    tags = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|\{#.*?#\}", re.DOTALL)
    trans = re.compile(r"\{% trans.*?\{% endtrans %\}", re.DOTALL)
    for file in (DESK / "templates").glob("*.html"):
        text = tags.sub(" ", trans.sub(" ", file.read_text("utf-8")))
        left = re.sub(
            r"<kbd>.*?</kbd>|\b(j|k|x|b|u|f|e|p|c|s|t|n|a|g|Ctrl|Enter|Esc)\b",
            " ",
            text,
        )
        assert re.findall(r"[A-Za-z]{2,}", left) == [], file.name
        assert (
            re.findall(
                r"(?:aria-label|title|placeholder)=\"[A-Za-z]", file.read_text()
            )
            == []
        )


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert load_phrases("es-MX").gettext("Also in") == "También en"
    assert load_phrases("xx").gettext("Also in") == "Also in"


def test_dates_and_languages_are_named_in_the_readers_language() -> None:
    day = NOW.date()
    assert write_date(day, "es") == "27 de febrero de 2026"
    assert write_date(day, "xx-Nowhere") == "February 27, 2026"
    assert language_name("es-MX", "en") == "Spanish"
    assert language_name("en", "es") == "inglés"
    assert language_name("xx", "en") == "xx"
    assert str(babel_locale("pt-BR")) == "pt_BR"


# Catalogues of a working folder


HEAD = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

"""


def write_catalogue(
    folder: Path, language: str, text: str, head: str = HEAD
) -> None:
    (folder / f"{language}.po").write_text(head + text, "utf-8")


def test_a_catalogue_of_ones_own_wins_word_by_word(tmp_path: Path) -> None:
    write_catalogue(tmp_path, "es", 'msgid "Unsubscribe"\nmsgstr "Cancelar"\n')
    spanish = reader_language("es-MX", tmp_path)
    assert spanish.gettext("Unsubscribe") == "Cancelar"
    assert spanish.gettext("Also in") == "También en"
    assert load_phrases("es").gettext("Unsubscribe") == "Darse de baja"


def test_the_catalogue_of_a_region_wins_over_that_of_its_language(
    tmp_path: Path,
) -> None:
    write_catalogue(tmp_path, "pt", 'msgid "Store"\nmsgstr "Arquivar"\n')
    write_catalogue(tmp_path, "pt_BR", 'msgid "Store"\nmsgstr "Salvar"\n')
    assert reader_language("pt-BR", tmp_path).gettext("Store") == "Salvar"
    assert reader_language("pt-PT", tmp_path).gettext("Store") == "Arquivar"


def test_a_language_of_ones_own_is_spoken(tmp_path: Path) -> None:
    assert reader_language("fi", tmp_path).spoken == "en"
    write_catalogue(tmp_path, "fi", 'msgid "Also in"\nmsgstr ""\n')
    assert reader_language("fi", tmp_path).spoken == "en"
    write_catalogue(tmp_path, "fi", 'msgid "Also in"\nmsgstr "Myös"\n')
    finnish = reader_language("fi", tmp_path)
    assert (finnish.spoken, finnish.gettext("Also in")) == ("fi", "Myös")


def test_a_changed_catalogue_is_read_again(tmp_path: Path) -> None:
    write_catalogue(tmp_path, "fi", 'msgid "Store"\nmsgstr "Eka"\n')
    assert reader_language("fi", tmp_path).gettext("Store") == "Eka"
    write_catalogue(tmp_path, "fi", 'msgid "Store"\nmsgstr "Toka"\n')
    os.utime(tmp_path / "fi.po", ns=(1, 1))
    assert reader_language("fi", tmp_path).gettext("Store") == "Toka"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "locale/fi.po: expected UTF-8 text"),
        (HEAD.encode() + b'msgid "a"\nmsgstr "b\n', "locale/fi.po:5:"),
        (HEAD.encode() + b"Unsubscribe = Peru\n", "locale/fi.po:4:"),
    ],
)
def test_a_broken_catalogue_is_named_with_its_line(
    tmp_path: Path, content: bytes, words: str
) -> None:
    folder = tmp_path / "locale"
    folder.mkdir()
    (folder / "fi.po").write_bytes(content)
    with pytest.raises(RenderError, match=re.escape(words)):
        reader_language("fi", folder)


def test_what_a_language_lacks_is_listed(tmp_path: Path) -> None:
    for language in ("es-MX", *LANGUAGES):
        assert list_missing_texts(language, tmp_path) == []
    assert list_missing_texts("fi", tmp_path) == list_texts()
    write_catalogue(tmp_path, "fi", 'msgid "Store"\nmsgstr "Tallenna"\n')
    assert "Store" not in list_missing_texts("fi", tmp_path)
    assert list_missing_texts("es", tmp_path, ["Store", "Our people"]) == [
        "Our people"
    ]


def test_wrong_placeholders_are_named_with_their_line(tmp_path: Path) -> None:
    folder = tmp_path / "locale"
    folder.mkdir()
    text = 'msgid "every %(weekday)s"\nmsgstr "joka %(day)s"\n'
    write_catalogue(folder, "fi", text)
    assert find_catalogue_faults(folder) == [
        "locale/fi.po:4: %(day)s is none of the placeholders of 'every %(weekday)s'",
        "locale/fi.po:4: the translation of 'every %(weekday)s' lacks %(weekday)s",
    ]
