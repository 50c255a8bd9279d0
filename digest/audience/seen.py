"""What the first reading of a sheet keeps of each row: some 20 bytes, for a million rows."""

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence

from digest.audience.address import PLAIN, addresses_in, checked
from digest.audience.columns import Columns
from digest.audience.dates import Order, is_never, is_time, looks_like_time
from digest.audience.reading import Row
from digest.audience.standing import refuses_in_words
from digest.audience.status_headings import How, StatusColumn, is_other_channel
from digest.audience.status_words import (
    A_DATE,
    CODE,
    EMPTY,
    MANY,
    MORE_WORDS,
    REFUSAL_WORDS,
    plain,
)
from digest.audience.systems import System
from digest.errors import DigestError

UNREADABLE = -1  #: stands for a row that is refused
#: stands for one without a proper address: a no of it is taken all the same
RESCUED = -2
SAMPLE = 50  #: cells by which it is told whether a column holds dates
MOST = 12  #: different cells, beyond which an unknown column is no status
SHOWN = 3  #: lines of remarks that are named for each text

#: What is kept of a column's cells: that there is something; that it is a date; remarks of a no.
PRESENCE, DATED, REMARK = "presence", "dated", "remark"
KINDS = {
    How.WHEN: PRESENCE,
    How.SINCE: PRESENCE,
    How.STATES: DATED,
    How.AGREES: DATED,
    How.REFUSES: DATED,
    How.REMARKS: REMARK,
}

Fold = Callable[[str], str]


class Seen:
    """What the first reading keeps of each row: its words' number, and its address' hash."""

    def __init__(
        self,
        speaking: Sequence[StatusColumn],
        columns: Columns,
        system: System,
        fold: Fold,
    ) -> None:
        self.rows = self.blank = self.refused = 0
        self.codes, self.keys = array("l"), array("q")
        self.words: dict[
            tuple[str, ...], int
        ] = {}  #: what stood together, and its number
        self.order = Order()
        self.several = 0  #: rows with more than one address
        self.any_said = False  #: whether any column says anything of anybody
        self.many: set[int] = set()  #: places with too many words for a status
        self.rescued: dict[
            int, tuple[int, list[str]]
        ] = {}  #: row: hash of its address, its cells
        self.lines: dict[
            tuple[int, str], list[int]
        ] = {}  #: where remarks stand: their lines
        self._distinct: dict[int, set[str]] = {c.place: set() for c in speaking}
        self.columns = [(c.place, KINDS.get(c.how, "")) for c in speaking]
        self._sheet, self._fold = columns, fold
        silent = set(range(len(columns.headings))) - {c.place for c in speaking}
        silent -= {columns.places["address"]} | _elsewhere(columns, system)
        self._silent = sorted(silent)
        self.refusal_words: dict[
            int, Counter[str]
        ] = {}  #: words of a no where none was expected
        #: Unknown columns and how often each cell stands there, while those are few.
        known = {*columns.places.values(), *columns.further}
        self.unknown: dict[int, Counter[str]] = {
            p: Counter() for p in self._silent if p not in known
        }
        consents = [place for place, _ in columns.consents]
        leaving = [columns.places["left_at"]] if "left_at" in columns.places else []
        self._dated = sorted({*consents, *leaving})
        self._samples: dict[int, list[bool]] = {place: [] for place in consents}

    def take(self, row: Row) -> None:
        """Take a row into account."""
        self.rows += 1
        cells = row.cells
        if not row.why and not any(map(str.strip, cells)):
            self.blank += 1
            return
        address = "" if row.why else first_address(cells, self._sheet)
        if not address:
            self._rescue(cells)
            return
        self.several += self._has_several(cells)
        for place in self._silent:
            if place < len(cells) and cells[place] in REFUSAL_WORDS:
                self.refusal_words.setdefault(place, Counter())[cells[place]] += 1
        if self.unknown:
            self._count_unknown(cells)
        for place in self._dated:
            if place < len(cells) and (text := cells[place].strip()):
                self._see_date(place, text)
        words = tuple(
            [self._word(cells, place, kind, row.line) for place, kind in self.columns]
        )
        self.codes.append(self.words.setdefault(words, len(self.words)))
        self.keys.append(hash(self._fold(address)))

    def _has_several(self, cells: Sequence[str]) -> bool:
        """Say whether a row seems to have more than one address, of which one is mailed."""
        at = self._sheet.places["address"]
        found = cells[at].count("@") if at < len(cells) else 0
        for place in self._sheet.further:
            found += place < len(cells) and "@" in cells[place]
        return found > 1

    def _rescue(self, cells: list[str]) -> None:
        """Keep of a row without a proper address what a no of it would need."""
        self.refused += 1
        address = address_within(cells)
        if address:
            self.rescued[len(self.codes)] = (hash(self._fold(address)), cells)
        self.codes.append(RESCUED if address else UNREADABLE)
        self.keys.append(hash(self._fold(address)) if address else 0)

    def _count_unknown(self, cells: Sequence[str]) -> None:
        """Count the cells of columns that nobody knows, while they may be those of a status."""
        many = []
        for place, numbers in self.unknown.items():
            numbers[cells[place].strip() if place < len(cells) else ""] += 1
            if len(numbers) > MOST:
                many.append(place)
        for place in many:
            del self.unknown[place]

    def _see_date(self, place: int, text: str) -> None:
        """Take a cell into account that may hold a date."""
        sample = self._samples.get(place)
        if sample is not None and len(sample) < SAMPLE and not is_never(text):
            sample.append(is_time(text))
        self.order.see(text)

    def is_dated(self, place: int) -> bool:
        """Say whether a column that may hold consent dates does: most cells of a sample are."""
        sample = self._samples.get(place, [])
        return bool(sample) and 2 * sum(sample) >= len(sample)

    def _word(self, cells: Sequence[str], place: int, kind: str, line: int) -> str:
        """Return what a cell says; of a date, or among too many words, only that it is there."""
        word = cells[place].strip() if place < len(cells) else ""
        if kind == PRESENCE:
            return (
                "x" if word and plain(word) not in EMPTY and word.strip("0-: .") else ""
            )
        if kind == REMARK:
            word = word if refuses_in_words(word) else ""
        known = self._distinct[place]
        if word not in known:
            if kind == DATED and looks_like_date(word):
                return A_DATE
            if len(known) > MANY:
                self.many.add(place)
                return MORE_WORDS if plain(word) not in EMPTY else ""
            known.add(word)
        if kind == REMARK and word:
            self._keep_line(place, word, line)
        return word

    def _keep_line(self, place: int, word: str, line: int) -> None:
        lines = self.lines.setdefault((place, word), [])
        if len(lines) < SHOWN:
            lines.append(line)

    def everybody_has(self, places: Sequence[int]) -> bool:
        """Say whether each row has something in one of some columns."""
        at = [n for n, (place, _) in enumerate(self.columns) if place in places]
        return all(any(words[n] for n in at) for words in self.words)

    def values(self, at: int) -> Counter[str]:
        """Count the words of one of the columns."""
        numbers = Counter(self.codes)
        found: Counter[str] = Counter()
        for words, number in self.words.items():
            found[words[at]] += numbers[number]
        return found


def _elsewhere(columns: Columns, system: System) -> set[int]:
    """Return the columns that are known to be about something else than mail."""
    return {
        place
        for place, heading in enumerate(columns.headings)
        if is_other_channel(heading) or plain(heading) in system.columns
    }


def looks_like_date(word: str) -> bool:
    """Say whether a cell of a status holds a date, and no code of a bounce such as 5.1.1."""
    return looks_like_time(word) and not CODE.fullmatch(word)


def address_within(cells: Sequence[str]) -> str:
    """Return the first address that stands anywhere in the cells of a row; "" if there is none."""
    found = (WITHIN.search(cell) for cell in cells)
    return next((told[0] for told in found if told), "")


#: An address within other text, whole: "h..h@example.org" holds none.
WITHIN = re.compile(rf"(?<![\w.@+-])(?:{PLAIN.pattern})(?![\w@-]|\.\w)")


def first_address(cells: Sequence[str], columns: Columns) -> str:
    """Return the first address of a row that is one; "" if there is none."""
    for place in (columns.places["address"], *columns.further):
        if place < len(cells) and cells[place]:
            for told in addresses_in(cells[place]):
                try:
                    return checked(told)
                except DigestError:
                    continue
    return ""
