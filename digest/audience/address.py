"""Mail addresses: which text is one, and the one inside what a cell of a sheet holds."""

import re
from unicodedata import category, normalize

from email_validator import EmailNotValidError, validate_email

from digest.errors import DigestError

LONGEST = 254  #: characters (RFC 5321, 4.5.3.1.3, less the angle brackets)
#: The addresses of nearly everybody: atoms (RFC 5322, 3.2.3) with dots between, names of hosts by
#: RFC 1123, 2.1. What else may be an address the library looks at, thirty times slower.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
PLAIN = re.compile(
    rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?"
)
LONGEST_LOCAL = 64  #: octets (RFC 5321, 4.5.3.1.1)
#: Between several addresses in one cell: ":::" is Google's, the others are people's.
BETWEEN = re.compile(r" *(?::::|[;,]) *")
NAMED = re.compile(r"[^<>]*<\s*([^<>\s]+)\s*>\s*")
#: What people and programs put around an address; Excel writes ' before text.
QUOTES = "'\"`´‘’‚‛“”„‟«»‹› "
#: The name of a field before the addresses of a message that somebody copied (RFC 5322, 3.6.3).
FIELD = re.compile(
    r"(?i)^\s*(?:to|cc|bcc|an|à|a|para|kopie|blindkopie|cci|cco|ccn)\s*:\s*"
)


def is_address(address: str) -> bool:
    """Say whether something is a mail address."""
    try:
        checked(address)
    except DigestError:
        return False
    return True


def checked(address: str) -> str:
    """Return an address as it may stand in a message. Raises DigestError otherwise.

    Letters of any script may stand before the @ (RFC 6531); a domain's become ASCII (RFC 5891).
    """
    told = address.strip()
    plain = PLAIN.fullmatch(told)
    if plain and len(told) <= LONGEST and len(plain[1]) <= LONGEST_LOCAL:
        return told
    try:
        found = validate_email(
            normalize("NFC", told),
            check_deliverability=False,
            test_environment=True,
            strict=True,
        )
        domain = _as_told(told, found.ascii_domain or "")
        whole = f"{found.local_part}@{domain}"
    except (EmailNotValidError, UnicodeError, ValueError) as e:
        raise _no_address(address, str(e) if "@" in told else "") from None
    if len(whole) > LONGEST or not whole.isprintable():
        raise _no_address(address, "")
    return whole


def addresses_in(cell: str) -> list[str]:
    """Return the addresses that a cell of a sheet may hold, unchecked, the first one first.

    Takes "Ada <ada@example.org>", "mailto:ada@example.org?subject=x", several at once, spaces and
    signs that nobody sees (Unicode categories Cf and Cc, U+00A0), and the wide forms of Asian
    keyboards.
    """
    if PLAIN.fullmatch(cell) and cell[0] != "'":
        return [cell]
    text = visible(cell)
    if not text:
        return []
    parts = [part for part in BETWEEN.split(text) if part]
    found = [one for one in map(_bare, parts) if "@" in one]
    return found or [text]


def mailboxes_in(line: str) -> list[tuple[str, str]]:
    """Return the names and addresses of a line as mail programs write it (RFC 5322, 3.4).

    Takes "Ada Byron <ada@example.org>, "C, Ben" <ben@example.com>; carla@example.net", with the
    name of the field before it or without.
    """
    found = []
    for part in _between_mailboxes(FIELD.sub("", visible(line))):
        address = _bare(part)
        if "@" in address:
            if "<" in part:
                name = part.partition("<")[0].strip(QUOTES)
            else:
                name = ""
            found.append((name.replace('\\"', '"'), address))
        elif part.strip(QUOTES):
            found.append(("", part))
    return found


def _between_mailboxes(line: str) -> list[str]:
    """Return the parts of a line between commas and semicolons outside of quotes and brackets."""
    parts = []
    start = 0
    quoted = False
    bracket = False
    for at, sign in enumerate(line):
        if sign == '"' and line[at - 1 : at] != "\\" and not bracket:
            quoted = not quoted
        elif sign in "<>" and not quoted:
            bracket = sign == "<"
        elif sign in ",;\n" and not quoted and not bracket:
            parts.append(line[start:at])
            start = at + 1
    parts.append(line[start:])
    if quoted:  # a quote that is never closed parts nothing
        return BETWEEN.split(line)
    return [part.strip() for part in parts if part.strip()]


def visible(text: str) -> str:
    """Return text without signs that nobody sees, and with full-width forms made narrow."""
    if text.isascii() and text.isprintable():
        return text.strip()
    narrow = "".join(
        normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text
    )
    kept = (c for c in narrow if c in "\n\t" or category(c) not in {"Cf", "Cc"})
    return "".join(" " if category(c) == "Zs" else c for c in kept).strip()


def _bare(text: str) -> str:
    """Return an address without the name before it, and without mailto: (RFC 6068)."""
    named = NAMED.fullmatch(text.strip(QUOTES))
    if named:
        bare = named[1]
    else:
        bare = text
    if bare[:7].casefold() == "mailto:":
        bare = bare[7:].partition("?")[0]
    return bare.strip(QUOTES)


def _as_told(told: str, domain: str) -> str:
    """Return a domain's ASCII form; letters of ASCII keep their case, as ever."""
    given = told.rpartition("@")[2]
    if given.casefold() == domain:
        return given
    return domain


def _no_address(address: str, why: str) -> DigestError:
    if why:
        reason = f" ({why})"
    else:
        reason = ""
    return DigestError(
        f"expected a mail address such as ada@example.org, found {address!r}{reason}"
    )
