"""What the first reading of a sheet keeps of each row: some 20 bytes, for a million rows."""

from array import array
from collections import Counter
from collections.abc import Callable, Sequence

from digest.errors import DigestError
from digest.subscribers.address import addresses_in, checked
from digest.subscribers.columns import Columns
from digest.subscribers.dates import Order
from digest.subscribers.reading import Row
from digest.subscribers.standing import (
    EMPTY,
    MANY,
    MORE_WORDS,
    REFUSAL_WORDS,
    How,
    StatusColumn,
    is_other_channel,
    plain,
)
from digest.subscribers.systems import System

UNREADABLE = -1  #: stands for a row that is refused
#: The dates of these parts decide together what a date in digits is.
DATED = ("consent_at", "left_at")

Fold = Callable[[str], str]


class Seen:
    """What the first reading keeps of each row: its words' number, and its address' hash."""

    def __init__(
        self, speaking: Sequence[StatusColumn], columns: Columns, system: System, fold: Fold
    ) -> None:
        self.rows = self.blank = self.refused = 0
        self.codes, self.keys = array("l"), array("q")
        self.words: dict[tuple[str, ...], int] = {}  #: what stood together, and its number
        self.order = Order()
        self.several = 0  #: rows with more than one address
        self.any_said = False  #: whether any column says anything of anybody
        self.many: set[int] = set()  #: places with too many words for a status
        self._distinct: dict[int, set[str]] = {c.place: set() for c in speaking}
        self.columns = [(c.place, c.how in {How.WHEN, How.SINCE}) for c in speaking]
        self._sheet, self._fold = columns, fold
        silent = set(range(len(columns.headings))) - {c.place for c in speaking}
        silent -= {columns.places["address"]} | _elsewhere(columns, system)
        self._silent = sorted(silent)
        self.refusal_words: dict[int, Counter[str]] = {}  #: words of a no where none was expected
        self._dated = [columns.places[part] for part in DATED if part in columns.places]

    def take(self, row: Row) -> None:
        """Take a row into account."""
        self.rows += 1
        cells = row.cells
        if not row.why and not any(map(str.strip, cells)):
            self.blank += 1
            return
        address = "" if row.why else first_address(cells, self._sheet)
        if not address:
            self.refused += 1
            self.codes.append(UNREADABLE)
            self.keys.append(0)
            return
        self.several += self._has_several(cells)
        for place in self._silent:
            if place < len(cells) and cells[place] in REFUSAL_WORDS:
                self.refusal_words.setdefault(place, Counter())[cells[place]] += 1
        for place in self._dated:
            if place < len(cells) and cells[place]:
                self.order.see(cells[place].strip())
        words = tuple(self._word(cells, place, presence) for place, presence in self.columns)
        self.codes.append(self.words.setdefault(words, len(self.words)))
        self.keys.append(hash(self._fold(address)))

    def _has_several(self, cells: Sequence[str]) -> bool:
        """Say whether a row seems to have more than one address, of which one is mailed."""
        at = self._sheet.places["address"]
        found = cells[at].count("@") if at < len(cells) else 0
        for place in self._sheet.further:
            found += place < len(cells) and "@" in cells[place]
        return found > 1

    def _word(self, cells: Sequence[str], place: int, presence: bool) -> str:
        """Return what a cell says; of a date, or among too many words, only that it is there."""
        word = cells[place].strip() if place < len(cells) else ""
        if presence:
            return "x" if word and plain(word) not in EMPTY and word.strip("0-: .") else ""
        known = self._distinct[place]
        if word not in known:
            if len(known) > MANY:
                self.many.add(place)
                return MORE_WORDS if plain(word) not in EMPTY else ""
            known.add(word)
        return word

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
