"""An edition to every file of it, rendered once for all recipients.

edition + templates | Jinja | MJML | mail, text, page, hash
"""

import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path

from digest.errors import RenderError
from digest.model import TOKEN, Build, Edition, Letter
from digest.render.archive import archive_page, atom_feed
from digest.render.body import blocks
from digest.render.env import check_tags, environment, render, render_line
from digest.render.mjml import compile_mjml
from digest.render.values import archive_url, common, page_url, say
from digest.settings import Settings

__all__ = ["archive_page", "atom_feed", "build", "say", "subject_line"]


def build(edition: Edition, markdown: str, settings: Settings, templates: Path) -> Build:
    """Render an edition; the same input gives the same bytes.

    `markdown` is the edition's own text; `templates` the folder whose files win over the shipped.
    Raises RenderError if a template fails or the edition holds the mark kept for tokens.
    """
    if TOKEN in markdown:
        raise RenderError(f"the edition's text holds {TOKEN}, which is kept for unsubscribe links")
    env, values = environment(templates), _values(edition, settings)
    mjml = render(env, "edition.mjml", values)
    check_tags(env, mjml)
    html, text = compile_mjml(mjml), _text(render(env, "edition.txt", values))
    letter = _letter(edition, settings, html, text)
    return Build(
        edition=edition,
        mjml=mjml,
        html=html,
        text=text,
        page=render(env, "page.html", values),
        markdown=markdown,
        letter=letter,
        content_hash=_hash(letter),
    )


def subject_line(template: str, edition: Edition, settings: Settings) -> str:
    """Fill the settings' subject or preheader template from an edition."""
    headlines = [lead.headline for lead in edition.leads]
    picks = [p for s in edition.sections for p in s.picks]
    values: dict[str, object] = {
        "org": settings.organisation.name,
        "title": settings.newsletter.title,
        "date": say(edition.date, settings.newsletter.language),
        "headline": next(iter(headlines + [p.headline for p in picks]), settings.newsletter.title),
        "outlet": picks[0].outlet if picks else "",
    }
    return render_line(template, values)


def _values(edition: Edition, settings: Settings) -> dict[str, object]:
    org, day = settings.organisation.name, edition.date
    accent = settings.newsletter.theme.accent
    return common(settings) | {
        "subject": edition.subject or settings.newsletter.title,
        "preheader": edition.preheader,
        "date": say(day, settings.newsletter.language),
        "isodate": day.isoformat(),
        "page_url": page_url(day, settings),
        "unsubscribe_url": _unsubscribe_url(settings),
        "leads": [
            {"headline": le.headline, "dek": le.dek, "blocks": blocks(le.body, accent)}
            for le in edition.leads
        ],
        "sections": [
            {"key": s.key, "title": s.title.replace("{org}", org), "picks": s.picks}
            for s in edition.sections
        ],
    }


def _text(rendered: str) -> str:
    """Allow two blank lines at most and no space at a line's end."""
    lines = "\n".join(line.rstrip() for line in rendered.split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", lines).strip("\n") + "\n"


def _letter(edition: Edition, settings: Settings, html: str, text: str) -> Letter:
    news = settings.newsletter
    domain = news.sender.address.rpartition("@")[2]
    slug = re.sub(r"[^a-z0-9]+", "-", news.title.lower()).strip("-") or "newsletter"
    return Letter(
        edition=edition.date,
        sender_name=news.sender.name,
        sender_address=news.sender.address,
        reply_to=news.reply_to,
        subject=edition.subject or news.title,
        html=html,
        text=text,
        list_id=f"{slug}.{domain}",
        unsubscribe_url=_unsubscribe_url(settings),
        unsubscribe_mail=news.reply_to,
        organisation=settings.organisation.name,
    )


def _unsubscribe_url(settings: Settings) -> str:
    return f"{archive_url(settings)}u/{TOKEN}"


def _hash(letter: Letter) -> str:
    said = json.dumps(asdict(letter), sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()
