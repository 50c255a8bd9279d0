"""Filters of subscribers in a few typed words, never SQL: `tag:board joined>2026-01-01`."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from digest.errors import DigestError
from digest.model import Clause

CLAUSE = re.compile(r"(?P<no>-?)(?P<field>[a-z]+)(?P<sign>[:<>])(?P<value>\"[^\"]*\"|\S+)")
TEXTS, TIMES = ("tag", "domain", "source"), ("joined",)
EXPECTED = (
    "expected words such as tag:board, -tag:press, domain:example.org, source:form, "
    "joined>2026-01-01"
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
    field, sign, value = match["field"], match["sign"], match["value"].strip('"')
    if field in TEXTS and sign == ":" and value:
        return Clause(field, sign, value.casefold(), bool(match["no"]))
    if field in TIMES and sign in "<>" and not match["no"]:
        try:
            return Clause(field, sign, datetime.fromisoformat(value).replace(tzinfo=UTC))
        except ValueError:
            pass
    raise DigestError(f"{match[0]!r}: {EXPECTED}")
