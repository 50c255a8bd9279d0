"""Edition head: what stands between --- and --- above an edition's text, as YAML."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from digest.edition.block_marks import is_block_name
from digest.edition.problems import Problems
from digest.edition.story_line import LANGUAGE
from digest.model import EDITION_YEARS, Edition

HEAD_KEYS = ("date", "subject", "preheader", "language")
#: Names of saved blocks of feeds.yaml that this edition leaves out.
WITHOUT_KEY = "without"
#: The key of the texts of saved blocks, which nobody types.
TEXTS_KEY = "blocks"


#: What YAML may read as text without quotes; `_loads_as_text` makes sure that it does.
_SIMPLE_TEXT = re.compile(r"[\w“‘(][^\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff:#]*")
#: YAML breaks long lines; a head's text stays on one.
_YAML_LINE_LENGTH = 1_000_000


@dataclass(frozen=True, slots=True)
class EditionHead:
    """The values of an edition's YAML head."""

    date: date
    subject: str
    preheader: str
    language: str
    block_texts: tuple[tuple[str, str], ...]
    without_blocks: tuple[str, ...]


# Writing


def dump_head(edition: Edition) -> Iterator[str]:
    """Yield the lines of an edition's head."""
    yield "---\n"
    yield f"date: {edition.date.isoformat()}\n"
    yield f"subject: {_yaml_text(edition.subject)}\n"
    yield f"preheader: {_yaml_text(edition.preheader)}\n"
    if edition.language:
        yield f"language: {_yaml_text(edition.language)}\n"
    if edition.without_blocks:
        names = ", ".join(map(_quoted_name, edition.without_blocks))
        yield f"{WITHOUT_KEY}: [{names}]\n"
    if edition.block_texts:
        yield f"{TEXTS_KEY}:\n"
    for name, text in edition.block_texts:
        yield f'  "{name}": {_yaml_text(text)}\n'
    yield "---\n"


def _quoted_name(name: str) -> str:
    """Return the name of a saved block as YAML reads it as text: 404, on and null are names too."""
    return f'"{name}"'


def _yaml_text(text: str) -> str:
    """Write text as a YAML value: bare where YAML reads it as text, else in quotes."""
    if not text:
        return ""
    if _SIMPLE_TEXT.fullmatch(text) and _loads_as_text(text):
        return text
    output = io.StringIO()
    yaml = YAML()
    yaml.width = _YAML_LINE_LENGTH
    yaml.allow_unicode = True
    yaml.dump([DoubleQuotedScalarString(text)], output)
    return output.getvalue().removeprefix("- ").rstrip("\n")


def _loads_as_text(text: str) -> bool:
    try:
        return bool(YAML(typ="safe", pure=True).load(text) == text)
    except YAMLError:
        return False


# Reading


def read_head(source: str, problems: Problems) -> EditionHead:
    """Read the YAML of a head; note what is wrong with it, with its lines in the file."""
    try:
        values = YAML(typ="rt").load(source) or {}
    except YAMLError as error:
        problems.fail(*_yaml_problem(error))
    if not isinstance(values, dict):
        problems.fail(2, "expected date:, subject: and preheader:")
    lines = _lines_of_keys(values)
    for key in values:
        if key not in (*HEAD_KEYS, WITHOUT_KEY, TEXTS_KEY):
            expected = ", ".join((*HEAD_KEYS, WITHOUT_KEY))
            problems.add(lines[key], f"unknown key {key}; known are {expected}")
    date_line, subject_line, preheader_line, language_line = (
        lines.get(key, 1) for key in HEAD_KEYS
    )
    return EditionHead(
        date=_read_date(values.get("date"), date_line, problems),
        subject=_read_text(values.get("subject"), subject_line, problems),
        preheader=_read_text(values.get("preheader"), preheader_line, problems),
        language=_read_language(
            values.get("language"), language_line, problems
        ),
        block_texts=_read_block_texts(
            values.get(TEXTS_KEY), lines.get(TEXTS_KEY, 1), problems
        ),
        without_blocks=_read_block_names(
            values.get(WITHOUT_KEY), lines.get(WITHOUT_KEY, 1), problems
        ),
    )


def _lines_of_keys(values: dict[str, Any]) -> dict[str, int]:
    """Return the line of each key in the file; the head begins in its second line."""
    if not isinstance(values, CommentedMap):
        return {}
    return {key: values.lc.key(key)[0] + 2 for key in values}


def _yaml_problem(error: YAMLError) -> tuple[int, str]:
    """Return the line in the file and the words for a head that is not YAML."""
    if not isinstance(error, MarkedYAMLError) or not error.problem_mark:
        first_line = str(error).splitlines()[0]
        return 2, f"the head is not YAML ({first_line})"
    mark = error.problem_mark
    # an open quote is found missing at the end; what helps is where it was opened
    is_open_quote = "end of stream" in (error.problem or "")
    if is_open_quote and error.context_mark:
        mark = error.context_mark
    words = f"the head is not YAML ({error.problem}); put the text in quotes"
    return mark.line + 2, words


def _read_date(value: Any, line: int, problems: Problems) -> date:
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        day = date.min
    if day.year not in EDITION_YEARS:
        problems.add(
            line, f"date: expected a day such as 2026-02-27, found {value!r}"
        )
    return day


def _read_text(value: Any, line: int, problems: Problems) -> str:
    if isinstance(value, dict | list):
        problems.add(line, "expected text in quotes")
    if value is None:
        return ""
    return str(value)


def _read_language(value: Any, line: int, problems: Problems) -> str:
    if value is None:
        return ""
    tag = str(value)
    if tag and not LANGUAGE.fullmatch(tag):
        problems.add(
            line,
            f"language: expected a language tag such as es, found {value!r}",
        )
    return tag


def _read_block_texts(
    value: Any, line: int, problems: Problems
) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        problems.add(
            line, f"{TEXTS_KEY}: expected names and texts of saved blocks"
        )
        return ()
    return tuple((str(name), str(text or "")) for name, text in value.items())


def _read_block_names(
    value: Any, line: int, problems: Problems
) -> tuple[str, ...]:
    """Return the names of a list of saved blocks, each once; one alone needs no list."""
    if value is None:
        return ()
    names = value
    if not isinstance(value, list):
        names = [value]
    texts = [str(name) for name in names]
    if not all(map(is_block_name, texts)):
        problems.add(
            line,
            f"{WITHOUT_KEY}: expected names of saved blocks such as [donate], found {value!r}",
        )
        return ()
    return tuple(dict.fromkeys(texts))
