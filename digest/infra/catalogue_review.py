"""Catalogue review: which texts a language lacks, and what is wrong in catalogues of one's own."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

from digest.errors import RenderError
from digest.infra.i18n import (
    own_catalogues,
    read_catalogue,
    read_empty_catalogue,
    shipped_catalogues,
)

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def list_texts() -> list[str]:
    """Return every text of newsletters that is to be translated, the singular where there are two."""
    return [
        _forms_of(message.id)[0]
        for message in read_empty_catalogue()
        if message.id
    ]


def list_missing_texts(
    language: str, own: Path, added: Iterable[str] = ()
) -> list[str]:
    """Return the texts that a language has no translation of.

    `added` are texts beside the shipped ones: those of one's own templates.
    """
    files = [
        *own_catalogues(language, own),
        *shipped_catalogues(language),
    ]
    translated: set[str] = set()
    for file in files:
        translated.update(_translated_texts(file))
    texts = dict.fromkeys([*list_texts(), *added])
    return [text for text in texts if text not in translated]


def list_texts_of_templates(folder: Path) -> list[str]:
    """Return the texts to translate in the templates of a folder, the singular where there are two."""
    if not folder.is_dir():
        return []
    messages = extract_from_dir(
        folder,
        [("**.*", "jinja2.ext.babel_extract")],
        {"**.*": {"trimmed": "true"}},
    )
    texts = [_forms_of(message)[0] for _, _, message, *_ in messages]
    return list(dict.fromkeys(texts))


def find_catalogue_faults(own: Path) -> list[str]:
    """Return what is wrong in the catalogues of a folder, each with its file and line."""
    faults: list[str] = []
    for file in sorted(own.glob("*.po")):
        try:
            catalogue = read_catalogue(file)
        except RenderError as error:
            faults.append(str(error))
            continue
        for message in catalogue:
            if message.id:
                place = f"{own.name}/{file.name}:{message.lineno}"
                faults += [
                    f"{place}: {words}" for words in _wrong_names(message)
                ]
    return faults


def _translated_texts(file: Path) -> Iterator[str]:
    for message in read_catalogue(file):
        forms = _forms_of(message.string)
        if message.id and not message.fuzzy and all(forms):
            yield _forms_of(message.id)[0]


def _wrong_names(message: Message) -> Iterator[str]:
    """Yield the placeholders of a translation that its text does not have, and those it lacks."""
    forms = [form for form in _forms_of(message.string) if form]
    if not forms:
        return
    placeholders = set(_PLACEHOLDER.findall(_forms_of(message.id)[-1]))
    used = set(_PLACEHOLDER.findall("".join(forms)))
    for name in sorted(used - placeholders):
        yield f"{name} is none of the placeholders of {message.id!r}"
    for name in sorted(placeholders - set(_PLACEHOLDER.findall(forms[-1]))):
        yield f"the translation of {message.id!r} lacks {name}"


def _forms_of(text: Any) -> list[str]:
    """Return a text, or both or all of its plural forms."""
    if isinstance(text, str):
        return [text]
    return list(text)
