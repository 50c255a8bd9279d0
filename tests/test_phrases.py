"""What the product says to readers is said in their language."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from digest.phrases import language_name, locale, phrases
from digest.render.values import say
from tests.conftest import NOW

ROOT = Path(__file__).parent.parent
CATALOGUES = sorted((ROOT / "digest" / "locale").glob("*.po"))
OPTIONS = {"**.*": {"trimmed": "true"}}


def said() -> Iterator[str]:
    """Every text of templates and code that readers see."""
    templates = [("**.*", "jinja2.ext.babel_extract")]
    yield from (m for _, _, m, *_ in extract_from_dir(ROOT / "templates", templates, OPTIONS))
    yield from re.findall(r"said\(\"(.+?)\"\)", (ROOT / "digest/render/story.py").read_text())


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda p: p.stem)
def test_every_text_is_translated_with_its_placeholders(catalogue: Path) -> None:
    messages = read_po(BytesIO(catalogue.read_bytes()))
    known = {m.id: m.string for m in messages if m.id and not m.fuzzy}
    texts = set(said())
    assert {"Also in", "opinion", "Unsubscribe"} <= texts
    assert [t for t in texts if not known.get(t)] == []
    assert set(known) - texts == set()
    for text, translated in known.items():
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(
            re.findall(r"%\(\w+\)s", translated)
        )


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert phrases("es-MX").gettext("Also in") == "También en"
    assert phrases("xx").gettext("Also in") == "Also in"


def test_dates_and_languages_are_named_in_the_readers_language() -> None:
    day = NOW.date()
    assert say(day, "es") == "27 de febrero de 2026"
    assert say(day, "xx-Nowhere") == "February 27, 2026"
    assert language_name("es-MX", "en") == "Spanish"
    assert language_name("en", "es") == "inglés"
    assert language_name("xx", "en") == "xx"
    assert str(locale("pt-BR")) == "pt_BR"
