"""Columns: identify what each column of a sheet holds, by the headings that programs write.

Input is the headings of a sheet and the columns that a person has named. Output is `Columns`;
DigestError if no column holds addresses, or a named one does not exist. Columns are counted from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.audience import vocabulary
from digest.audience.consent import (
    AGREED_RANK,
    CREATED_RANK,
    ConsentColumn,
    rank_consent_columns,
)
from digest.errors import DigestError
from digest.infra.sheets.words import normalize_words, words_of

#: The parts of a person that a sheet may hold, and the headings of their columns as mail programs
#: and spreadsheets write them, in lower case.
HEADINGS_BY_PART = {
    "address": "address|email|e-mail|email address|e-mail address|mail|e-mail-adresse|correo"
    "|correo electrónico|adresse e-mail|adresse mail|email_address|user email|e-mail 1 - value"
    "|preferred email|primary email|email 1|email1|e-mail 1|work email|e-mail 1 address"
    "|emailadresse|email-adresse|mailadresse|courriel|adresse électronique|adresse de messagerie"
    "|dirección de correo|dirección de correo electrónico|correo electronico|subscriber"
    "|subscriber email|contact email",
    "name": "name|full name|fullname|display name|nombre|nom|nombre completo|nom complet"
    "|display_name|contact name|file as",
    "first": "first name|firstname|first_name|given name|vorname|nombre de pila|prénom|prenom|fname"
    "|forename",
    "last": "last name|lastname|last_name|surname|family name|nachname|apellidos|apellido|lname"
    "|nom de famille|familienname",
    "tags": "tags|tag|labels|groups|etiquetas|tag_list|can2_user_tags|categories|group membership"
    "|schlagwörter|étiquettes",
    "consent_source": "consent_source|consent source|source|signup source|optin_source",
    "consent_at": "consent_at|consent date|subscribed at|subscribed_at|optin_time|confirm_time"
    "|created at|created_at|signup date|date added|joined|date joined|date subscribed|added_time"
    "|creation_date|created|create date|date_added|entered|registered|angemeldet am|einwilligung am"
    "|anmeldedatum|fecha de alta|fecha de suscripción|date d'inscription|date d’inscription",
    "left_at": "left_at|unsubscribed at|unsubscribed_at|unsub_time|optout_time|date unsubscribed"
    "|unsubscription_date|clean_time|canceled_at|cancelled_at|deleted_at|abgemeldet am"
    "|fecha de baja|date de désinscription|deactivated",
    "status": "",
    "newsletters": "",
}


def _index_headings() -> dict[str, str]:
    parts = {}
    for part, headings in HEADINGS_BY_PART.items():
        for heading in headings.split("|"):
            if heading:
                parts[heading] = part
    return parts


def _index_further_headings() -> dict[str, str]:
    headings_by_part = (
        ("tags", vocabulary.TAGS),
        ("last", vocabulary.LAST_NAMES),
        ("first", vocabulary.FIRST_NAMES),
        ("name", vocabulary.NAMES),
        ("address", vocabulary.ADDRESSES),
    )
    parts: dict[str, str] = {}
    for part, headings in headings_by_part:
        parts |= dict.fromkeys(words_of(headings), part)
    return parts


PART_BY_HEADING = _index_headings()
#: Headings in further languages, as `normalize_words` writes them.
PART_BY_FURTHER_HEADING = _index_further_headings()
#: "nome" is the whole name, or, beside the family's, the first one.
EITHER_NAMES = words_of(
    "name|nombre|nome|nom|naam|navn|namn|ime|όνομα|имя|név|meno|ad|adı|imię"
)
#: Headings of further columns of addresses, read where the first is empty.
FURTHER_ADDRESS_HEADINGS = frozenset(
    "email2|email3|email4|home email|other email|alternate email|secondary email|work email"
    "|e-mail privat|e-mail geschäftlich".split("|")
) | {
    f"{mail} {number}{end}"
    for number in range(1, 6)
    for mail in ("e-mail", "email")
    for end in ("", " - value", " address")
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Contents of each column (from 0) of a sheet, and the headings of those that are not read."""

    #: such as "address" or "tags": see HEADINGS_BY_PART
    index_by_part: dict[str, int]
    unread: tuple[str, ...] = ()
    headings: tuple[str, ...] = field(default=())
    further_addresses: tuple[int, ...] = ()  #: columns of further addresses
    #: whether the file has headings; else they are "column 1" and so on
    has_headings: bool = True
    #: whether each cell is an address of another person
    has_person_per_cell: bool = False
    #: columns that may say when somebody agreed, the best one first
    consent_columns: tuple[ConsentColumn, ...] = ()

    @property
    def address_indexes(self) -> tuple[int, ...]:
        """The columns of addresses, the one that is mailed first."""
        return (self.index_by_part["address"], *self.further_addresses)

    def __str__(self) -> str:
        parts = [
            f"{self.headings[index]} is {part}"
            for part, index in self.index_by_part.items()
        ]
        text = ", ".join(parts)
        for index in self.further_addresses:
            text += f", {self.headings[index]} is address too"
        if self.unread:
            text += f"; not read: {', '.join(self.unread)}"
        return text


def identify_columns(
    headings: Sequence[str], column_overrides: Mapping[str, str], location: str
) -> Columns:
    """Return what the columns of a sheet are; `column_overrides` maps parts to named columns.

    Raises DigestError, with the `location`, if there is no column of addresses, or one that a
    person has named does not exist.
    """
    names = [_normalize_heading(heading) for heading in headings]
    index_by_part = _find_overrides(names, column_overrides, headings, location)
    _find_parts(names, index_by_part)
    further_addresses = tuple(
        index
        for index, name in enumerate(names)
        if name in FURTHER_ADDRESS_HEADINGS
        and index not in index_by_part.values()
    )
    if "address" not in index_by_part and further_addresses:
        index_by_part["address"] = further_addresses[0]
        further_addresses = further_addresses[1:]
    if "address" not in index_by_part:
        raise DigestError(
            f"{location}: expected a column address (or email); {_list_headings(headings)}; "
            f"--column address=NAME says which it is"
        )
    _reinterpret_name(names, index_by_part)
    consent_columns = _find_consent_columns(
        headings, index_by_part, column_overrides
    )
    if "consent_at" not in column_overrides:
        # the survey decides which of them it is, by what the cells hold
        index_by_part.pop("consent_at", None)
    read_indexes = {*index_by_part.values(), *further_addresses}
    unread = tuple(
        heading
        for index, heading in enumerate(headings)
        if heading and index not in read_indexes
    )
    return Columns(
        index_by_part,
        unread,
        tuple(headings),
        further_addresses,
        consent_columns=consent_columns,
    )


def _find_overrides(
    names: Sequence[str],
    column_overrides: Mapping[str, str],
    headings: Sequence[str],
    location: str,
) -> dict[str, int]:
    """Return the columns that a person has named. Raises DigestError if one does not exist."""
    index_by_part: dict[str, int] = {}
    for part, heading in column_overrides.items():
        name = _normalize_heading(heading)
        if part not in HEADINGS_BY_PART or name not in names:
            parts = "|".join(HEADINGS_BY_PART)
            raise DigestError(
                f"{location}: expected --column {parts}=NAME; {_list_headings(headings)}"
            )
        index_by_part[part] = names.index(name)
    return index_by_part


def _find_parts(names: Sequence[str], index_by_part: dict[str, int]) -> None:
    """Add the columns of parts that no person has named, the first one of each."""
    for index, name in enumerate(names):
        part = _part_beside(name, names)
        if part is None or part in index_by_part:
            continue
        if index not in index_by_part.values():
            index_by_part[part] = index


def _part_beside(name: str, names: Sequence[str]) -> str | None:
    """Return which part of a person a column is, beside the others of its sheet."""
    if name == "nom" and "first" in map(PART_BY_HEADING.get, names):
        return "last"  # beside "Prénom" it is the family's
    return _part_of(name)


def _reinterpret_name(
    names: Sequence[str], index_by_part: dict[str, int]
) -> None:
    """Take "Nome" for the first name where the family's has a column of its own."""
    name_index = index_by_part.get("name")
    if (
        name_index is None
        or "last" not in index_by_part
        or "first" in index_by_part
    ):
        return
    if normalize_words(names[name_index]) in EITHER_NAMES:
        index_by_part["first"] = index_by_part.pop("name")


def _part_of(name: str) -> str | None:
    """Return which part of a person a column is by its name; None if none is known to."""
    part = PART_BY_HEADING.get(name)
    if part is not None:
        return part
    return PART_BY_FURTHER_HEADING.get(normalize_words(name))


def _find_consent_columns(
    headings: Sequence[str],
    index_by_part: Mapping[str, int],
    column_overrides: Mapping[str, str],
) -> tuple[ConsentColumn, ...]:
    """Return the columns that may say when somebody agreed; only that which a person has named."""
    by_heading = index_by_part.get("consent_at")
    if by_heading is not None and "consent_at" in column_overrides:
        return (ConsentColumn(by_heading, AGREED_RANK),)
    other_parts = {
        index for part, index in index_by_part.items() if part != "consent_at"
    }
    ranked = [
        column
        for column in rank_consent_columns(headings)
        if column.index not in other_parts
    ]
    is_ranked = any(column.index == by_heading for column in ranked)
    if by_heading is not None and not is_ranked:
        ranked.append(ConsentColumn(by_heading, CREATED_RANK))
    return tuple(ranked)


def has_address(
    headings: Sequence[str], column_overrides: Mapping[str, str]
) -> bool:
    """Return whether a row may be that of headings: one of them is of addresses."""
    names = {_normalize_heading(heading) for heading in headings}
    if column_overrides.get("address"):
        return _normalize_heading(column_overrides["address"]) in names
    return any(map(_is_address_heading, names))


def _is_address_heading(name: str) -> bool:
    return _part_of(name) == "address" or name in FURTHER_ADDRESS_HEADINGS


#: Names of the other three languages that are known best; none writes the month first.
_EUROPEAN = words_of(
    "vorname|nachname|datum|anrede|ort|firma|nombre|apellidos|fecha|correo|prénom|nom"
    "|courriel|e mail adresse|adresse e mail|data|tarih|dato|dátum"
)
_INTERNATIONAL = words_of(
    "email|e mail|name|ad|labels|by|tag|mail address|isim"
)
_EUROPEAN_HEADINGS = _EUROPEAN.union(PART_BY_FURTHER_HEADING) - _INTERNATIONAL


def is_european(headings: Sequence[str]) -> bool:
    """Return whether a sheet is in a language that writes the day before the month."""
    if not all(map(str.isascii, headings)):
        return True
    names = list(map(normalize_words, headings))
    if not _EUROPEAN_HEADINGS.isdisjoint(names):
        return True
    words = " ".join(names).split()
    return not _EUROPEAN.isdisjoint(words)


def _normalize_heading(heading: str) -> str:
    return " ".join(heading.replace("\u00a0", " ").split()).strip().casefold()


def _list_headings(headings: Sequence[str]) -> str:
    return f"found {', '.join(headings) or 'nothing'}"
