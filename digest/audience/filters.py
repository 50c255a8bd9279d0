"""Filters of subscribers in a few typed words, never SQL: `tag:board joined>2026-01-01`.

Input is what a person types; output is clauses, all of which must hold. DigestError with what was
expected otherwise.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from digest.errors import DigestError
from digest.model import EditionKey, FilterClause

CLAUSE = re.compile(
    r"(?P<no>-?)(?P<field>[a-z]+)(?P<sign>[:<>])(?P<value>\"[^\"]*\"|\S+)"
)
TEXT_FIELDS = ("tag", "domain", "source", "newsletter")
TIME_FIELDS = ("joined",)
EDITION_FIELDS = ("got",)
EXPECTED = (
    "expected words such as tag:board, -tag:press, domain:example.org, source:form, "
    "joined>2026-01-01, got:2026-02-27, newsletter:weekly"
)


def parse_filter(text: str) -> tuple[FilterClause, ...]:
    """Return the clauses of a filter, all of which must hold; none for everybody.

    Raises DigestError with what was expected.
    """
    return tuple(_parse_clauses(text))


def _parse_clauses(text: str) -> Iterator[FilterClause]:
    end = 0
    for match in CLAUSE.finditer(text):
        if text[end : match.start()].strip():
            break
        yield _parse_clause(match)
        end = match.end()
    rest = text[end:].strip()
    if rest:
        raise DigestError(f"{rest!r}: {EXPECTED}")


def _parse_clause(match: re.Match[str]) -> FilterClause:
    field = match["field"]
    sign = match["sign"]
    value = match["value"].strip('"')
    is_negated = bool(match["no"])
    operand = _parse_operand(field, sign, value)
    if operand is None or (is_negated and field in TIME_FIELDS):
        raise DigestError(f"{match[0]!r}: {EXPECTED}")
    return FilterClause(field, sign, operand, is_negated)


def _parse_operand(
    field: str, sign: str, value: str
) -> str | datetime | EditionKey | None:
    """Return what a field is compared with; None if the field has no such comparison."""
    if field in TIME_FIELDS and sign in "<>":
        return _parse_date(value)
    if sign != ":":
        return None
    if field in TEXT_FIELDS:
        return value.casefold() or None
    if field in EDITION_FIELDS:
        return _parse_edition(value)
    return None


def _parse_date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _parse_edition(text: str) -> EditionKey | None:
    """Return the edition that is named: `clips/2026-12-04`, or by its date alone."""
    try:
        return EditionKey.parse(text)
    except ValueError:
        return None
