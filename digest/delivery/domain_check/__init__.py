"""Whether mailboxes can trust the sender's domain: SPF, DKIM, DMARC, MX, the unsubscribe host.

What Gmail, Yahoo and Microsoft ask of bulk senders (2024, 2025), each with the record to add.
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from digest.delivery.domain_check.dkim import dkim
from digest.delivery.domain_check.dmarc import dmarc
from digest.delivery.domain_check.return_path import return_path
from digest.delivery.domain_check.spf import spf
from digest.errors import DigestError
from digest.model import Finding, Severity, gravest_first
from digest.ports import Lookup
from digest.settings import Settings

__all__ = ["examine"]

#: Mailbox providers that tell others to refuse mail in their name that they did not send.
FREE = frozenset(
    "gmail.com googlemail.com yahoo.com outlook.com hotmail.com live.com aol.com icloud.com gmx.de "
    "gmx.net web.de proton.me protonmail.com mail.ru yandex.ru".split()
)
GUIDE = "Gmail's and Yahoo's rules for bulk senders (2024)"


def examine(
    settings: Settings, lookup: Lookup, reach: Callable[[str], str]
) -> list[Finding]:
    """Return what is amiss, the gravest first.

    `reach` fetches an address and returns what went wrong, "" if nothing did.
    """
    return gravest_first(_all(settings, lookup, reach))


def _all(
    settings: Settings, lookup: Lookup, reach: Callable[[str], str]
) -> Iterator[Finding]:
    domain = settings.newsletter.sender.address.rpartition("@")[2].lower()
    if domain in FREE:
        yield Finding(
            Severity.MUST,
            domain,
            "the sender's address is of a mailbox provider",
            f"{domain} tells others to refuse mail in its name (DMARC)",
            "send from a domain of your own",
        )
        return
    asking: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: spf(settings, domain, lookup),
        lambda: dkim(settings, domain, lookup),
        lambda: dmarc(settings, domain, lookup),
        lambda: _answers(settings, lookup),
        lambda: return_path(settings, domain, lookup),
    )
    for ask in asking:
        try:
            yield from ask()
        except DigestError as e:
            yield Finding(
                Severity.SHOULD,
                domain,
                str(e),
                "nothing can be said of this part",
                "try again, or name a server: --dns 9.9.9.9",
            )
    yield from _unsubscribing(settings, reach)


def _answers(settings: Settings, lookup: Lookup) -> Iterator[Finding]:
    """Look whether answers, and unsubscribe mails, find somebody (RFC 5321, 5.1)."""
    host = settings.newsletter.reply_to.rpartition("@")[2].lower()
    if not (lookup(host, "MX") or lookup(host, "A") or lookup(host, "AAAA")):
        yield Finding(
            Severity.MUST,
            host,
            f"{host} takes no mail: it has neither MX nor address",
            "answers and unsubscribe requests are lost",
            f"add an MX record to {host}",
        )


def _unsubscribing(
    settings: Settings, reach: Callable[[str], str]
) -> Iterator[Finding]:
    public = settings.newsletter.public_url.rstrip("/")
    if urlsplit(public).scheme != "https":
        yield Finding(
            Severity.MUST,
            public,
            "the unsubscribe address is not https",
            "one-click unsubscribing needs it (RFC 8058, 3.1)",
            "put `digest serve` behind TLS",
        )
    elif problem := reach(f"{public}/u/doctor"):
        yield Finding(
            Severity.MUST,
            public,
            f"the unsubscribe page cannot be reached: {problem}",
            GUIDE,
            "run `digest serve` there, behind TLS",
        )
