"""First pass over a sheet: keeps some 20 bytes of each row, so that a million rows fit in memory.

The different combinations of cells in columns that may be a status are numbered; each row keeps
the number of its combination, and a hash of its address. Columns that hold dates, remarks or too
many words are condensed. `survey` interprets the sheet by this data.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from digest.audience.address import (
    PLAIN_ADDRESS,
    addresses_in,
    validate_address,
)
from digest.audience.columns import Columns
from digest.audience.standing import refuses_in_words
from digest.audience.status_headings import Role, StatusColumn, is_other_channel
from digest.audience.status_words import (
    A_DATE,
    CODE,
    EMPTY,
    MAX_STATUS_WORDS,
    MORE_WORDS,
    REFUSAL_WORDS,
)
from digest.audience.systems import System
from digest.errors import DigestError
from digest.infra.sheets.dates import (
    DateOrder,
    is_never,
    is_time,
    looks_like_time,
)
from digest.infra.sheets.file_rows import Row
from digest.infra.sheets.words import normalize_words

UNREADABLE = -1  #: stands for a row that is rejected
#: stands for a row without a proper address: a refusal in it is taken all the same
DAMAGED = -2
#: cells by which it is decided whether a column holds dates
MAX_DATE_SAMPLE = 50
#: different cells, beyond which an unknown column is no status
MAX_UNKNOWN_VALUES = 12
MAX_REMARK_LINES = 3  #: lines of remarks that are named for each text
#: stands for whatever fills a cell of which only that counts
PRESENCE_MARK = "x"
EMPTY_DATE_SIGNS = "0-: ."  #: a cell of a date with nothing but these is empty
#: An address within other text, whole: "h..h@example.org" holds none.
ADDRESS_WITHIN = re.compile(
    rf"(?<![\w.@+-])(?:{PLAIN_ADDRESS.pattern})(?![\w@-]|\.\w)"
)


class Condensing(Enum):
    """Rule by which the cells of a column are condensed before they are kept."""

    NONE = "kept as they are"
    PRESENCE = "only whether there is something"
    DATES = "a date only as such"
    REMARKS = "only remarks that may be a refusal"


CONDENSING_BY_ROLE = {
    Role.REFUSAL_DATE: Condensing.PRESENCE,
    Role.CONFIRMATION_DATE: Condensing.PRESENCE,
    Role.STATUS: Condensing.DATES,
    Role.CONSENT: Condensing.DATES,
    Role.REFUSAL: Condensing.DATES,
    Role.REMARKS: Condensing.REMARKS,
}

Fold = Callable[[str], str]


@dataclass(slots=True)
class RecordedColumn:
    """A column whose cells are kept, condensed."""

    index: int  #: from 0
    condensing: Condensing
    #: different words in it, up to MAX_STATUS_WORDS
    words: set[str] = field(default_factory=set)
    is_crowded: bool = False  #: whether it has too many words for a status
    #: where remarks stand: their lines
    remark_lines: dict[str, list[int]] = field(default_factory=dict)

    def condense(self, cell: str, line: int) -> str:
        """Return the condensed form of a cell in a line."""
        if self.condensing == Condensing.PRESENCE:
            return _presence_mark(cell)
        if self.condensing == Condensing.REMARKS:
            return self._condense_remark(cell, line)
        if cell in self.words:
            return cell
        if self.condensing == Condensing.DATES and looks_like_date(cell):
            return A_DATE
        return self._condense_word(cell)

    def _condense_word(self, word: str) -> str:
        """Return a word, or the placeholder for one among too many."""
        if word in self.words:
            return word
        if len(self.words) > MAX_STATUS_WORDS:
            self.is_crowded = True
            return "" if normalize_words(word) in EMPTY else MORE_WORDS
        self.words.add(word)
        return word

    def _condense_remark(self, remark: str, line: int) -> str:
        """Return a remark that may be a refusal, and keep its line; "" for any other."""
        if not refuses_in_words(remark):
            return self._condense_word("")
        word = self._condense_word(remark)
        if word == remark:
            self._keep_line(remark, line)
        return word

    def _keep_line(self, remark: str, line: int) -> None:
        lines = self.remark_lines.setdefault(remark, [])
        if len(lines) < MAX_REMARK_LINES:
            lines.append(line)


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """A row without a proper address, in which an address can be recognised all the same."""

    address_hash: int
    cells: list[str]


class FirstPass:
    """The data kept of each row: the number of its combination of words, and the hash of its address."""

    def __init__(
        self,
        candidates: Sequence[StatusColumn],
        columns: Columns,
        system: System,
        fold: Fold,
    ) -> None:
        self.row_count = 0
        self.blank_count = 0
        self.rejected_count = 0
        #: rows with more than one address, of which one is mailed
        self.several_addresses_count = 0
        self.codes = array(
            "l"
        )  #: for each row that is not blank: that of its words
        self.address_hashes = array("q")  #: for each row that is not blank
        #: the words of the recorded columns that stood together in a row, and their code
        self.code_by_words: dict[tuple[str, ...], int] = {}
        self.date_order = DateOrder()
        #: by the number of a row: those without a proper address
        self.damaged_rows: dict[int, DamagedRow] = {}
        self.recorded_columns = [
            RecordedColumn(
                column.index,
                CONDENSING_BY_ROLE.get(column.role, Condensing.NONE),
            )
            for column in candidates
        ]
        #: words of a refusal in columns where none was expected
        self.refusal_words: defaultdict[int, Counter[str]] = defaultdict(
            Counter
        )
        self._columns = columns
        self._fold = fold
        self._silent_indexes = _silent_indexes(candidates, columns, system)
        identified = {
            *columns.index_by_part.values(),
            *columns.further_addresses,
        }
        #: unknown columns and how often each cell stands there, while those are few
        self.unknown_values: dict[int, Counter[str]] = {
            index: Counter()
            for index in self._silent_indexes
            if index not in identified
        }
        consent_indexes = [column.index for column in columns.consent_columns]
        date_indexes = set(consent_indexes)
        if "left_at" in columns.index_by_part:
            date_indexes.add(columns.index_by_part["left_at"])
        self._date_indexes = sorted(date_indexes)
        #: of columns of consent: whether cells are dates
        self._date_samples: dict[int, list[bool]] = {
            index: [] for index in consent_indexes
        }

    # taking rows

    def add_row(self, row: Row) -> None:
        """Take a row into account."""
        self.row_count += 1
        if row.is_blank:
            self.blank_count += 1
            return
        address = ""
        if not row.problem:
            address = first_address(row.cells, self._columns)
        if not address:
            self._add_damaged_row(row.cells)
            return
        self._add_cells(row.cells)
        words = tuple(
            [
                recorded.condense(_cell_at(row.cells, recorded.index), row.line)
                for recorded in self.recorded_columns
            ]
        )
        self.codes.append(
            self.code_by_words.setdefault(words, len(self.code_by_words))
        )
        self.address_hashes.append(hash(self._fold(address)))

    def _add_damaged_row(self, cells: list[str]) -> None:
        """Keep of a row without a proper address what a refusal in it would need."""
        self.rejected_count += 1
        address = address_within(cells)
        if not address:
            self.codes.append(UNREADABLE)
            self.address_hashes.append(0)
            return
        address_hash = hash(self._fold(address))
        self.damaged_rows[len(self.codes)] = DamagedRow(address_hash, cells)
        self.codes.append(DAMAGED)
        self.address_hashes.append(address_hash)

    def _add_cells(self, cells: Sequence[str]) -> None:
        """Take the cells into account that are not recorded as they are."""
        if self._has_several_addresses(cells):
            self.several_addresses_count += 1
        self._count_refusal_words(cells)
        if self.unknown_values:
            self._count_unknown_values(cells)
        for index in self._date_indexes:
            text = _cell_at(cells, index)
            if text:
                self._add_date(index, text)

    def _count_refusal_words(self, cells: Sequence[str]) -> None:
        """Count the words of a refusal in columns where none is expected."""
        for index in self._silent_indexes:
            if index < len(cells) and cells[index] in REFUSAL_WORDS:
                self.refusal_words[index][cells[index]] += 1

    def _has_several_addresses(self, cells: Sequence[str]) -> bool:
        """Return whether a row seems to have more than one address."""
        address_index = self._columns.index_by_part["address"]
        count = 0
        if address_index < len(cells):
            count = cells[address_index].count("@")
        for index in self._columns.further_addresses:
            if index < len(cells) and "@" in cells[index]:
                count += 1
        return count > 1

    def _count_unknown_values(self, cells: Sequence[str]) -> None:
        """Count the cells of unknown columns, while they may be those of a status."""
        for index, counts in list(self.unknown_values.items()):
            counts[_cell_at(cells, index)] += 1
            if len(counts) > MAX_UNKNOWN_VALUES:
                del self.unknown_values[index]

    def _add_date(self, index: int, text: str) -> None:
        """Take a cell into account that may hold a date."""
        sample = self._date_samples.get(index)
        if (
            sample is not None
            and len(sample) < MAX_DATE_SAMPLE
            and not is_never(text)
        ):
            sample.append(is_time(text))
        self.date_order.add_date(text)

    # what is known afterwards

    def holds_dates(self, index: int) -> bool:
        """Return whether a column that may hold consent dates does: most cells of a sample are."""
        sample = self._date_samples.get(index, [])
        return bool(sample) and 2 * sum(sample) >= len(sample)

    def positions(self) -> dict[int, int]:
        """Return the position of each recorded column among the words."""
        return {
            column.index: position
            for position, column in enumerate(self.recorded_columns)
        }

    def all_rows_fill(self, indexes: Sequence[int]) -> bool:
        """Return whether each row has something in one of some columns."""
        positions = [
            position
            for index, position in self.positions().items()
            if index in indexes
        ]
        return all(
            any(words[position] for position in positions)
            for words in self.code_by_words
        )

    def count_values(self, position: int) -> Counter[str]:
        """Count the words of one of the recorded columns."""
        rows_by_code = Counter(self.codes)
        counts: Counter[str] = Counter()
        for words, code in self.code_by_words.items():
            counts[words[position]] += rows_by_code[code]
        return counts


def _silent_indexes(
    candidates: Sequence[StatusColumn], columns: Columns, system: System
) -> list[int]:
    """Return the columns that say nothing about mail by their headings, but may hold refusals."""
    speaking = {column.index for column in candidates}
    speaking.add(columns.index_by_part["address"])
    return [
        index
        for index, heading in enumerate(columns.headings)
        if index not in speaking
        and not _is_about_something_else(heading, system)
    ]


def _is_about_something_else(heading: str, system: System) -> bool:
    """Return whether a column is known to be about something else than mail."""
    return (
        is_other_channel(heading) or normalize_words(heading) in system.columns
    )


def _cell_at(cells: Sequence[str], index: int) -> str:
    """Return a cell without spaces around it; "" if the row is shorter."""
    if index < len(cells):
        return cells[index].strip()
    return ""


def _presence_mark(cell: str) -> str:
    is_filled = (
        cell
        and normalize_words(cell) not in EMPTY
        and cell.strip(EMPTY_DATE_SIGNS)
    )
    return PRESENCE_MARK if is_filled else ""


def looks_like_date(word: str) -> bool:
    """Return whether a cell of a status holds a date, and no code of a bounce such as 5.1.1."""
    return looks_like_time(word) and not CODE.fullmatch(word)


def address_within(cells: Sequence[str]) -> str:
    """Return the first address anywhere in the cells of a row; "" if there is none."""
    for cell in cells:
        match = ADDRESS_WITHIN.search(cell)
        if match:
            return match[0]
    return ""


def first_address(cells: Sequence[str], columns: Columns) -> str:
    """Return the first address of a row that is one; "" if there is none."""
    for index in columns.address_indexes:
        if index < len(cells):
            for address in addresses_in(cells[index]):
                try:
                    return validate_address(address)
                except DigestError:
                    continue
    return ""
