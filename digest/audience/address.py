"""Mail addresses: validate them, and extract them from cells and lines of text.

Input is text as people and programs write it. Output is addresses that are valid in a message;
DigestError says what was expected. Sources: RFC 5321 (lengths), RFC 5322 (syntax), RFC 5891
(domains), RFC 6068 (mailto:), RFC 6531 (letters of any script).
"""

import re
from dataclasses import dataclass
from unicodedata import category, normalize

from email_validator import EmailNotValidError, validate_email

from digest.errors import DigestError

MAX_LENGTH = 254  #: characters (RFC 5321, 4.5.3.1.3, less the angle brackets)
MAX_LOCAL_LENGTH = 64  #: octets before the @ (RFC 5321, 4.5.3.1.1)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: The form of nearly all addresses: atoms (RFC 5322, 3.2.3) with dots between, and a host name
#: (RFC 1123, 2.1). Other forms are left to the library, which is thirty times slower.
PLAIN_ADDRESS = re.compile(
    rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?"
)
#: Between several addresses in one cell: ":::" is Google's, the others are people's.
ADDRESS_SEPARATOR = re.compile(r" *(?::::|[;,]) *")
NAME_AND_ADDRESS = re.compile(r"[^<>]*<\s*([^<>\s]+)\s*>\s*")
MAILTO = "mailto:"
#: What people and programs put around an address; Excel writes ' before text.
QUOTE_SIGNS = "'\"`´‘’‚‛“”„‟«»‹› "
#: The name of a field before the addresses of a message that somebody copied (RFC 5322, 3.6.3).
FIELD_NAME = re.compile(
    r"(?i)^\s*(?:to|cc|bcc|an|à|a|para|kopie|blindkopie|cci|cco|ccn)\s*:\s*"
)
#: Unicode: format and control characters
INVISIBLE_CATEGORIES = frozenset({"Cf", "Cc"})


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and the name before it (RFC 5322, 3.4). Neither is validated."""

    name: str  #: "" if none is given
    address: str


def is_address(address: str) -> bool:
    """Return whether something is a mail address."""
    try:
        validate_address(address)
    except DigestError:
        return False
    return True


def validate_address(address: str) -> str:
    """Return a valid mail address, normalised. Raises DigestError if it is none.

    Letters of any script are allowed before the @ (RFC 6531); a domain becomes ASCII (RFC 5891).
    """
    text = address.strip()
    match = PLAIN_ADDRESS.fullmatch(text)
    if match and len(text) <= MAX_LENGTH and len(match[1]) <= MAX_LOCAL_LENGTH:
        return text
    try:
        validated = validate_email(
            normalize("NFC", text),
            check_deliverability=False,
            test_environment=True,
            strict=True,
        )
    except (EmailNotValidError, UnicodeError, ValueError) as error:
        reason = str(error) if "@" in text else ""
        raise _invalid_address(address, reason) from None
    domain = _domain_as_written(text, validated.ascii_domain or "")
    normalized = f"{validated.local_part}@{domain}"
    if len(normalized) > MAX_LENGTH or not normalized.isprintable():
        raise _invalid_address(address, "")
    return normalized


def addresses_in(cell: str) -> list[str]:
    """Return the addresses that a cell of a sheet may hold, unvalidated, the first one first.

    Takes "Ada <ada@example.org>", "mailto:ada@example.org?subject=x", several at once, spaces and
    characters that nobody sees (Unicode categories Cf and Cc, U+00A0), and the wide forms of Asian
    keyboards. A cell without any @ is returned as it is, for the error message to show it.
    """
    if PLAIN_ADDRESS.fullmatch(cell) and cell[0] != "'":
        return [cell]
    text = visible_text(cell)
    if not text:
        return []
    parts = [_strip_to_address(part) for part in ADDRESS_SEPARATOR.split(text)]
    addresses = [part for part in parts if "@" in part]
    return addresses or [text]


def mailboxes_in(line: str) -> list[Mailbox]:
    """Return the names and addresses of a line as mail programs write it (RFC 5322, 3.4).

    Takes "Ada Byron <ada@example.org>, "C, Ben" <ben@example.com>; carla@example.net", with the
    name of the field before it or without.
    """
    mailboxes = []
    for part in _split_mailboxes(FIELD_NAME.sub("", visible_text(line))):
        address = _strip_to_address(part)
        if "@" in address:
            mailboxes.append(Mailbox(_name_before_address(part), address))
        elif part.strip(QUOTE_SIGNS):
            mailboxes.append(Mailbox("", part))
    return mailboxes


def _name_before_address(text: str) -> str:
    name, bracket, _ = text.partition("<")
    if not bracket:
        return ""
    return name.strip(QUOTE_SIGNS).replace('\\"', '"')


def _split_mailboxes(line: str) -> list[str]:
    """Split a line at commas and semicolons outside of quotes and brackets."""
    parts = []
    start = 0
    in_quotes = False
    in_brackets = False
    for position, character in enumerate(line):
        if character == '"':
            is_escaped = line[position - 1 : position] == "\\"
            if not is_escaped and not in_brackets:
                in_quotes = not in_quotes
        elif in_quotes:
            continue
        elif character in "<>":
            in_brackets = character == "<"
        elif character in ",;\n" and not in_brackets:
            parts.append(line[start:position])
            start = position + 1
    parts.append(line[start:])
    if in_quotes:  # a quote that is never closed protects nothing
        return ADDRESS_SEPARATOR.split(line)
    return [part.strip() for part in parts if part.strip()]


def visible_text(text: str) -> str:
    """Return text without characters that nobody sees, and with full-width forms made narrow."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return "".join(map(_visible_form, text)).strip()


def _visible_form(character: str) -> str:
    if "\uff01" <= character <= "\uff5e":
        return normalize("NFKC", character)
    if character in "\n\t":
        return character
    character_category = category(character)
    if character_category in INVISIBLE_CATEGORIES:
        return ""
    if character_category == "Zs":
        return " "
    return character


def _strip_to_address(text: str) -> str:
    """Return an address without the name before it, and without mailto: (RFC 6068)."""
    match = NAME_AND_ADDRESS.fullmatch(text.strip(QUOTE_SIGNS))
    address = match[1] if match else text
    if address[: len(MAILTO)].casefold() == MAILTO:
        address = address[len(MAILTO) :].partition("?")[0]
    return address.strip(QUOTE_SIGNS)


def _domain_as_written(address: str, ascii_domain: str) -> str:
    """Return the ASCII form of an address' domain; one that is ASCII already keeps its case."""
    written = address.rpartition("@")[2]
    if written.casefold() == ascii_domain:
        return written
    return ascii_domain


def _invalid_address(address: str, reason: str) -> DigestError:
    explanation = f" ({reason})" if reason else ""
    return DigestError(
        f"expected a mail address such as ada@example.org, found {address!r}{explanation}"
    )
