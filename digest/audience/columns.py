"""Which column of a sheet is what, by the names that programs give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.audience import vocabulary
from digest.audience.consent import by_rank
from digest.audience.status_words import plain, words_of
from digest.errors import DigestError

#: Names of columns as mail programs and spreadsheets write them, in lower case.
KNOWN = {
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
}
NAMES = {
    name: part for part, names in KNOWN.items() for name in names.split("|") if name
}
#: Names in further languages, as `plain` writes them.
FURTHER_NAMES = {
    name: part
    for part, names in (
        ("tags", vocabulary.TAGS),
        ("last", vocabulary.LAST_NAMES),
        ("first", vocabulary.FIRST_NAMES),
        ("name", vocabulary.NAMES),
        ("address", vocabulary.ADDRESSES),
    )
    for name in words_of(names)
}
#: "nome" is the whole name, or, beside the family's, the first one.
EITHER_NAMES = words_of(
    "name|nombre|nome|nom|naam|navn|namn|ime|όνομα|имя|név|meno|ad|adı|imię"
)
#: Further columns of addresses, looked at where the first is empty.
FURTHER = frozenset(
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
    """Which column (from 0) holds what; and the names of those that are not read."""

    places: dict[str, int]
    unread: tuple[str, ...] = ()
    headings: tuple[str, ...] = field(default=())
    further: tuple[int, ...] = ()  #: columns of further addresses
    #: whether the file has headings; else they are "column 1" and so on
    headed: bool = True
    spread: bool = False  #: whether each cell is an address of another person
    #: Columns that may say when somebody agreed, and their ranks (`consent_rank`).
    consents: tuple[tuple[int, float], ...] = ()

    def __str__(self) -> str:
        known = ", ".join(
            f"{self.headings[n]} is {part}" for part, n in self.places.items()
        )
        more = "".join(f", {self.headings[n]} is address too" for n in self.further)
        if self.unread:
            left = f"; not read: {', '.join(self.unread)}"
        else:
            left = ""
        return known + more + left


def columns(headings: Sequence[str], told: Mapping[str, str], where: str) -> Columns:
    """Return what the columns of a sheet are; `told` names a part's column where a person says so.

    Raises DigestError if there is none of addresses, or one that was told does not exist.
    """
    names = [_plain(h) for h in headings]
    places: dict[str, int] = {}
    for part, name in told.items():
        if part not in KNOWN or _plain(name) not in names:
            raise DigestError(
                f"{where}: expected --column {_parts()}=NAME; {_found(headings)}"
            )
        places[part] = names.index(_plain(name))
    _find_parts(names, places)
    further = tuple(
        n
        for n, name in enumerate(names)
        if name in FURTHER and n not in places.values()
    )
    if "address" not in places and further:
        places["address"] = further[0]
        further = further[1:]
    if "address" not in places:
        raise DigestError(
            f"{where}: expected a column address (or email); {_found(headings)}; "
            f"--column address=NAME says which it is"
        )
    _part_names(names, places)
    consents = _consents(headings, places, told)
    if "consent_at" not in told:
        places.pop("consent_at", None)  # the survey says which, by what the cells hold
    read = {*places.values(), *further}
    unread = tuple(h for n, h in enumerate(headings) if n not in read and h)
    return Columns(places, unread, tuple(headings), further, consents=consents)


def _find_parts(names: Sequence[str], places: dict[str, int]) -> None:
    """Find the columns of parts that no person has named, the first one of each."""
    for number, name in enumerate(names):
        known = _part_of(name)
        if (
            known == "name"
            and name == "nom"
            and "first" in (NAMES.get(n) for n in names)
        ):
            known = "last"  # beside "Prénom" it is the family's
        if known and known not in places and number not in places.values():
            places[known] = number


def _part_names(names: Sequence[str], places: dict[str, int]) -> None:
    """Take "Nome" for the first name where the family's has a column of its own."""
    whole = places.get("name")
    if whole is None or "last" not in places or "first" in places:
        return
    if plain(names[whole]) in EITHER_NAMES:
        places["first"] = places.pop("name")


def _part_of(name: str) -> str | None:
    """Return which part of a person a column is by its name; None if none is known to."""
    known = NAMES.get(name)
    if known is not None:
        return known
    return FURTHER_NAMES.get(plain(name))


def _consents(
    headings: Sequence[str], places: Mapping[str, int], told: Mapping[str, str]
) -> tuple[tuple[int, float], ...]:
    """Return the columns that may say when somebody agreed; only that which a person has named."""
    if "consent_at" in told:
        return ((places["consent_at"], 1),)
    taken = {place for part, place in places.items() if part != "consent_at"}
    found = [(place, rank) for place, rank in by_rank(headings) if place not in taken]
    known = places.get("consent_at")
    if known is not None and known not in dict(found):
        found.append((known, 3))
    return tuple(found)


def has_address(headings: Sequence[str], told: Mapping[str, str]) -> bool:
    """Say whether a row may be that of headings: one of them is of addresses."""
    names = {_plain(h) for h in headings}
    if told.get("address"):
        return _plain(told["address"]) in names
    return any(_part_of(name) == "address" or name in FURTHER for name in names)


#: Names of the other three languages that are known best; none writes the month first.
_EUROPEAN = words_of(
    "vorname|nachname|datum|anrede|ort|firma|nombre|apellidos|fecha|correo|prénom|nom"
    "|courriel|e mail adresse|adresse e mail|data|tarih|dato|dátum"
)
_INTERNATIONAL = words_of("email|e mail|name|ad|labels|by|tag|mail address|isim")


def is_european(headings: Sequence[str]) -> bool:
    """Say whether a sheet is in a language that writes the day before the month."""
    names = {plain(heading) for heading in headings}
    foreign = names & (FURTHER_NAMES.keys() | _EUROPEAN) - _INTERNATIONAL
    letters = any(not heading.isascii() for heading in headings)
    stems = any(set(name.split()) & _EUROPEAN for name in names)
    return bool(foreign) or letters or stems


def _plain(heading: str) -> str:
    return " ".join(heading.replace("\u00a0", " ").split()).strip().casefold()


def _parts() -> str:
    return "|".join(KNOWN)


def _found(headings: Sequence[str]) -> str:
    return f"found {', '.join(headings) or 'nothing'}"
