"""What the desk says, in the language of whoever reads: texts, ages, times."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask, request, session
from markupsafe import Markup, escape

from digest.infra.i18n import locale, phrases
from digest.infra.time_format import in_words
from digest.model import PAYWALLED, State

if TYPE_CHECKING:
    from digest.model import Proof
    from digest.services.editing import Find

#: The languages that the desk speaks, each by its own name.
LANGUAGES = {"en": "English", "es": "Español"}
FOLDER = "web/desk/locale"


def language() -> str:
    """Return the language of whoever asks: chosen at the desk, or else their browser's."""
    chosen = session.get("language", "")
    return chosen or request.accept_languages.best_match(LANGUAGES) or "en"


def _(text: str, **values: object) -> str:
    """Return a text in that language, its %(names)s filled in."""
    return phrases(language(), FOLDER).gettext(text) % values


def several(one: str, many: str, n: int) -> str:
    """Return the text for one, or for many, with %(n)s filled in."""
    return phrases(language(), FOLDER).ngettext(one, many, n) % {"n": n}


def add_words(web: Flask, zone: ZoneInfo) -> None:
    """Let templates speak; times are told in the newsletter's zone."""
    web.jinja_env.add_extension("jinja2.ext.i18n")
    web.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: phrases(language(), FOLDER).gettext(text),
        lambda one, many, n: phrases(language(), FOLDER).ngettext(one, many, n),
        newstyle=True,
    )
    web.jinja_env.policies["ext.i18n.trimmed"] = True
    web.jinja_env.filters["day"] = lambda day: format_date(
        day, "long", locale=locale(language())
    )
    web.jinja_env.filters["sentence"] = sentence
    web.jinja_env.filters["carrier"] = carrier
    web.jinja_env.filters["breakable"] = breakable
    web.jinja_env.filters["proof_told"] = proof_told
    web.jinja_env.filters["moment"] = lambda at: moment(at, zone)


def sentence(text: str) -> str:
    """Return a text that begins as a sentence does, unless an address or a quote begins it."""
    first = text.split(" ", 1)[0].rstrip(",;:")
    if first.isalpha():
        return text[:1].upper() + text[1:]
    return text


def carrier(transport: str) -> str:
    """Words for what carries the mail; `transport` is the setting delivery.transport."""
    names = {
        "smtp": _("the mail server (SMTP)"),
        "sendgrid": "SendGrid",
        "outbox": _("the outbox"),
    }
    return names.get(transport, transport)


def breakable(address: str) -> Markup:
    """Markup of a mail address that a narrow page breaks before "<", and at "@" and ".", first."""
    text = str(escape(address))
    for mark in ("@", "."):
        text = text.replace(mark, f"<wbr>{mark}")
    return Markup(text)  # noqa: S704 (escaped above)


def proof_told(proof: "Proof") -> str:
    """A sentence on where an edition's readers stand; its numbers add up to the first."""
    n = proof.number
    told = {
        State.ACCEPTED: several(
            "%(n)s accepted for delivery",
            "%(n)s accepted for delivery",
            n(State.ACCEPTED),
        ),
        State.CLAIMED: several(
            "%(n)s being handed over", "%(n)s being handed over", n(State.CLAIMED)
        ),
        State.QUEUED: several(
            "%(n)s still waiting", "%(n)s still waiting", n(State.QUEUED)
        ),
        State.EXCLUDED: several("%(n)s left out", "%(n)s left out", n(State.EXCLUDED)),
        State.UNCERTAIN: several(
            "%(n)s uncertain (nobody can say yet whether they got it)",
            "%(n)s uncertain (nobody can say yet whether they got it)",
            n(State.UNCERTAIN),
        ),
    }
    parts = [
        text for state, text in told.items() if n(state) or state == State.ACCEPTED
    ]
    return (
        several("%(n)s reader", "%(n)s readers", proof.planned)
        + ": "
        + ", ".join(parts)
    )


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a time as people write it, with its zone."""
    return in_words(at, zone, locale(language()))


def highlighted(find: "Find") -> Markup:
    """Return the sentence that proves it, with the name marked."""
    proof = find.judged.proof
    if proof is None:
        return Markup("")
    at = proof.sentence.casefold().find(proof.name.casefold())
    if at < 0:
        return escape(proof.sentence)
    end = at + len(proof.name)
    before = proof.sentence[:at]
    name = proof.sentence[at:end]
    behind = proof.sentence[end:]
    return (
        escape(before)
        + Markup("<mark>")
        + escape(name)
        + Markup("</mark>")
        + escape(behind)
    )


def age(then: datetime | None, now: datetime) -> str:
    """Say how old something is."""
    if then is None:
        return _("undated")
    hours = round((now - then).total_seconds() / 3600)
    if hours < 0:
        return _("dated in the future")
    if hours < 48:
        return several("%(n)s hour old", "%(n)s hours old", hours)
    return several("%(n)s day old", "%(n)s days old", round(hours / 24))


def marks(find: "Find", walls: Collection[str]) -> Iterator[str]:
    """Yield in a word or two what an editor should know of a find; `walls`: outlets with one."""
    a = find.article
    yield from [_("paywall")] if a.outlet in walls or a.unread in PAYWALLED else []
    yield from [a.label] if a.label else []
    yield from [_("unread: %(why)s", why=a.unread)] if a.unread else []
    said_by_age = find.aside == "undated" or age(a.published, find.now) == _(
        "dated in the future"
    )
    if said_by_age or find.aside == a.unread:
        aside = ""
    else:
        aside = find.aside
    yield from [aside] if aside else []
    if find.story.ran:
        yield _("ran on %(day)s", day=_day(find.story.ran))
    if find.story.followed:
        yield _("follows up %(day)s", day=_day(find.story.followed))
    others = {j.article.outlet for j in find.story.articles} - {a.outlet}
    yield from [_("also in %(n)s", n=len(others))] if others else []
    yield from (_("ran first as “%(title)s”", title=title) for title in find.earlier)


def _day(day: date) -> str:
    return str(format_date(day, "medium", locale=locale(language())))
