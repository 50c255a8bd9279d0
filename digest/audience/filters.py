"""Filters of subscribers in a few typed words, never SQL: `tag:board joined>2026-01-01`."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from digest.errors import DigestError
from digest.model import Clause

CLAUSE = re.compile(
    r"(?P<no>-?)(?P<field>[a-z]+)(?P<sign>[:<>])(?P<value>\"[^\"]*\"|\S+)"
)
TEXTS = "tag", "domain", "source"
TIMES = ("joined",)
EDITIONS = ("got",)
EXPECTED = (
    "expected words such as tag:board, -tag:press, domain:example.org, source:form, "
    "joined>2026-01-01, got:2026-02-27"
)


def segment(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a filter, all of which must hold; none for everybody.

    Raises DigestError with what was expected.
    """
    return tuple(_clauses(text))


def _clauses(text: str) -> Iterator[Clause]:
    at = 0
    for match in CLAUSE.finditer(text):
        if text[at : match.start()].strip():
            break
        yield _clause(match)
        at = match.end()
    if text[at:].strip():
        raise DigestError(f"{text[at:].strip()!r}: {EXPECTED}")


def _clause(match: re.Match[str]) -> Clause:
    field = match["field"]
    sign = match["sign"]
    value = match["value"].strip('"')
    if field in TEXTS and sign == ":" and value:
        return Clause(field, sign, value.casefold(), bool(match["no"]))
    dated = (field in TIMES and sign in "<>" and not match["no"]) or (
        field in EDITIONS and sign == ":"
    )
    if dated and (when := _moment(value)):
        return Clause(field, sign, when, bool(match["no"]))
    raise DigestError(f"{match[0]!r}: {EXPECTED}")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
