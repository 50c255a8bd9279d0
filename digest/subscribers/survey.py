"""Surveys: a first reading of a whole sheet, by which its columns are judged.

The second reading then knows of each row how its person stood elsewhere, whether they stand in the
sheet more than once, and what a date such as 03/04/2026 is. Memory: some 20 bytes a row.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.errors import DigestError
from digest.model import WEIGHT, Standing
from digest.subscribers.answers import EMPTY_WORD, Answers, means
from digest.subscribers.columns import Columns
from digest.subscribers.dates import Order
from digest.subscribers.questions import (
    Question,
    question_about,
    question_of_name,
    question_of_words,
)
from digest.subscribers.reading import Row
from digest.subscribers.seen import UNREADABLE, Fold, Seen
from digest.subscribers.standing import (
    EMPTY,
    How,
    StatusColumn,
    are_status_words,
    empty_means,
    is_date_column,
    is_place,
    meaning,
    plain,
    status_column,
)
from digest.subscribers.systems import UNKNOWN, System, system_of

SLOTS = 1 << 26  #: bits of the filter that tells most addresses that stand in a sheet once


@dataclass(frozen=True, slots=True)
class Survey:
    """What a whole sheet is."""

    system: System = UNKNOWN
    rows: int = 0  #: below the headings, empty ones too
    blank: int = 0
    refused: int = 0  #: that have no address; a date may refuse more
    standings: Mapping[Standing, int] = field(default_factory=dict)  #: people, each once
    doubles: int = 0  #: rows of people who stood in the sheet before
    speaking: tuple[StatusColumn, ...] = ()  #: the columns that say who may be mailed
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()  #: what was guessed, and what a person should look at
    day_first: bool = True
    _codes: "array[int]" = field(default_factory=lambda: array("l"), repr=False)
    _meant: tuple[Standing, ...] = field(default=(), repr=False)
    _worst: Mapping[int, Standing] = field(default_factory=dict, repr=False)

    def standing(self, number: int, key: int) -> Standing:
        """Return how a person stands: by the row (from 0, blank ones apart), or their worst one."""
        if number >= len(self._codes):
            raise DigestError("the file was changed while it was read; import it again")
        worst = self._worst.get(key)
        return worst if worst is not None else self._meant[self._codes[number]]

    def may_repeat(self, key: int) -> bool:
        """Say whether an address stands in the sheet more than once, by the hash of its folding."""
        return key in self._worst


def survey(
    rows: Iterable[Row], columns: Columns, answers: Answers, file_name: str, fold: Fold
) -> Survey:
    """Read a sheet once and return what it is. Raises DigestError if an answer fits nothing."""
    system = system_of(columns.headings)
    speaking = _candidates(columns, system, answers)
    seen = Seen(speaking, columns, system, fold)
    for row in rows:
        seen.take(row)
    kept, notes = _statuses(speaking, seen, columns)
    meant, questions = _meanings(kept, seen, answers)
    questions += _unexpected(seen, columns, answers)
    if not seen.any_said and answers.everybody is None:
        named = question_of_name(file_name, seen.rows - seen.blank)
        questions = [named, *questions] if named else questions
    _refuse_idle(answers, columns, speaking, seen)
    day_first = seen.order.is_day_first if answers.day_first is None else answers.day_first
    if seen.several:
        notes.append(f"{seen.several} rows have more than one address: the first of each is mailed")
    if seen.order.guessed and answers.day_first is None:
        notes.append(_of_dates(seen.order))
    found = Survey(
        system, seen.rows, seen.blank, seen.refused, speaking=tuple(kept),
        questions=tuple(questions), notes=tuple(notes), day_first=day_first,
        _codes=seen.codes, _meant=tuple(meant),
    )  # fmt: skip
    return _counted(found, seen, meant)


def _candidates(columns: Columns, system: System, answers: Answers) -> list[StatusColumn]:
    """Return the columns that may say who is to be mailed."""
    found = []
    named = columns.places.get("status", -1)
    taken = {p for part, p in columns.places.items() if part not in {"left_at", "status"}}
    posts = any("do not email" in plain(heading) for heading in columns.headings)
    for place, heading in enumerate(columns.headings):
        text = plain(heading)
        if text in answers.ignored or (text == "do not mail" and posts):
            continue
        column = _column(place, heading, system)
        if place == named or not (columns.headed or place in taken):
            column = StatusColumn(place, heading, How.STATES)
        elif place == columns.places.get("left_at") and column is None:
            column = StatusColumn(place, heading, How.WHEN)
        elif place in taken and text not in system.columns:
            column = None
        if column and column.how != How.ASIDE:
            found.append(replace(column, words=system.words or None))
    return found


def _column(place: int, heading: str, system: System) -> StatusColumn | None:
    text = plain(heading)
    if text in system.columns:
        how, kind = system.columns[text]
        return StatusColumn(place, heading, how, kind)
    column = status_column(place, heading)
    if column is None and system.rest and text != "email":
        return StatusColumn(place, heading, How.REFUSES)
    return column


def _statuses(
    speaking: Sequence[StatusColumn], seen: Seen, columns: Columns
) -> tuple[list[StatusColumn], list[str]]:
    """Return the columns that do say who is to be mailed, and what a person should know of them."""
    kept, notes = [], []
    for at, column in enumerate(speaking):
        values = seen.values(at)
        if column.how in {How.STATES, How.AGREES} and is_date_column(values):
            continue
        if not columns.headed and not are_status_words(values):
            continue
        if column.how == How.STATES and is_place(column, columns.headings, values):
            shown = ", ".join(v for v in list(values)[:3] if v)
            notes.append(f"{column.heading} is taken for a place to live in ({shown})")
            continue
        kept.append(column)
    return kept, notes


def _unexpected(seen: Seen, columns: Columns, answers: Answers) -> list[Question]:
    """Return the questions about columns that hold words of a no, but not the heading of one."""
    return [
        question_of_words(columns.headings[place], words.most_common())
        for place, words in seen.refusal_words.items()
        if plain(columns.headings[place]) not in answers.ignored
    ]


def _meanings(
    kept: Sequence[StatusColumn], seen: Seen, answers: Answers
) -> tuple[list[Standing], list[Question]]:
    """Return what each set of words stands for, and the questions about those not clear."""
    places = {place: at for at, (place, _) in enumerate(seen.columns)}
    tables: list[tuple[int, dict[str, Standing | None]]] = []
    questions = []
    for column in kept:
        at = places[column.place]
        table, unclear = _table(column, seen.values(at), answers, column.place in seen.many)
        tables.append((at, table))
        if unclear:
            questions.append(question_about(column, unclear))
    default = Standing.ACTIVE if answers.everybody is None else answers.everybody
    meant = []
    for words in seen.words:
        said = [s for at, table in tables if (s := table[words[at]]) is not None]
        seen.any_said = seen.any_said or bool(said)
        meant.append(max(said, key=WEIGHT.__getitem__) if said else default)
    return meant, questions


def _table(
    column: StatusColumn, values: Counter[str], answers: Answers, many: bool
) -> tuple[dict[str, Standing | None], list[tuple[str, int]]]:
    """Return what each word of a column means, and the words of which that is not known."""
    table: dict[str, Standing | None] = {}
    unclear: list[tuple[str, int]] = []
    by_presence = replace(column, how=How.WHY) if many and column.how == How.REFUSES else column
    for word, number in values.most_common():
        answered, answer = answers.of(column.heading, word)
        if answered:
            table[word] = answer
            continue
        found = meaning(by_presence, word)
        if found is None and plain(word) in EMPTY:
            found = empty_means(column, values)
        table[word] = found if isinstance(found, Standing) else None
        if found == "?":
            unclear.append((word or EMPTY_WORD, number))
    return table, unclear


def _counted(found: Survey, seen: Seen, meant: Sequence[Standing]) -> Survey:
    """Return a survey with its people counted, each once and as the worst of their rows says."""
    repeated = _repeated(seen.keys, seen.codes)
    worst: dict[int, Standing] = {}
    counts: Counter[Standing] = Counter()
    doubles = 0
    for code, key in zip(seen.codes, seen.keys, strict=True):
        if code == UNREADABLE:
            continue
        standing = meant[code]
        if key not in repeated:
            counts[standing] += 1
        elif key in worst:
            doubles += 1
            worst[key] = max(worst[key], standing, key=WEIGHT.__getitem__)
        else:
            worst[key] = standing
    counts.update(worst.values())
    return replace(found, standings=dict(counts), doubles=doubles, _worst=worst)


def _repeated(keys: Sequence[int], codes: Sequence[int]) -> set[int]:
    """Return the hashes that stand there more than once, and a few others (a Bloom filter's)."""
    bits = bytearray(SLOTS >> 3)
    found: set[int] = set()
    for key, code in zip(keys, codes, strict=True):
        if code == UNREADABLE:
            continue
        slot = key & (SLOTS - 1)
        byte, bit = slot >> 3, 1 << (slot & 7)
        if bits[byte] & bit:
            found.add(slot)
        bits[byte] |= bit
    return {key for key in keys if (key & (SLOTS - 1)) in found} if found else set()


def _refuse_idle(
    answers: Answers, columns: Columns, speaking: Sequence[StatusColumn], seen: Seen
) -> None:
    """Raise DigestError for an answer to nothing: it was mistyped, or is for another file."""
    headings = {plain(h) for h in columns.headings}
    for heading in answers.ignored - headings:
        raise DigestError(
            f"expected --ignore-column with one of {', '.join(columns.headings)}; found {heading!r}"
        )
    said = [(c.heading, word) for at, c in enumerate(speaking) for word in seen.values(at)]
    for told in answers.statuses:
        if not any(means(told, heading, word) for heading, word in said):
            raise DigestError(f"no column of a status holds the word {told!r} of --status")


def _of_dates(order: Order) -> str:
    taken = "day/month" if order.is_day_first else "month/day"
    option = "--dates month-first" if order.is_day_first else "--dates day-first"
    return (
        f"dates such as {order.example} are taken for {taken}; that is a guess, and {option} "
        f"says otherwise"
    )
