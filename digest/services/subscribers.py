"""Subscribers: import, add, list, tag, unsubscribe, suppress and erase them."""

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.audience import (
    NO_ANSWERS,
    Answers,
    Columns,
    NewsletterNames,
    RejectedRow,
    Sheet,
    Survey,
    UnansweredQuestions,
    make_rejection_writer,
    open_sheet,
    parse_filter,
    validate_address,
)
from digest.audience.newsletter_column import IGNORE
from digest.errors import DigestError, NotFound
from digest.model import (
    TEST_SUBSCRIBER,
    FilterClause,
    ImportCounts,
    ImportedPerson,
    Subscriber,
    Suppression,
    SuppressionReason,
)
from digest.services.subscriptions import Subscriptions
from digest.services.token_keys import TokenKeys
from digest.settings import Newsletter, Settings

if TYPE_CHECKING:
    from digest.delivery.unsubscribe_token import SignedReader
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


@dataclass(frozen=True, slots=True)
class ImportWish:
    """What a person says of an import beside the sheet."""

    column_overrides: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()  #: that all get
    answers: Answers = NO_ANSWERS
    #: keys of the newsletters that all subscribe to; none if the sheet says, or there is only one
    newsletters: tuple[str, ...] = ()
    #: words of the sheet's column of newsletters to keys
    newsletter_answers: Mapping[str, str] = field(default_factory=dict)


def preview_sheet(
    file: Path, wish: ImportWish, settings: Settings, now: datetime
) -> SheetPreview:
    """Return how a sheet is read, the questions about it, and its first people.

    Writes nothing, and opens no database. Raises DigestError if it is no sheet of people, or
    nothing says which newsletters they get.
    """
    with _open_sheet(file, wish, settings) as sheet:
        _check_newsletters_named(sheet, wish, settings)
        sample: list[Subscriber] = []
        if not sheet.survey.questions:
            people = sheet.read_people("", now, lambda _: None)
            sample = list(islice(people, SAMPLE_SIZE))
        return _make_preview(sheet, sample)


def list_tags_given(wish: ImportWish, settings: Settings) -> dict[str, str]:
    """Return the tag that an import gives for each internal newsletter, by the newsletter's key.

    Of all internal newsletters, if only the sheet says which people get.
    """
    return {
        one.key: _tag_for(one, wish.tags)
        for one in settings.newsletters
        if one.is_internal
        and (not wish.newsletters or one.key in wish.newsletters)
    }


class Subscribers:
    """The subscribers of one working folder."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        token_keys: TokenKeys,
        clock: Callable[[], datetime],
    ) -> None:
        """`token_keys` read unsubscribe links."""
        self._settings = settings
        self._store = store
        self._subscriptions = Subscriptions(settings, store, clock)
        self._token_keys = token_keys
        self._clock = clock

    def import_sheet(
        self,
        file: Path,
        source: str,
        wish: ImportWish,
        progress: Callable[[int], None] = lambda _: None,
        show: Callable[["SheetPreview"], None] = lambda _: None,
    ) -> tuple[ImportCounts, int, Path | None]:
        """Import the people of a sheet; return counts, refused rows, and the file of those.

        Refused rows are written beside the sheet to FILE.refused.csv, with line and reason.
        `show` gets the interpretation of the sheet, before it is imported. Raises, before anything
        is written, Unanswered if it is not clear who may be mailed, DigestError if nothing says
        which newsletters they get, and Busy during another import.
        """
        report = file.with_suffix(".refused.csv")
        with _open_sheet(file, wish, self._settings) as sheet:
            show(_make_preview(sheet))
            if sheet.survey.questions:
                raise UnansweredQuestions(file, sheet.survey.questions)
            _check_newsletters_named(sheet, wish, self._settings)
            with _open_refused_file(report, sheet.columns) as refused:
                now = self._clock()
                arrivals = sheet.read_arrivals(source, now, refused)
                subscribing = map(
                    partial(_with_newsletters, wish, self._settings), arrivals
                )
                with self._store.hold_lock("import"):
                    counts = self._store.subscribers.import_people(
                        _report_progress(subscribing, progress),
                        now,
                        audiences=self._subscriptions.audiences,
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
        """Return subscribers that match a filter, by address. Raises DigestError if it is none.

        With `active_only` those who get this newsletter, else those of all.
        """
        return self._store.subscribers.iterate_subscribers(
            self._parse_filter(where),
            active_only=active_only,
            audience_tags=self._settings.newsletter.audience,
        )

    def count_matching(self, where: str = "") -> int:
        """Count those who would be mailed this newsletter. Raises DigestError if the filter is none."""
        return self._store.subscribers.count_active(
            self._parse_filter(where), self._settings.newsletter.audience
        )

    def _parse_filter(self, where: str) -> tuple[FilterClause, ...]:
        """Return a filter's clauses. Raises DigestError if one names a newsletter that is none."""
        clauses = parse_filter(where)
        for clause in clauses:
            if clause.field == "newsletter":
                self._check_public(str(clause.value))
        return clauses

    def _check_public(self, key: str) -> None:
        public = [one.key for one in self.list_public_newsletters()]
        if key not in public:
            raise DigestError(
                f"newsletter:{key}: expected one of {', '.join(public)} (an internal newsletter "
                f"goes to a tag: tag:staff)"
            )

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
            "newsletters": self._store.subscriptions.list_of(person.id),
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
        """Record that a person leaves every newsletter. Raises NotFound."""
        person = self.find_subscriber(address)
        self._subscriptions.leave_all(person.id)
        return person

    def leave_newsletter(self, address: str) -> Subscriber:
        """Record that a person leaves this newsletter, and no other. Raises NotFound."""
        person = self.find_subscriber(address)
        self._subscriptions.leave_newsletter(
            person.id, self._settings.newsletter.key
        )
        return person

    # Their own links

    def read_link(self, token: str) -> "SignedReader | None":
        """Return whose unsubscribe link this is, and of which newsletter; None if it is not ours."""
        if not self._store.subscribers.stored_keys():
            return (
                None  # nothing was ever signed; reading a link creates no key
            )
        return self._token_keys.open_tokens().read_token(token)

    def find_by_token(self, token: str) -> Subscriber | None:
        """Return whose unsubscribe link this is; None if we did not make it, or they were erased."""
        reader = self.read_link(token)
        if reader is None or reader.subscriber == TEST_SUBSCRIBER:
            return None
        return self._store.subscribers.get_subscriber(reader.subscriber)

    def unsubscribe_by_token(self, token: str) -> bool:
        """Record that the person a link belongs to leaves its newsletter; False if it is not ours."""
        reader = self._token_keys.open_tokens().read_token(token)
        if reader is None:
            return False
        self._leave_if_stored(reader)
        return True

    def unsubscribe_from_all_by_token(self, token: str) -> bool:
        """Record that the person a link belongs to leaves all; False if we did not make it."""
        reader = self._token_keys.open_tokens().read_token(token)
        if reader is None:
            return False
        person = self._store.subscribers.get_subscriber(reader.subscriber)
        if person is not None:
            self._subscriptions.leave_all(person.id)
        return True

    def _leave_if_stored(self, reader: "SignedReader") -> None:
        """Record that somebody leaves a newsletter; nothing of a test mail's link, or if erased."""
        person = self._store.subscribers.get_subscriber(reader.subscriber)
        if person is not None:
            self._subscriptions.leave_newsletter(person.id, reader.newsletter)

    def is_test_token(self, token: str) -> bool:
        """Return whether a link is that of a test mail, which unsubscribes nobody."""
        tokens = self._token_keys.open_tokens()
        return tokens.read_subscriber(token) == TEST_SUBSCRIBER

    # Newsletters

    def describe_newsletter(self, key: str) -> Newsletter:
        """Return a newsletter; of one that is no longer in feeds.yaml the key is all that is known."""
        for newsletter in self._settings.newsletters:
            if newsletter.key == key:
                return newsletter
        former = {"key": key, "title": key}
        return self._settings.newsletter.model_copy(update=former)

    def list_public_newsletters(self) -> list[Newsletter]:
        """Return the newsletters that anybody may subscribe to."""
        return self._subscriptions.list_public()

    def list_received(self, person: Subscriber) -> list[Newsletter]:
        """Return the newsletters that a subscriber gets, the internal ones too."""
        return self._subscriptions.list_received(person)

    def list_open_to(self, person: Subscriber) -> list[Newsletter]:
        """Return the newsletters that a subscriber may choose at their own wish.

        These are the public ones, and internal ones that they get, or got until they left them.
        """
        return self._subscriptions.list_open_to(person)

    def is_suppressed(self, person: Subscriber) -> bool:
        """Return whether a subscriber's address must not be mailed, whatever they get."""
        address = person.address
        return any(self._store.subscribers.iterate_suppressions(address))

    def choose_newsletters(
        self, person: Subscriber, chosen_keys: Collection[str]
    ) -> None:
        """Let a subscriber get these newsletters (their keys) and no others.

        They come back to public ones, and to internal ones that they left and have a tag of.
        """
        received = {one.key for one in self.list_received(person)}
        open_to_them = self._subscriptions.list_open_to(person)
        joining = {one.key for one in open_to_them}.intersection(chosen_keys)
        if joining - received:
            self._subscriptions.rejoin_newsletters(
                person, sorted(joining - received)
            )
        for newsletter in sorted(received.difference(chosen_keys)):
            self._subscriptions.leave_newsletter(person.id, newsletter)

    def list_newsletters_by_person(self) -> dict[int, list[str]]:
        """Return the public newsletters (keys) that subscribers get, by their ids."""
        public = [one.key for one in self.list_public_newsletters()]
        return self._store.subscriptions.list_by_person(public)

    def add_subscriber(self, person: Subscriber) -> None:
        """Add one person to this newsletter.

        Raises DigestError if they unsubscribed or are suppressed.
        """
        key = self._settings.newsletter.key
        wish = ImportWish(newsletters=(key,))
        arrival = _with_newsletters(
            wish, self._settings, ImportedPerson(person)
        )
        counts = self._store.subscribers.import_people(
            [arrival], audiences=self._subscriptions.audiences
        )
        why = ""
        if counts.suppressed:
            why = "is suppressed, or was erased at their request"
        elif counts.left_earlier:
            why = "has unsubscribed from everything"
        elif self._has_left(person.address, key):
            why = f"has unsubscribed from {self._settings.newsletter.title}"
        if why:
            raise DigestError(
                f"{person.address} {why}; only they themselves can subscribe again, "
                f"{self.describe_way_back()}"
            )

    def describe_way_back(self) -> str:
        """Return in words how somebody who left this newsletter comes back, and nobody else for them."""
        from digest.render.context import archive_url

        if self._settings.newsletter.is_internal:
            return "under “Choose what you get” behind the link that is in each mail to them"
        return f"by the form at {archive_url(self._settings)}subscribe"

    def _has_left(self, address: str, newsletter: str) -> bool:
        person = self.find_subscriber(address)
        return newsletter in self._subscriptions.list_left(person)


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


def _open_sheet(
    file: Path, wish: ImportWish, settings: Settings
) -> "AbstractContextManager[Sheet]":
    """Open a sheet, whose column of newsletters is searched for if the wish names none."""
    names = NewsletterNames()
    if len(settings.newsletters) > 1 and not wish.newsletters:
        titles = {one.key: one.title for one in settings.newsletters}
        names = NewsletterNames(titles, wish.newsletter_answers)
    return open_sheet(
        file, wish.column_overrides, wish.answers, _address_folder(), names
    )


def _check_newsletters_named(
    sheet: Sheet, wish: ImportWish, settings: Settings
) -> None:
    """Raise DigestError if it is not said which of several newsletters people subscribe to."""
    keys = [one.key for one in settings.newsletters]
    listed = ", ".join(keys)
    for key in (*wish.newsletters, *wish.newsletter_answers.values()):
        if key not in keys and key != IGNORE:
            raise DigestError(
                f"there is no newsletter {key!r}; there is {listed}"
            )
    if len(keys) == 1 or wish.newsletters or sheet.names_newsletters:
        return
    raise DigestError(
        f"{sheet.file}: nothing says which newsletter these people get: give --newsletter with one "
        f"of {listed} (several times for several), or --column newsletters=NAME for the column that "
        f"names them"
    )


def _with_newsletters(
    wish: ImportWish, settings: Settings, arrival: ImportedPerson
) -> ImportedPerson:
    """Return a person of a sheet with the tags and newsletters that they get.

    Who gets an internal newsletter gets its tag, unless they have one of its tags, and no
    subscription.
    """
    tags = (*arrival.person.tags, *wish.tags)
    named = wish.newsletters or arrival.newsletters
    is_only = len(settings.newsletters) == 1
    for newsletter in settings.newsletters:
        is_meant = is_only or newsletter.key in (named or ())
        if newsletter.is_internal and is_meant:
            tag = _tag_for(newsletter, tags)
            if tag not in tags:
                tags = (*tags, tag)
    person = replace(arrival.person, tags=tags)
    return replace(arrival, person=person, newsletters=named)


def _tag_for(newsletter: Newsletter, tags: Iterable[str]) -> str:
    """Return the tag by which somebody gets an internal newsletter: one of theirs, else its first."""
    audience = [tag.casefold() for tag in newsletter.audience]
    for tag in tags:
        if tag.casefold() in audience:
            return tag.casefold()
    return audience[0]


def _report_progress(
    arrivals: Iterable[ImportedPerson], progress: Callable[[int], None]
) -> Iterator[ImportedPerson]:
    for number, arrival in enumerate(arrivals, 1):
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
