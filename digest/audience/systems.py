"""Systems: recognise whose export a sheet is by its headings, and what is special in each.

To add one: its name, headings that only it has, and, where the general rules of `standing` would
take a column or a word wrongly, what it means. Add an export to tests/cases/subscriber_exports.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.audience.status_headings import Role
from digest.infra.sheets.words import normalize_words, words_of
from digest.model import Standing


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """Meaning of a system's own column, whatever its heading seems to say."""

    role: Role
    excluded_as: Standing = Standing.UNSUBSCRIBED


@dataclass(frozen=True, slots=True)
class System:
    """A system that exports lists of people. Headings and words are as `normalize_words` writes them."""

    name: str
    signs: tuple[str, ...]  #: any of these sets of headings tells it ("a & b")
    columns: Mapping[str, ColumnMeaning] = field(default_factory=dict)
    words: Mapping[str, Standing | None] = field(default_factory=dict)
    #: every column that is not known otherwise is one of a refusal, if TRUE stands there
    has_refusals_elsewhere: bool = False
    #: it knows people, but not whether they agreed to anything
    is_address_book: bool = False

    def is_exporter_of(self, headings: frozenset[str]) -> bool:
        """Return whether it writes such headings (`normalize_words`)."""
        return any(
            headings.issuperset(sign.split(" & ")) for sign in self.signs
        )


_ACTIVE = Standing.ACTIVE
_UNCONFIRMED = Standing.UNCONFIRMED
_UNSUBSCRIBED = Standing.UNSUBSCRIBED
_BLOCKED = Standing.BLOCKED
_BOUNCED = Standing.BOUNCED
_COMPLAINED = Standing.COMPLAINED

_IRRELEVANT = ColumnMeaning(Role.IRRELEVANT)
_STATUS = ColumnMeaning(Role.STATUS)
_BOUNCE_STATUS = ColumnMeaning(Role.STATUS, _BOUNCED)
_BOUNCE = ColumnMeaning(Role.REFUSAL, _BOUNCED)
_BOUNCE_REASON = ColumnMeaning(Role.REFUSAL_REASON, _BOUNCED)
_CONFIRMATION_DATE = ColumnMeaning(Role.CONFIRMATION_DATE, _UNCONFIRMED)

SYSTEMS = (
    System("digest", ("address & consent source & left at",)),
    System("listmonk", ("uuid & email & attributes & status",)),
    System("Ghost", ("subscribed to emails",)),
    System("Substack", ("active subscription & email disabled",)),
    System(
        "Mailchimp",
        ("leid & euid", "member rating & optin ip", "unsub campaign id", "clean campaign id"),
    ),
    System("Action Network", ("can2 subscription status", "can2 user tags")),
    System(
        "Buttondown",
        ("creation date & secondary id & type", "email address & creation date & type"),
        {"type": _STATUS, "unsubscription reason": _IRRELEVANT},
        # The Buttondown enums, SubscriberType: those who pay, or are to pay, read as well.
        dict.fromkeys(("premium", "gifted", "trialed", "churning", "past due", "paid"), _ACTIVE),
    ),
    System(
        "Brevo",
        ("email blocklisted", "email blacklisted & added time", "blacklisted & added time",
         "email & blocklisted & added time", "added time & modified time"),
        {"subscribed": _IRRELEVANT, "email subscribed": _IRRELEVANT},
        {"email marketing": _BLOCKED, "email marketing sms marketing": _BLOCKED,
         "sms marketing email marketing": _BLOCKED, "sms marketing": None},
    ),
    # Kit, "subscriber types": inactive is who has not confirmed; cold is who reads nothing.
    System(
        "Kit",
        ("email address & state & canceled at", "first name & state & created at & attribution"),
        words={"inactive": _UNCONFIRMED, "cold": _ACTIVE},
    ),
    System("Constant Contact", ("email status & email permission status",)),
    System(
        "HubSpot", ("portal unsubscribe & portal bounce",),
        {"portal bounce": _BOUNCE_REASON, "global bounce": _BOUNCE_REASON},
        has_refusals_elsewhere=True,
    ),
    System(
        "HubSpot", ("unsubscribed from all email", "email hard bounce reason"),
        {"marketing contact status": _STATUS},
        {"marketing contact": None},
    ),
    System(
        "CiviCRM",
        ("no bulk emails user opt out", "is opt out & do not email", "contact id & do not email"),
        {"on hold": _BOUNCE},
        {"2": _UNSUBSCRIBED},  # CRM_Core_PseudoConstant emailOnHoldOptions: 1 is a bounce, 2 an opt-out
    ),
    System("Mailjet", ("is excluded from campaigns",)),
    System(
        "SendGrid", ("status & reason & email & created",),
        {"status": _BOUNCE_STATUS, "reason": _IRRELEVANT},
    ),
    System("beehiiv", ("status & subscription tier & created at",)),
    System("NationBuilder", ("nationbuilder id", "email opt in & email1 is bad")),
    System("EveryAction", ("vanid",)),
    System("Salsa", ("supporter id & email status",)),
    System("Keila", ("email & data & status & external id",)),
    System("Klaviyo", ("email marketing consent", "klaviyo id")),
    System("MailPoet", ("list status & global status",), words={"inactive": _ACTIVE}),
    System(
        "The Newsletter Plugin", ("email & status & surname & token",),
        words={"c": _ACTIVE, "s": _UNCONFIRMED, "u": _UNSUBSCRIBED, "b": _BOUNCED,
               "p": _COMPLAINED},
    ),
    System("phpList", ("is this user confirmed & is this user blacklisted",)),
    System("Salesforce", ("email opt out & contact id", "has opted out of email")),
    System(
        "CleverReach", ("registered & activated & deactivated",),
        {"activated": _CONFIRMATION_DATE},
    ),
    System("Sendy", ("name & email & joined & last activity & status",)),
    System("MailerLite", ("status & subscribed & sent & opens & clicks",)),
    System("Campaign Monitor", ("email address & status & date joined & permission to track",)),
    System(
        "Google Groups", ("group status & email status & email preference",),
        {"group status": _STATUS, "email status": _BOUNCE_REASON,
         "posting permissions": _IRRELEVANT,
         "email preference": _STATUS},
        {"email": _ACTIVE, "all email": _ACTIVE, "each email": _ACTIVE, "digest": _ACTIVE,
         "abridged": _ACTIVE, "none": _UNSUBSCRIBED, "member": _ACTIVE, "manager": _ACTIVE,
         "owner": _ACTIVE, "invited": _UNCONFIRMED},
    ),
    System(
        "Groups.io", ("email & email delivery & status",),
        {"email delivery": _STATUS},
        {"each": _ACTIVE, "individual": _ACTIVE, "single": _ACTIVE, "daily": _ACTIVE,
         "digest": _ACTIVE, "daily summary": _ACTIVE, "full featured digest": _ACTIVE,
         "normal": _ACTIVE, "not confirmed": _UNCONFIRMED},
    ),
    System("Google Contacts", ("e mail 1 value",), is_address_book=True),
    System(
        "Outlook",
        ("e mail address & e mail display name", "e mail address & e mail type",
         "e mail adresse & e mail angezeigter name", "e mail adresse & e mail typ",
         "adresse de messagerie & nom complet de l adresse de messagerie",
         "adresse de messagerie & type de messagerie",
         "direccion de correo electronico & tipo de correo electronico",
         "indirizzo posta elettronica & nome visualizzato posta elettronica"),
        is_address_book=True,
    ),
    System(
        "Thunderbird", ("primary email & screen name", "primare e mail adresse & messenger name"),
        is_address_book=True,
    ),
)  # fmt: skip

UNKNOWN_SYSTEM = System("", ())
#: An address book of a program or telephone that is not known: by what only such books keep.
ADDRESS_BOOK = System("an address book", (), is_address_book=True)
ADDRESS_BOOK_HEADINGS = words_of(
    "home phone|mobile phone|business phone|work phone|home fax|business fax|pager|nickname"
    "|birthday|anniversary|spouse|home street|home address|business street|web page"
    "|screen name|car phone|assistant s name|manager s name|mobile|other phone"
    "|company main phone|telefon privat|telefon geschäftlich|mobiltelefon|handy|geburtstag"
    "|spitzname|straße privat|straße geschäftlich|fax geschäftlich|fax privat|webseite"
    "|jahrestag|partner|téléphone domicile|téléphone bureau|tél mobile|anniversaire|surnom"
    "|rue domicile|rue bureau|télécopie bureau|page web|conjoint|teléfono particular"
    "|teléfono del trabajo|teléfono móvil|cumpleaños|apodo|aniversario|página web"
    "|telefono abitazione|telefono ufficio|cellulare|compleanno|soprannome"
)
MIN_BOOK_HEADINGS = 3  #: so many of them make an address book


def system_of(headings: Sequence[str]) -> System:
    """Return the system that writes such headings; UNKNOWN_SYSTEM if none is known to."""
    names = frozenset(map(normalize_words, headings))
    for system in SYSTEMS:
        if system.is_exporter_of(names):
            return system
    if len(names & ADDRESS_BOOK_HEADINGS) >= MIN_BOOK_HEADINGS:
        return ADDRESS_BOOK
    return UNKNOWN_SYSTEM
