"""Own words: catalogues in locale/, with which a newsletter speaks a language that digest lacks."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import DigestError, NotFound
from digest.infra.i18n import (
    FALLBACK,
    babel_locale,
    read_catalogue,
    read_empty_catalogue,
)
from digest.services.settings_review import list_missing_words
from digest.settings import Workspace

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog


@dataclass(frozen=True, slots=True)
class CatalogueToFill:
    """A catalogue in locale/, and what is to be translated in it."""

    file: Path
    missing: int  #: texts without a translation


def write_catalogue(workspace: Workspace, language: str) -> CatalogueToFill:
    """Write what a language lacks into locale/, empty, to be translated; keep what is there.

    Raises NotFound for a language that Babel does not know, of which plural forms and dates come.
    """
    from babel.messages.pofile import write_po

    locale = babel_locale(language)
    if locale == FALLBACK:
        raise NotFound(
            f"{language!r} is no language that needs a translation; give a tag such as fi or pt-BR"
        )
    file = workspace.locale_folder / f"{language.replace('-', '_')}.po"
    missing = list_missing_words(workspace, language)
    if not missing:
        return CatalogueToFill(file, 0)
    catalogue = _open_catalogue(file, language)
    _add_texts(catalogue, missing)
    written = BytesIO()
    write_po(written, catalogue, width=0)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written.getvalue())
    except OSError as error:
        raise DigestError(
            f"{file}: cannot be written ({error.strerror})"
        ) from error
    return CatalogueToFill(file, len(missing))


def _open_catalogue(file: Path, language: str) -> "Catalog":
    """Return a catalogue as it is, or a new one with the plural forms of its language."""
    from babel.messages.catalog import Catalog

    if file.is_file():
        return read_catalogue(file)
    header = (
        f"# What digest says to readers, in {language}. Placeholders such as %(title)s stay as they are.\n"
        "#"
    )
    return Catalog(
        locale=babel_locale(language), header_comment=header, fuzzy=False
    )


def _add_texts(catalogue: "Catalog", missing: list[str]) -> None:
    shipped = {
        _singular(message.id): message
        for message in read_empty_catalogue()
        if message.id
    }
    for text in missing:
        message = shipped.get(text)
        if text in catalogue:
            continue
        if message is None:
            catalogue.add(text)
        else:
            catalogue.add(message.id, flags=message.flags)


def _singular(text: str | tuple[str, ...] | list[str]) -> str:
    if isinstance(text, str):
        return text
    return text[0]
