"""Own words: whether the program's words in an edition are in the edition's language."""

from collections.abc import Iterator, Sequence

from digest.model import Finding, RenderedEdition, Severity
from digest.settings import Settings

#: Texts named in a finding; the rest is counted.
MAX_NAMED_TEXTS = 3


def check_own_words(
    built: RenderedEdition, settings: Settings, missing: Sequence[str]
) -> Iterator[Finding]:
    """Yield that some of the program's words are English in an edition of another language."""
    if not missing:
        return
    language = built.edition.language or settings.newsletter.language
    named = ", ".join(f"“{text}”" for text in missing[:MAX_NAMED_TEXTS])
    rest = len(missing) - MAX_NAMED_TEXTS
    if rest > 0:
        named += f" and {rest} more"
    file = f"locale/{language.replace('-', '_')}.po"
    yield Finding(
        Severity.SHOULD,
        file,
        f"there is no translation of {named}",
        f"readers of an edition in {language} get these words in English",
        f"`digest templates translate {language}` writes {file}; translate what is empty in it",
    )
