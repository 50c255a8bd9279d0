"""Subscribers: import, add, list, tag, unsubscribe, suppress and erase them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.audience import (
    NO_ANSWERS,
    Answers,
    Columns,
    RejectedRow,
    Sheet,
    Survey,
    UnansweredQuestions,
    make_rejection_writer,
    open_sheet,
    parse_filter,
    validate_address,
)
from digest.errors import DigestError, NotFound
from digest.model import (
    TEST_SUBSCRIBER,
    ImportCounts,
    ImportedPerson,
    Subscriber,
    Suppression,
    SuppressionReason,
)
from digest.services.token_keys import TokenKeys

if TYPE_CHECKING:
    from digest.store import Store

SAMPLE_SIZE = 3  #: people shown of a sheet before it is imported
PROGRESS_STEP = 10_000  #: people after which progress is told


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """Interpretation of a sheet, before anybody of it is imported."""

    columns: Columns
    survey: Survey
    notes: tuple[str, ...]  #: guesses, and things that a person should check
    #: its first people; none while there are questions
    sample: tuple[Subscriber, ...]


def preview_sheet(
    file: Path,
    column_overrides: Mapping[str, str],
    answers: Answers,
    now: datetime,
) -> SheetPreview:
    """Return how a sheet is read, the questions about it, and its first people.

    Writes nothing, and opens no database. Raises DigestError if it is no sheet of people.
    """
    with open_sheet(
        file, column_overrides, answers, _address_folder()
    ) as sheet:
        sample: list[Subscriber] = []
        if not sheet.survey.questions:
            people = sheet.read_people("", now, lambda _: None)
            sample = list(islice(people, SAMPLE_SIZE))
        return _make_preview(sheet, sample)


class Subscribers:
    """The subscribers of one working folder."""

    def __init__(
        self,
        store: "Store",
        token_keys: TokenKeys,
        clock: Callable[[], datetime],
    ) -> None:
        """`token_keys` read unsubscribe links."""
        self._store = store
        self._token_keys = token_keys
        self._clock = clock

    def import_sheet(
        self,
        file: Path,
        source: str,
        column_overrides: Mapping[str, str],
        tags: tuple[str, ...] = (),
        progress: Callable[[int], None] = lambda _: None,
        answers: Answers = NO_ANSWERS,
        show: Callable[["SheetPreview"], None] = lambda _: None,
    ) -> tuple[ImportCounts, int, Path | None]:
        """Import the people of a sheet; return counts, refused rows, and the file of those.

        Refused rows are written beside the sheet to FILE.refused.csv, with line and reason.
        `show` gets the interpretation of the sheet, before it is imported. Raises, before anything
        is written, Unanswered if it is not clear who may be mailed, and Busy during another import.
        """
        report = file.with_suffix(".refused.csv")
        with open_sheet(
            file, column_overrides, answers, _address_folder()
        ) as sheet:
            show(_make_preview(sheet))
            if sheet.survey.questions:
                raise UnansweredQuestions(file, sheet.survey.questions)
            with _open_refused_file(report, sheet.columns) as refused:
                now = self._clock()
                arrivals = sheet.read_arrivals(source, now, refused)
                with self._store.hold_lock("import"):
                    counts = self._store.subscribers.import_people(
                        _add_tags(arrivals, tags, progress), now
                    )
            tally = sheet.tally
        counts.read = tally.read
        counts.blank = tally.blank
        counts.refused = tally.rejected
        counts.doubles = tally.duplicates
        counts.undated = tuple(tally.undated_lines)
        if not refused.count:
            return counts, 0, None
        return counts, refused.count, report

    def find_subscriber(self, address: str) -> Subscriber:
        """Return a subscriber by address. Raises NotFound."""
        person = self._store.subscribers.find_subscriber(address)
        if person is None:
            raise NotFound(f"there is no subscriber {address}")
        return person

    def list_matching(
        self, where: str, *, active_only: bool = True
    ) -> Iterator[Subscriber]:
        """Return subscribers that match a filter, by address. Raises DigestError if it is none."""
        return self._store.subscribers.iterate_subscribers(
            parse_filter(where), active_only=active_only
        )

    def count_matching(self, where: str = "") -> int:
        """Count those who would be mailed. Raises DigestError if the filter is none."""
        return self._store.subscribers.count_active(parse_filter(where))

    def suppress_address(self, address: str, detail: str) -> None:
        """Suppress an address, so that it is never mailed. Raises DigestError if it is none."""
        now = self._clock()
        self._store.subscribers.suppress_address(
            validate_address(address), SuppressionReason.BY_HAND, now, detail
        )

    def list_suppressions(self) -> Iterator[Suppression]:
        """Yield the addresses that nobody may mail, each with the reason."""
        return self._store.subscribers.iterate_suppressions()

    def lift_suppression(self, address: str) -> None:
        """Remove a suppression. Raises NotFound."""
        if not self._store.subscribers.remove_suppression(address):
            raise NotFound(f"{address} is not suppressed")

    def set_tags(self, address: str, tags: tuple[str, ...]) -> None:
        """Set the tags of a subscriber to exactly these. Raises NotFound."""
        person = self.find_subscriber(address)
        folded_tags = [tag.casefold() for tag in tags]
        self._store.subscribers.set_tags(person.id, folded_tags)

    def export_personal_data(self, address: str) -> dict[str, Any]:
        """Return all data stored about a person (GDPR, Art. 15). Raises NotFound."""
        person = self.find_subscriber(address)
        editions = []
        for key, state, detail in self._store.subscribers.list_deliveries_of(
            person
        ):
            deliveries = self._store.for_newsletter(key.newsletter).deliveries
            known_state = state or deliveries.get_delivery_state(
                key.day, person.id
            )
            editions.append(
                {
                    "edition": key.short_name,
                    "state": known_state,
                    "detail": detail,
                }
            )
        return {
            "subscriber": person,
            "suppressed": list(
                self._store.subscribers.iterate_suppressions(address)
            ),
            "editions": editions,
        }

    def erase_subscriber(self, address: str) -> None:
        """Erase a person (GDPR, Art. 17), so that no import brings them back. Raises NotFound."""
        self.erase_person(self.find_subscriber(address))

    def erase_person(self, person: Subscriber) -> None:
        """Forget a subscriber who was found before, so that no import brings them back."""
        self._store.subscribers.erase_subscriber(person, self._clock())

    def change_name(self, person: Subscriber, name: str) -> None:
        """Give a subscriber another name."""
        self._store.subscribers.rename_subscriber(person.id, name)

    def newest_signing_key(self) -> str:
        """Return the newest key that signs links; the first time, this stores one."""
        return self._store.subscribers.ensure_signing_keys(self._clock())[-1]

    def add_people(self, people: Iterable[Subscriber]) -> ImportCounts:
        """Add subscribers; those who unsubscribed stay unsubscribed."""
        return self._store.subscribers.add_subscribers(people)

    def unsubscribe_address(self, address: str) -> Subscriber:
        """Record that a person unsubscribes. Raises NotFound."""
        person = self.find_subscriber(address)
        self._store.subscribers.mark_unsubscribed(person.id, self._clock())
        return person

    def find_by_token(self, token: str) -> Subscriber | None:
        """Return whose unsubscribe link this is; None if we did not make it, or they were erased."""
        if not self._store.subscribers.stored_keys():
            return (
                None  # nothing was ever signed; reading a link creates no key
            )
        number = self._token_keys.open_tokens().read_subscriber(token)
        if not number:
            return None
        return self._store.subscribers.get_subscriber(number)

    def unsubscribe_by_token(self, token: str) -> bool:
        """Record that the person a link belongs to unsubscribes; False if we did not make it."""
        number = self._token_keys.open_tokens().read_subscriber(token)
        if number is None:
            return False
        self._store.subscribers.mark_unsubscribed(number, self._clock())
        return True

    def is_test_token(self, token: str) -> bool:
        """Return whether a link is that of a test mail, which unsubscribes nobody."""
        tokens = self._token_keys.open_tokens()
        return tokens.read_subscriber(token) == TEST_SUBSCRIBER

    def add_subscriber(self, person: Subscriber) -> None:
        """Add one person. Raises DigestError if they unsubscribed or are suppressed."""
        counts = self._store.subscribers.add_subscribers([person])
        if counts.left_earlier or counts.suppressed:
            if counts.left_earlier:
                why = "has unsubscribed"
            else:
                why = "is suppressed, or was erased at their request"
            raise DigestError(
                f"{person.address} {why}; only they themselves can subscribe again"
            )


class _Refusals:
    """Counts refused rows, and passes them on."""

    def __init__(self, write: Callable[[RejectedRow], None]) -> None:
        self.count = 0
        self._write = write

    def __call__(self, row: RejectedRow) -> None:
        self.count += 1
        self._write(row)


@contextmanager
def _open_refused_file(report: Path, columns: Columns) -> Iterator[_Refusals]:
    """Yield a writer of refused rows into a file; the file is deleted if there are none.

    Raises DigestError if it cannot be written.
    """
    try:
        out = report.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise DigestError(
            f"{report}: cannot be written with the refused rows ({error.strerror})"
        ) from error
    with out:
        refusals = _Refusals(make_rejection_writer(out, columns))
        try:
            yield refusals
        finally:
            if not refusals.count:
                report.unlink()


def _add_tags(
    arrivals: Iterator[ImportedPerson],
    tags: tuple[str, ...],
    progress: Callable[[int], None],
) -> Iterator[ImportedPerson]:
    for number, arrival in enumerate(arrivals, 1):
        if tags:
            person = replace(arrival.person, tags=(*arrival.person.tags, *tags))
            yield replace(arrival, person=person)
        else:
            yield arrival
        if number % PROGRESS_STEP == 0:
            progress(number)


def _make_preview(
    sheet: Sheet, sample: Sequence[Subscriber] = ()
) -> SheetPreview:
    return SheetPreview(sheet.columns, sheet.survey, sheet.notes, tuple(sample))


def _address_folder() -> Callable[[str], str]:
    """Return the function that maps addresses of one person to the same text."""
    from digest.store.subscribers import fold_address

    return fold_address
