"""Which column of a sheet is what, by the names that programs give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.errors import DigestError

#: Names of columns as mail programs and spreadsheets write them, in lower case.
KNOWN = {
    "address": "address|email|e-mail|email address|e-mail address|mail|e-mail-adresse|correo"
    "|correo electrónico|adresse e-mail|adresse mail|email_address|user email",
    "name": "name|full name|fullname|display name|nombre|nom",
    "first": "first name|firstname|first_name|given name|vorname|nombre de pila|prénom",
    "last": "last name|lastname|last_name|surname|family name|nachname|apellidos|apellido",
    "tags": "tags|tag|labels|groups|etiquetas",
    "consent_source": "consent_source|consent source|source|signup source|optin_source",
    "consent_at": "consent_at|consent date|subscribed at|subscribed_at|created at|created_at"
    "|optin_time|confirm_time|signup date|date added|joined",
    "left_at": "left_at|unsubscribed at|unsubscribed_at|unsub_time|optout_time",
}
NAMES = {name: part for part, names in KNOWN.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column (from 0) holds what; and the names of those that are not read."""

    places: dict[str, int]
    unread: tuple[str, ...] = ()
    headings: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        known = ", ".join(f"{self.headings[n]} is {part}" for part, n in self.places.items())
        left = f"; not read: {', '.join(self.unread)}" if self.unread else ""
        return known + left


def columns(headings: Sequence[str], told: Mapping[str, str], where: str) -> Columns:
    """Return what the columns of a sheet are; `told` names a part's column where a person says so.

    Raises DigestError if there is none of addresses, or one that was told does not exist.
    """
    plain = [" ".join(h.split()).strip().casefold() for h in headings]
    places: dict[str, int] = {}
    for part, name in told.items():
        if part not in KNOWN or name.strip().casefold() not in plain:
            raise DigestError(f"{where}: expected --column {_parts()}=NAME; {_found(headings)}")
        places[part] = plain.index(name.strip().casefold())
    for number, name in enumerate(plain):
        known = NAMES.get(name)
        if known and known not in places and number not in places.values():
            places[known] = number
    if "address" not in places:
        raise DigestError(
            f"{where}: expected a column address (or email); {_found(headings)}; "
            f"--column address=NAME says which it is"
        )
    unread = tuple(h for n, h in enumerate(headings) if n not in places.values())
    return Columns(places, unread, tuple(headings))


def _parts() -> str:
    return "|".join(KNOWN)


def _found(headings: Sequence[str]) -> str:
    return f"found {', '.join(headings) or 'nothing'}"
