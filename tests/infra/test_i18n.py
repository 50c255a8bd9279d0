"""What the product says to readers is said in their language."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from digest.infra.i18n import babel_locale, language_name, load_phrases
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
    assert say_how_often("monthly", day, language) == words


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
