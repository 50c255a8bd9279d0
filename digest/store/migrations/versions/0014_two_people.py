"""Folding of addresses: straße@ and strasse@ are two people.

Until now addresses were folded by casefold(), which turns ß into ss. Readers and those who asked
have their address, so they are folded anew. A suppression has the old folding only: it goes on
holding for every address that it may have been made for, and is copied to the new folding of those
we know.
"""

from typing import Any
from unicodedata import normalize

import idna
import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PEOPLE = sa.text(
    "SELECT id, folded, address FROM subscriber WHERE address <> '' ORDER BY id"
)
ASKED = sa.text("SELECT id, folded, address FROM pending ORDER BY id")
COPY = sa.text(
    "INSERT INTO suppression (folded, reason, at, detail, old_folding) "
    "SELECT :new, reason, at, detail, old_folding FROM suppression WHERE folded = :old "
    "ON CONFLICT DO NOTHING"
)
#: Two rows come to be one person's (a domain that stood once in letters, once in ASCII): the first
#: stays a reader unless either left, the second leaves.
LEAVE_BOTH = sa.text(
    "UPDATE subscriber SET left_at = COALESCE(left_at, (SELECT MAX(s.left_at) FROM subscriber s "
    "WHERE s.id = :second)) WHERE id = :first"
)
LEAVE = sa.text(
    "UPDATE subscriber SET left_at = COALESCE(left_at, consent_at) WHERE id = :second"
)
FOLD_PERSON = sa.text("UPDATE subscriber SET folded = :new WHERE id = :id")
FOLD_ASKED = sa.text("UPDATE pending SET folded = :new WHERE id = :id")
FORGET_ASKED = sa.text("DELETE FROM pending WHERE id = :id")


def upgrade() -> None:
    old: sa.Column[bool] = sa.Column(
        "old_folding", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    op.add_column("suppression", old)
    c = op.get_bind()
    c.execute(sa.text("UPDATE suppression SET old_folding = true"))
    people = {row.folded: row for row in c.execute(PEOPLE)}
    for row in list(people.values()):
        new = _fold(row.address)
        if new == row.folded:
            continue
        c.execute(COPY, {"new": new, "old": row.folded})
        if new in people:
            _join(c, people[new], row)
        else:
            c.execute(FOLD_PERSON, {"new": new, "id": row.id})
            people[new] = row
    asked = {row.folded: row for row in c.execute(ASKED)}
    for row in list(asked.values()):
        new = _fold(row.address)
        if new == row.folded:
            continue
        c.execute(COPY, {"new": new, "old": row.folded})
        c.execute(
            FORGET_ASKED if new in asked else FOLD_ASKED,
            {"new": new, "id": row.id},
        )
        asked[new] = row


def _join(c: sa.Connection, one: Any, other: Any) -> None:
    ids = {"first": one.id, "second": other.id}
    c.execute(LEAVE_BOTH, ids)
    c.execute(LEAVE, {"second": other.id})


def _fold(address: str) -> str:
    """Return the folding of version 0014, whatever later ones do."""
    told = address.strip()
    if told.isascii():
        return told.lower()
    local, at, domain = normalize("NFC", told).rpartition("@")
    try:
        host = idna.encode(domain, uts46=True).decode() if at else domain
    except idna.IDNAError:
        host = domain
    return normalize("NFC", f"{local.lower()}{at}{host.lower()}")
