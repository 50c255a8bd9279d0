"""Check of a mail in a file: what is decided of its links. Nothing is asked, and nothing stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.collect.mail.articles import name_outlet
from digest.collect.mail.mail_links import decide_links
from digest.collect.mail.mail_message import MailUnreadable, read_mail
from digest.model.mail import LinkKind, MailLink

if TYPE_CHECKING:
    from digest.settings import Outlet


@dataclass(frozen=True, slots=True)
class CheckedMail:
    """A mail in a file, and what is decided of its links."""

    file: Path
    subject: str = ""
    sender: str = ""
    sent: datetime | None = None
    #: each link, with the outlet of an article, "" of any other
    links: list[tuple[MailLink, str]] = field(default_factory=list)
    #: addresses that a collection would ask where they lead
    to_follow: list[str] = field(default_factory=list)
    error: str = ""  #: why it cannot be read


def check_mail(file: Path, outlets: Sequence["Outlet"]) -> CheckedMail:
    """Return what would be taken of the mail in a file. Nothing is raised for one that is broken."""
    try:
        mail = read_mail(file.read_bytes())
    except OSError as error:
        return CheckedMail(file, error=f"it cannot be read ({error.strerror})")
    except MailUnreadable as error:
        return CheckedMail(file, error=str(error))
    decided = decide_links(mail, {})
    links: list[tuple[MailLink, str]] = []
    for link in decided.links:
        outlet = ""
        if link.kind == LinkKind.ARTICLE:
            outlet = name_outlet(link, decided.site_names, outlets)
        links.append((link, outlet))
    return CheckedMail(
        file=file,
        subject=mail.subject,
        sender=mail.sender,
        sent=mail.sent,
        links=links,
        to_follow=decided.to_follow,
    )
