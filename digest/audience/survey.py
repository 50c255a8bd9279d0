"""Surveys: a first reading of a whole sheet, by which its columns are judged.

The second reading then knows of each row how its person stood elsewhere, whether they stand in the
sheet more than once, and what a date such as 03/04/2026 is. Memory: some 20 bytes a row.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.audience.answers import EMPTY_WORD, Answers, means
from digest.audience.columns import Columns
from digest.audience.consent import PLAIN_DATE, is_about_time
from digest.audience.dates import Order
from digest.audience.open_questions import (
    file_questions,
    mailing_questions,
    refusal_questions,
    unknown_questions,
)
from digest.audience.questions import (
    Question,
    question_about,
    question_of_dates,
    question_of_remarks,
)
from digest.audience.reading import Row
from digest.audience.seen import UNREADABLE, WITHIN, Fold, Seen
from digest.audience.standing import empty_means, meaning, refuses_in_words
from digest.audience.status_columns import (
    DECIDING,
    candidate_columns,
    holds_dates,
    speaking_columns,
)
from digest.audience.status_headings import How, StatusColumn
from digest.audience.status_words import MEANING, REFUSAL_WORDS, is_empty, plain
from digest.audience.systems import UNKNOWN, System, system_of
from digest.errors import DigestError
from digest.model import WEIGHT, Standing

#: bits of the filter that tells most addresses that stand in a sheet once
SLOTS = 1 << 26


@dataclass(frozen=True, slots=True)
class Survey:
    """What a whole sheet is."""

    system: System = UNKNOWN
    rows: int = 0  #: below the headings, empty ones too
    blank: int = 0
    refused: int = 0  #: that have no address; a date may refuse more
    #: people, each once
    standings: Mapping[Standing, int] = field(default_factory=dict)
    doubles: int = 0  #: rows of people who stood in the sheet before
    speaking: tuple[StatusColumn, ...] = ()  #: the columns that say who may be mailed
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()  #: what was guessed, and what a person should look at
    day_first: bool = True
    #: columns that say when somebody agreed, the best one first
    consents: tuple[int, ...] = ()
    _codes: "array[int]" = field(default_factory=lambda: array("l"), repr=False)
    _meant: tuple[Standing, ...] = field(default=(), repr=False)
    _worst: Mapping[int, Standing] = field(default_factory=dict, repr=False)
    _rescued: Mapping[int, Standing] = field(default_factory=dict, repr=False)

    def rescued(self, number: int) -> Standing | None:
        """Return the no of a row whose address is damaged; None if it has none (see `standing`)."""
        return self._rescued.get(number)

    def standing(self, number: int, key: int, no: Standing | None = None) -> Standing:
        """Return how a person stands: by the row (from 0, blank ones apart), or their worst one.

        `no` is what a row of a damaged address says (`rescued`).
        """
        if number >= len(self._codes):
            raise DigestError("the file was changed while it was read; import it again")
        worst = self._worst.get(key)
        if worst is not None:
            return worst
        return no if no is not None else self._meant[self._codes[number]]

    def may_repeat(self, key: int) -> bool:
        """Say whether an address stands in the sheet more than once, by the hash of its folding."""
        return key in self._worst


def survey(
    rows: Iterable[Row],
    columns: Columns,
    answers: Answers,
    file_name: str,
    fold: Fold,
    titles: Sequence[str] = (),
    *,
    is_european: bool = False,
) -> Survey:
    """Read a sheet once and return what it is. Raises DigestError if an answer fits nothing.

    `titles` stand above its headings, or name it; `is_european` says that its form or its words
    are of a country where 03/04 is in April.
    """
    system = system_of(columns.headings)
    speaking = candidate_columns(columns, system, answers)
    seen = Seen(speaking, columns, system, fold)
    for row in rows:
        seen.take(row)
    kept, notes = speaking_columns(speaking, seen, columns, system)
    meant, questions = _meanings(kept, seen, answers)
    questions += refusal_questions(seen, columns, answers)
    questions += mailing_questions(speaking, kept, seen, columns)
    if system is UNKNOWN and not questions:
        is_decided = (
            any(c.how in DECIDING for c in kept) or answers.everybody is not None
        )
        questions += unknown_questions(seen, columns, answers, is_decided=is_decided)
    if not seen.any_said and answers.everybody is None:
        questions = [*file_questions(file_name, titles, system, seen), *questions]
    _refuse_idle(answers, columns, speaking, seen)
    consents = _consents(columns, seen)
    day_first = _is_day_first(seen.order, answers, is_european=is_european)
    if seen.order.may_be_either and answers.day_first is None and not is_european:
        questions += [question_of_dates(seen.order.example)] if consents else []
    elif seen.order.guessed and answers.day_first is None and not is_european:
        notes.append(_of_dates(seen.order))
    if seen.several:
        notes.append(
            f"{seen.several} rows have more than one address: the first of each is mailed"
        )
    found = Survey(
        system, seen.rows, seen.blank, seen.refused, speaking=tuple(kept),
        questions=tuple(questions), notes=tuple(notes), day_first=day_first, consents=consents,
        _codes=seen.codes, _meant=tuple(meant), _rescued=_rescued(kept, seen, answers),
    )  # fmt: skip
    return _counted(found, seen, meant)


def _is_day_first(order: Order, answers: Answers, *, is_european: bool) -> bool:
    """Return whether 03/04 is in April: as a person or the column says, or by its country."""
    if answers.day_first is not None:
        return answers.day_first
    return order.is_day_first or (is_european and order.may_be_either)


def _consents(columns: Columns, seen: Seen) -> tuple[int, ...]:
    """Return the columns that say when somebody agreed, the best one first.

    One that is called "Date" and no more is of consent only where nothing else is a date.
    """
    if "consent_at" in columns.places:
        return (columns.places["consent_at"],)
    dated = [(place, rank) for place, rank in columns.consents if seen.is_dated(place)]
    clear = [place for place, rank in dated if rank < PLAIN_DATE]
    if clear or len(dated) != 1:
        return tuple(clear)
    place = dated[0][0]
    others = (heading for at, heading in enumerate(columns.headings) if at != place)
    return () if any(map(is_about_time, others)) else (place,)


def _rescued(
    kept: Sequence[StatusColumn], seen: Seen, answers: Answers
) -> dict[int, Standing]:
    """Return the noes of rows whose address is damaged but can be told."""
    found = {}
    for number, (_, cells) in seen.rescued.items():
        said = [_said(column, cells, answers) for column in kept]
        said += [MEANING.get(plain(cell)) for cell in cells if cell in REFUSAL_WORDS]
        said += [_no_beside(cell) for cell in cells if "@" in cell]
        noes = [
            s for s in said if s not in {None, Standing.ACTIVE, Standing.UNCONFIRMED}
        ]
        if noes:
            found[number] = max(noes, key=lambda s: WEIGHT[s] if s else 0)
    return {number: standing for number, standing in found.items() if standing}


def _no_beside(cell: str) -> Standing | None:
    """Return the no that stands beside an address in its cell, as in "ada@example.org (left)"."""
    rest = WITHIN.sub(" ", cell)
    found = MEANING.get(plain(rest))
    if found is None and refuses_in_words(rest):
        return Standing.UNSUBSCRIBED
    return found


def _said(
    column: StatusColumn, cells: Sequence[str], answers: Answers
) -> Standing | None:
    """Return what a column says in a row; None if it says nothing that is understood."""
    word = cells[column.place].strip() if column.place < len(cells) else ""
    answered, answer = answers.of(column.heading, word)
    found = answer if answered else meaning(column, word)
    return found if isinstance(found, Standing) else None


def _meanings(
    kept: Sequence[StatusColumn], seen: Seen, answers: Answers
) -> tuple[list[Standing], list[Question]]:
    """Return what each set of words stands for, and the questions about those not clear."""
    places = {place: at for at, (place, _) in enumerate(seen.columns)}
    tables: list[tuple[int, dict[str, Standing | None]]] = []
    questions = []
    remarks = []
    for column in kept:
        at = places[column.place]
        table, unclear = _table(
            column, seen.values(at), answers, many=column.place in seen.many
        )
        tables.append((at, table))
        if unclear and column.how == How.REMARKS:
            remarks.append((column, at, {word for word, _ in unclear}))
        elif unclear:
            questions.append(question_about(column, unclear))
    default = Standing.ACTIVE if answers.everybody is None else answers.everybody
    meant = []
    for words in seen.words:
        said = [s for at, table in tables if (s := table[words[at]]) is not None]
        seen.any_said = seen.any_said or bool(said)
        meant.append(max(said, key=WEIGHT.__getitem__) if said else default)
    for column, at, unclear_words in remarks:
        questions += _of_remarks(column, at, unclear_words, seen, meant)
    return meant, questions


def _of_remarks(
    column: StatusColumn,
    at: int,
    unclear: set[str],
    seen: Seen,
    meant: Sequence[Standing],
) -> list[Question]:
    """Return the question about remarks that may be a no, of people who would be mailed."""
    numbers = Counter(seen.codes)
    doubted: Counter[str] = Counter()
    for words, code in seen.words.items():
        if meant[code] == Standing.ACTIVE and words[at] in unclear:
            doubted[words[at]] += numbers[code]
    found = [(w, n, seen.lines.get((column.place, w), [])) for w, n in doubted.items()]
    return [question_of_remarks(column, found)] if found else []


def _table(
    column: StatusColumn, values: Counter[str], answers: Answers, *, many: bool
) -> tuple[dict[str, Standing | None], list[tuple[str, int]]]:
    """Return what each word of a column means, and the words of which that is not known."""
    table: dict[str, Standing | None] = {}
    unclear: list[tuple[str, int]] = []
    by_presence = (
        replace(column, how=How.WHY) if many and column.how == How.REFUSES else column
    )
    is_dated = holds_dates(column, values)
    for word, number in values.most_common():
        answered, answer = answers.of(column.heading, word)
        if answered:
            table[word] = answer
            continue
        found = meaning(by_presence, word)
        if found is None and is_empty(word):
            found = empty_means(column, values)
        if found == "?" and is_dated and not is_empty(word):
            found = None  # a date that cannot be read: it is none of consent
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
    for number, (code, key) in enumerate(zip(seen.codes, seen.keys, strict=True)):
        standing = meant[code] if code >= 0 else found.rescued(number)
        if standing is None:
            continue
        if key not in repeated:
            counts[standing] += 1
        elif key in worst:
            doubles += 1
            worst[key] = max(worst[key], standing, key=WEIGHT.__getitem__)
        else:
            worst[key] = standing
    counts.update(worst.values())
    refused = seen.refused - len(found._rescued)
    return replace(
        found, standings=dict(counts), doubles=doubles, refused=refused, _worst=worst
    )


def _repeated(keys: Sequence[int], codes: Sequence[int]) -> set[int]:
    """Return the hashes that stand there more than once, and a few others (a Bloom filter's)."""
    bits = bytearray(SLOTS >> 3)
    found: set[int] = set()
    for key, code in zip(keys, codes, strict=True):
        if code == UNREADABLE:  # a row whose address was damaged but told counts
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
    said = [
        (c.heading, word) for at, c in enumerate(speaking) for word in seen.values(at)
    ]
    for told in answers.statuses:
        if not any(means(told, heading, word) for heading, word in said):
            raise DigestError(
                f"no column of a status holds the word {told!r} of --status"
            )


def _of_dates(order: Order) -> str:
    taken = "day/month" if order.is_day_first else "month/day"
    option = "--dates month-first" if order.is_day_first else "--dates day-first"
    return (
        f"dates such as {order.example} are taken for {taken}; that is a guess, and {option} "
        f"says otherwise"
    )
