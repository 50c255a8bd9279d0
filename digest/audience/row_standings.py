"""Standing of each row: the status of its person by the whole sheet, and counts of each status.

A person with several rows gets the strictest status of these rows. A row whose address
is damaged counts if it holds a refusal, and an address can be recognised.
"""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.audience.answers import Answers
from digest.audience.first_pass import ADDRESS_WITHIN, UNREADABLE, FirstPass
from digest.audience.interpretation import worst_of
from digest.audience.standing import meaning_of, refuses_in_words
from digest.audience.status_headings import StatusColumn
from digest.audience.status_words import MEANING, REFUSAL_WORDS
from digest.errors import DigestError
from digest.infra.sheets.words import normalize_words
from digest.model import Standing

#: Bits of the filter that finds most addresses which stand in a sheet once.
FILTER_BITS = 1 << 26
FILTER_MASK = FILTER_BITS - 1
NO_REFUSAL = frozenset({Standing.ACTIVE, Standing.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class RowStandings:
    """The standing of each row's person. Rows are numbered from 0; blank rows are not counted."""

    codes: "array[int]" = field(default_factory=lambda: array("l"))
    standing_by_code: Sequence[Standing] = ()
    #: of those who stand there more than once, by the hash of their address
    worst_by_address: Mapping[int, Standing] = field(default_factory=dict)
    #: refusals in rows whose address is damaged, by the number of the row
    damaged: Mapping[int, Standing] = field(default_factory=dict)

    def is_damaged_refusal(self, number: int) -> bool:
        """Return whether a row has a damaged address, and a refusal that is taken all the same."""
        return number in self.damaged

    def standing_of(self, number: int, address_hash: int) -> Standing:
        """Return the standing of a row's person. Raises DigestError if there is no such row."""
        if number >= len(self.codes):
            raise DigestError(
                "the file was changed while it was read; import it again"
            )
        if address_hash in self.worst_by_address:
            return self.worst_by_address[address_hash]
        if number in self.damaged:
            return self.damaged[number]
        return self.standing_by_code[self.codes[number]]

    def may_repeat(self, address_hash: int) -> bool:
        """Return whether an address is in the sheet more than once."""
        return address_hash in self.worst_by_address


@dataclass(frozen=True, slots=True)
class PeopleCounts:
    """Counts of the people of a sheet."""

    people_by_standing: Mapping[Standing, int]  #: each person once
    duplicate_count: int  #: rows of people who stood in the sheet before
    worst_by_address: Mapping[int, Standing]  #: see `RowStandings`


def count_people(
    first_pass: FirstPass,
    standing_by_code: Sequence[Standing],
    damaged: Mapping[int, Standing],
) -> PeopleCounts:
    """Count the people of a sheet, each once and as the worst of their rows says."""
    repeated = _find_repeated(first_pass.address_hashes, first_pass.codes)
    worst_by_address: dict[int, Standing] = {}
    counts: Counter[Standing] = Counter()
    duplicate_count = 0
    rows = zip(first_pass.codes, first_pass.address_hashes, strict=True)
    for number, (code, address_hash) in enumerate(rows):
        standing = damaged.get(number) if code < 0 else standing_by_code[code]
        if standing is None:
            continue
        if address_hash not in repeated:
            counts[standing] += 1
            continue
        former = worst_by_address.get(address_hash)
        if former is None:
            worst_by_address[address_hash] = standing
        else:
            duplicate_count += 1
            worst_by_address[address_hash] = worst_of([former, standing])
    counts.update(worst_by_address.values())
    return PeopleCounts(dict(counts), duplicate_count, worst_by_address)


def _find_repeated(
    address_hashes: Sequence[int], codes: Sequence[int]
) -> set[int]:
    """Return the hashes that are there more than once, and a few others (a Bloom filter's)."""
    is_taken = bytearray(FILTER_BITS // 8)
    repeated_slots: set[int] = set()
    for address_hash, code in zip(address_hashes, codes, strict=True):
        if code == UNREADABLE:  # a damaged address that is recognised counts
            continue
        slot = address_hash & FILTER_MASK
        byte = slot >> 3
        bit = 1 << (slot & 7)
        if is_taken[byte] & bit:
            repeated_slots.add(slot)
        is_taken[byte] |= bit
    if not repeated_slots:
        return set()
    return {
        address_hash
        for address_hash in address_hashes
        if address_hash & FILTER_MASK in repeated_slots
    }


def find_damaged_refusals(
    columns: Sequence[StatusColumn], first_pass: FirstPass, answers: Answers
) -> dict[int, Standing]:
    """Return the refusals of rows whose damaged address can be recognised, by row number."""
    refusals = {}
    for number, row in first_pass.damaged_rows.items():
        standings = _find_statements(columns, row.cells, answers)
        row_refusals = [
            standing for standing in standings if standing not in NO_REFUSAL
        ]
        if row_refusals:
            refusals[number] = worst_of(row_refusals)
    return refusals


def _find_statements(
    columns: Sequence[StatusColumn], cells: Sequence[str], answers: Answers
) -> list[Standing]:
    """Return all that a row with a damaged address says of its person, in whatever column."""
    statements = [_statement_of(column, cells, answers) for column in columns]
    statements += [_statement_in_any_column(cell) for cell in cells]
    return [standing for standing in statements if standing is not None]


def _statement_in_any_column(cell: str) -> Standing | None:
    """Return what a cell says whatever its column: a word of a refusal, or what is beside an @."""
    if cell in REFUSAL_WORDS:
        return MEANING.get(normalize_words(cell))
    if "@" in cell:
        return _statement_beside_address(cell)
    return None


def _statement_of(
    column: StatusColumn, cells: Sequence[str], answers: Answers
) -> Standing | None:
    """Return what a column says in a row; None if it says nothing that is understood."""
    word = ""
    if column.index < len(cells):
        word = cells[column.index].strip()
    answer = answers.find_answer(column.heading, word)
    if answer:
        return answer.standing
    meaning = meaning_of(column, word)
    if isinstance(meaning, Standing):
        return meaning
    return None


def _statement_beside_address(cell: str) -> Standing | None:
    """Return the words beside an address in its cell, as in "ada@example.org (left)"."""
    text = ADDRESS_WITHIN.sub(" ", cell)
    standing = MEANING.get(normalize_words(text))
    if standing is None and refuses_in_words(text):
        return Standing.UNSUBSCRIBED
    return standing
