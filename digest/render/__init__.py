"""Render: turn an edition into every file of it, once for all recipients.

Input: an edition, its Markdown, the settings and a folder of templates. Output: MJML, the mail's
HTML and text, the page of the archive, and the hash that approval is bound to. Templates are
Jinja; what they give for the mail is MJML, which is compiled to HTML.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from digest.errors import RenderError, UnsuitableImage
from digest.infra.i18n import ReaderLanguage, text_direction
from digest.infra.running_text import close_directions, fold_spaces
from digest.infra.script_language import foreign_direction, foreign_language
from digest.model import (
    ROOT_NEWSLETTER,
    TOKEN_PLACEHOLDER,
    Edition,
    Email,
    Lead,
    Pick,
    Picture,
    RenderedEdition,
    SavedBlock,
)
from digest.render.cadence_words import describe_cadence
from digest.render.context import (
    archive_url,
    attributes_of_english,
    column_width,
    forward_url,
    newsletter_values,
    page_url,
    preferences_url,
    preheader_padding,
    story_urls,
    unsubscribe_url,
    with_counted_links,
    without_counted_links,
    write_date,
)
from digest.render.email import (
    correction_lead,
    email_of,
    leads_or_notice,
    notice_email,
)
from digest.render.front_page import ListedNewsletter, front_page
from digest.render.image_addresses import EditionImages
from digest.render.layouts import LAYOUTS, count_clips
from digest.render.lead_body import (
    Block,
    LeadText,
    body_blocks,
    find_references,
)
from digest.render.lead_html import BodyStyle
from digest.render.mjml import OUTLOOK_NAMESPACE, compile_mjml
from digest.render.notice import (
    CONFIRM,
    GOODBYE,
    NOTICES,
    WELCOME,
    render_notice,
)
from digest.render.our_names import make_name_marker
from digest.render.page import (
    archive_page,
    atom_feed,
    corrected_page,
    old_page,
    picture_keys,
)
from digest.render.section_looks import SectionLooks, show_accounts
from digest.render.shown_blocks import ShownBlocks
from digest.render.story_lines import story_line
from digest.render.templates import (
    find_reader_language,
    make_environment,
    render_line,
    render_template,
)
from digest.render.text_part import tidy_text
from digest.settings import Settings

__all__ = [
    "CONFIRM",
    "GOODBYE",
    "NOTICES",
    "WELCOME",
    "ListedNewsletter",
    "ShownInMail",
    "archive_page",
    "atom_feed",
    "corrected_page",
    "correction_lead",
    "describe_cadence",
    "find_reader_language",
    "front_page",
    "notice_email",
    "old_page",
    "page_url",
    "picture_keys",
    "render_block",
    "render_edition",
    "render_notice",
    "story_urls",
    "subject_line",
    "without_counted_links",
    "write_date",
]


@dataclass(frozen=True, slots=True)
class ShownInMail:
    """A part of a mail alone, and the images of the working folder that it shows."""

    html: str
    pictures: tuple[Picture, ...]


def no_picture(name: str) -> Picture:
    """Raise PictureUnfit: for editions without images."""
    raise UnsuitableImage(f"images/{name}: there are no images here")


def render_edition(
    edition: Edition,
    markdown: str,
    settings: Settings,
    templates: Path,
    picture: Callable[[str], Picture] = no_picture,
    saved_blocks: Sequence[SavedBlock] = (),
) -> RenderedEdition:
    """Render an edition; the same input gives the same bytes.

    `markdown` is the edition's own text; `templates` the folder whose files win over the shipped;
    `picture` finds an image of the working folder by name; `saved_blocks` are those that the edition
    names. Raises RenderError if a template or an image fails, a template leaves a saved block out, or
    the edition holds the mark kept for tokens.
    """
    newsletter = settings.newsletter
    language = edition.language or newsletter.language
    layout = LAYOUTS[newsletter.layout]
    pictures = EditionImages(picture, settings, markdown)
    reader = find_reader_language(language, templates)
    env = make_environment(
        templates, newsletter.key, reader, newsletter.theme.name
    )
    blocks = _shown_blocks(saved_blocks, settings, language, pictures)
    values = _edition_values(edition, settings, reader, pictures, blocks)
    mjml, html = compile_mjml(render_template(env, layout.mail, values))
    blocks.check_template(layout.mail)
    html = with_counted_links(html, edition, settings)
    text = tidy_text(render_template(env, layout.text, values))
    blocks.check_template(layout.text)
    subject = fold_spaces(render_template(env, "subject.txt", values))
    _check_subject(subject)
    letter = email_of(edition.date, settings, subject, html, text)
    page = render_template(env, layout.page, values)
    blocks.check_template(layout.page)
    _check_token(letter, page, preferences_url(settings))
    return RenderedEdition(
        edition=edition,
        mjml=mjml,
        html=html,
        text=text,
        page=page,
        markdown=markdown,
        letter=letter,
        content_hash=_content_hash(letter),
        pictures=pictures.used_images,
        blocks=tuple(saved_blocks),
    )


def render_block(
    block: SavedBlock,
    settings: Settings,
    templates: Path,
    picture: Callable[[str], Picture] = no_picture,
) -> ShownInMail:
    """Render a saved block alone, as it looks in a mail. Raises RenderError."""
    language = settings.newsletter.language
    pictures = EditionImages(picture, settings, "")
    reader = find_reader_language(language, templates)
    env = make_environment(
        templates,
        settings.newsletter.key,
        reader,
        settings.newsletter.theme.name,
    )
    blocks = _shown_blocks([block], settings, language, pictures)
    values = newsletter_values(settings, reader) | {
        "subject": block.title or block.name,
        "preheader": "",
        "preheader_padding": "",
        "top_blocks": blocks.find_blocks([block.name]),
    }
    _, html = compile_mjml(render_template(env, "block_preview.mjml", values))
    return ShownInMail(html, pictures.used_images)


def _check_token(letter: Email, page: str, preferences_address: str) -> None:
    """Refuse the mark for tokens anywhere but in a reader's own links, however it got there."""
    for text in (letter.subject, letter.html, letter.text, page):
        part = text
        for address in (letter.unsubscribe_url, preferences_address):
            part = part.replace(address, "")
        if TOKEN_PLACEHOLDER in part:
            raise RenderError(
                f"the edition's text holds {TOKEN_PLACEHOLDER}, which is reserved for "
                "unsubscribe links; remove it"
            )


def subject_line(template: str, edition: Edition, settings: Settings) -> str:
    """Fill the settings' subject or preheader template from an edition."""
    title = settings.newsletter.title
    picks: list[Pick] = []
    for section in edition.sections:
        picks += section.picks
    headlines = [lead.headline for lead in edition.leads]
    headlines += [pick.headline for pick in picks]
    headlines.append(title)
    values: dict[str, object] = {
        "org": settings.organisation.name,
        "title": title,
        "date": write_date(edition.date, settings.newsletter.language),
        "headline": headlines[0],
        "outlet": picks[0].outlet if picks else "",
    }
    return render_line(template, values)


def _body_style(settings: Settings, language: str) -> BodyStyle:
    theme = settings.newsletter.theme
    return BodyStyle(
        theme.accent,
        text_direction(language),
        column_width(settings),
        theme.quiet,
        theme.rule,
        language,
        theme.serif,
    )


def _shown_blocks(
    saved_blocks: Sequence[SavedBlock],
    settings: Settings,
    language: str,
    pictures: EditionImages,
) -> ShownBlocks:
    style = _body_style(settings, language)

    def read_body(block: SavedBlock) -> tuple[Block, ...]:
        locate = pictures.locator_for(block.source, f"{block.file}, ")
        return body_blocks(block.body, style, locate)

    by_name = {block.name: block for block in saved_blocks}
    return ShownBlocks(by_name, read_body)


def _edition_values(
    edition: Edition,
    settings: Settings,
    reader: ReaderLanguage,
    pictures: EditionImages,
    blocks: ShownBlocks,
) -> dict[str, object]:
    """Return what the templates of an edition may use.

    Those of a public newsletter never get what only an internal one may print, and those of an
    internal one no address of a page, since it has none.
    """
    newsletter = settings.newsletter
    addresses = {
        "page_url": page_url(edition.date, settings),
        "archive_url": archive_url(settings),
    }
    if newsletter.is_internal:
        addresses = dict.fromkeys(addresses, "")
    else:
        edition = edition.without_internal_content()
    style = _body_style(settings, reader.tag)
    written_leads = leads_or_notice(edition, settings, reader)
    references = find_references(lead.body for lead in written_leads)
    leads = [
        _lead_text(lead, references, style, pictures, blocks)
        for lead in written_leads
    ]
    looks = SectionLooks(settings, reader.tag)
    sections = [
        {
            "key": section.key,
            "title": section.title.replace("{org}", settings.organisation.name),
            "style": looks.style_of(section),
            "intro": looks.intro_of(section),
            "picks": [story_line(pick, reader) for pick in section.picks],
            "saved_blocks": blocks.find_blocks(section.blocks_below),
        }
        for section in edition.sections
    ]
    common_values = newsletter_values(settings, reader) | addresses
    subject = close_directions(edition.subject.strip()) or newsletter.title
    return common_values | {
        "subject": subject,
        "preheader": close_directions(edition.preheader),
        "preheader_padding": preheader_padding(edition.preheader),
        "date": write_date(edition.date, reader.tag),
        "isodate": edition.date.isoformat(),
        "unsubscribe_url": unsubscribe_url(settings),
        "picture_url": _first_picture_url(leads) or newsletter.theme.logo,
        "leads": leads,
        "sections": sections,
        "top_blocks": blocks.find_blocks(edition.blocks_on_top),
        "tally": count_clips(edition.sections),
        "social": show_accounts(newsletter.theme, pictures),
        "preferences_url": preferences_url(settings),
        "forward_url": forward_url(subject, addresses["page_url"]),
        "mark_names": make_name_marker(settings.organisation),
        "in_english": attributes_of_english(reader.tag),
    }


def _lead_text(
    lead: Lead,
    references: Mapping[str, object],
    style: BodyStyle,
    pictures: EditionImages,
    blocks: ShownBlocks,
) -> LeadText:
    language = foreign_language(f"{lead.headline} {lead.body}", style.language)
    direction = foreign_direction(lead.headline, style.language)
    if language:
        style = replace(style, language=language)
    if direction:
        style = replace(style, direction=direction)
    body = body_blocks(lead.body, style, pictures.locate_image, references)
    saved_blocks = blocks.find_blocks(lead.blocks_below)
    return LeadText(
        close_directions(lead.headline),
        close_directions(lead.dek),
        body,
        tuple(saved_blocks),
        direction,
        language,
    )


def _first_picture_url(leads: Sequence[LeadText]) -> str:
    """Return the address of the first image: what is shown where the page is shared."""
    for lead in leads:
        for block in lead.blocks:
            if block.image:
                return block.image.src
    return ""


def _check_subject(subject: str) -> None:
    if not subject:
        raise RenderError("templates/subject.txt: it gives an empty subject")


def _content_hash(letter: Email) -> str:
    """Return SHA-256, in hex, of all that a recipient can see.

    That of the root newsletter does not name it, so that older approvals stay good; neither do
    namespaces count, which older versions left out of the mail.
    """
    fields = asdict(letter)
    fields["html"] = OUTLOOK_NAMESPACE.sub("", letter.html)
    if letter.newsletter == ROOT_NEWSLETTER:
        del fields["newsletter"]
    content = json.dumps(
        fields, sort_keys=True, default=str, ensure_ascii=False
    )
    return hashlib.sha256(content.encode()).hexdigest()
