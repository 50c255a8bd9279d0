"""Domain check: SPF, DKIM, DMARC, MX and the unsubscribe host of the sender's domain.

The rules are those of Gmail, Yahoo and Microsoft for bulk senders (2024, 2025). Each finding names
the record to add.
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from digest.delivery.domain_check.dkim_record import check_dkim
from digest.delivery.domain_check.dmarc_record import check_dmarc
from digest.delivery.domain_check.dns import takes_mail
from digest.delivery.domain_check.return_path_record import check_return_path
from digest.delivery.domain_check.spf_record import check_spf
from digest.errors import DigestError
from digest.model import Finding, Severity, gravest_first
from digest.ports import Lookup
from digest.settings import Settings

__all__ = ["check_domain"]

#: Mailbox providers that tell others to refuse mail in their name that they did not send.
MAILBOX_PROVIDERS = frozenset(
    "gmail.com googlemail.com yahoo.com outlook.com hotmail.com live.com aol.com icloud.com gmx.de "
    "gmx.net web.de proton.me protonmail.com mail.ru yandex.ru".split()
)
GUIDE = "Gmail's and Yahoo's rules for bulk senders (2024)"


def check_domain(
    settings: Settings, lookup: Lookup, reach: Callable[[str], str]
) -> list[Finding]:
    """Return the problems of the sender's domain, the gravest first.

    `reach` fetches an address and returns what went wrong, "" if nothing did.
    """
    return gravest_first(_find_problems(settings, lookup, reach))


def _find_problems(
    settings: Settings, lookup: Lookup, reach: Callable[[str], str]
) -> Iterator[Finding]:
    domain = settings.newsletter.sender.address.rpartition("@")[2].lower()
    if domain in MAILBOX_PROVIDERS:
        yield Finding(
            Severity.MUST,
            domain,
            "the sender's address is at a mailbox provider",
            f"{domain} tells receivers to refuse mail from other servers (DMARC)",
            "send from a domain of your own",
        )
        return
    for check in DNS_CHECKS:
        try:
            yield from check(settings, domain, lookup)
        except DigestError as error:
            yield Finding(
                Severity.SHOULD,
                domain,
                str(error),
                "this part could not be checked",
                "try again, or name a server: --dns 9.9.9.9",
            )
    yield from _check_unsubscribe_page(settings, reach)


def _check_reply_address(
    settings: Settings, _domain: str, lookup: Lookup
) -> Iterator[Finding]:
    """Check that answers and unsubscribe mails find a mail server (RFC 5321, 5.1)."""
    host = settings.newsletter.reply_to.rpartition("@")[2].lower()
    if not takes_mail(host, lookup):
        yield Finding(
            Severity.MUST,
            host,
            f"{host} cannot receive mail: it has neither an MX record nor an address",
            "answers and unsubscribe requests are lost",
            f"add an MX record to {host}",
        )


def _check_unsubscribe_page(
    settings: Settings, reach: Callable[[str], str]
) -> Iterator[Finding]:
    public_url = settings.newsletter.public_url.rstrip("/")
    if urlsplit(public_url).scheme != "https":
        yield Finding(
            Severity.MUST,
            public_url,
            "the unsubscribe address is not https",
            "one-click unsubscribing needs it (RFC 8058, 3.1)",
            "put `digest serve` behind TLS",
        )
        return
    problem = reach(f"{public_url}/u/doctor")
    if problem:
        yield Finding(
            Severity.MUST,
            public_url,
            f"the unsubscribe page cannot be reached: {problem}",
            GUIDE,
            "run `digest serve` there, behind TLS",
        )


#: Every check that asks the DNS. One that gets no answer does not keep the others from running.
DNS_CHECKS: tuple[Callable[[Settings, str, Lookup], Iterator[Finding]], ...] = (
    check_spf,
    check_dkim,
    check_dmarc,
    _check_reply_address,
    check_return_path,
)
