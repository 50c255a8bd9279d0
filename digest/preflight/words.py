"""Words of an edition: subject, preview line, placeholders, names, empty places."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from digest.model import Finding, Lead, RenderedEdition, Severity
from digest.preflight.line_finder import line_of
from digest.preflight.placeholders import check_placeholders
from digest.settings import Settings

#: Past these, phones cut the line off (Litmus, “The ultimate guide to preview text”, 2023).
MAX_SUBJECT_LENGTH = 70
MAX_PREHEADER_LENGTH = 130
MAX_HEADLINE_LENGTH = 120
MIN_PREHEADER_LENGTH = 30
#: A name this like one of ours is one of ours, misspelt.
MIN_LIKENESS = 0.84

_LINK = re.compile(r"\]\(|\]\[|https?://|www\.|@\w")
_FALSE_REPLY = re.compile(r"^\s*(?:re|fw|fwd)\s*:", re.IGNORECASE)
_CAPITALISED_RUN = re.compile(r"\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+")


def check_words(
    built: RenderedEdition, settings: Settings
) -> Iterator[Finding]:
    """Yield what is odd about the words of an edition."""
    yield from _check_subject(built)
    yield from _check_preheader(built)
    yield from check_placeholders(built, settings)
    yield from _check_names(built, settings)
    for lead in built.edition.leads:
        yield from _check_lead(built, lead)


def _check_subject(built: RenderedEdition) -> Iterator[Finding]:
    subject = built.edition.subject
    where = line_of(built, "subject:")
    if not subject.strip():
        yield Finding(
            Severity.MUST,
            where,
            "the subject is empty",
            "the newsletter's title would run instead, the same every week",
            "write one after `subject:`",
        )
    if len(subject) > MAX_SUBJECT_LENGTH:
        yield Finding(
            Severity.SHOULD,
            where,
            f"the subject has {len(subject)} characters",
            f"phones show about 40 and desktops {MAX_SUBJECT_LENGTH} (Litmus)",
            "shorten it",
        )
    if subject.isupper() and len(subject) > 3:
        yield Finding(
            Severity.SHOULD,
            where,
            "the subject is all in capitals",
            "it reads as shouting, and SpamAssassin counts it (SUBJ_ALL_CAPS)",
            "write it as a sentence",
        )
    if "!!" in subject or subject.count("!") > 1:
        yield Finding(
            Severity.SHOULD,
            where,
            "the subject has several exclamation marks",
            "readers and filters take it for advertising",
            "leave one at the most",
        )
    if _FALSE_REPLY.match(subject):
        yield Finding(
            Severity.MUST,
            where,
            f"the subject begins with {subject.split(':')[0]}:",
            "a subject that feigns a reply deceives (CAN-SPAM, 15 U.S.C. 7704(a)(2))",
            "take it off",
        )


def _check_preheader(built: RenderedEdition) -> Iterator[Finding]:
    text = built.edition.preheader
    where = line_of(built, "preheader:")
    if not text:
        yield Finding(
            Severity.SHOULD,
            where,
            "there is no preview line",
            "mailboxes then show the first words of the mail, the newsletter's title once more",
            "write one after `preheader:`",
        )
    elif text == built.edition.subject:
        yield Finding(
            Severity.SHOULD,
            where,
            "the preview line repeats the subject",
            "both stand side by side in the mailbox",
            "say what else is in the edition",
        )
    elif not MIN_PREHEADER_LENGTH <= len(text) <= MAX_PREHEADER_LENGTH:
        yield Finding(
            Severity.MAY,
            where,
            f"the preview line has {len(text)} characters",
            f"mailboxes show {MIN_PREHEADER_LENGTH} to {MAX_PREHEADER_LENGTH} (Litmus)",
            "fit it to that",
        )


def _check_names(
    built: RenderedEdition, settings: Settings
) -> Iterator[Finding]:
    """Find names that are nearly those of the settings."""
    organisation = settings.organisation
    names = [
        name
        for name in (organisation.name, *organisation.people)
        if " " in name
    ]
    reported: set[str] = set()
    texts = [built.markdown, *(block.source for block in built.blocks)]
    for match in _CAPITALISED_RUN.finditer("\n".join(texts)):
        for name in names:
            misspelt = _find_misspelling(match[0], name)
            if not misspelt or misspelt in reported:
                continue
            if any(misspelt in other for other in names):
                continue  # it is part of another name
            reported.add(misspelt)
            yield Finding(
                Severity.SHOULD,
                line_of(built, misspelt),
                f"“{misspelt}” is nearly “{name}”",
                "feeds.yaml spells it so",
                f"write “{name}”, or leave it if it is somebody else",
            )


def _find_misspelling(run: str, name: str) -> str:
    """Return the words of a capitalised run that are a name with a slip; "" if none are."""
    words = run.removesuffix("’s").removesuffix("'s").split()
    size = len(name.split())
    for start in range(len(words) - size + 1):
        candidate = " ".join(words[start : start + size])
        if candidate.lower() == name.lower():
            continue
        likeness = SequenceMatcher(
            None, candidate.lower(), name.lower()
        ).ratio()
        if likeness >= MIN_LIKENESS:
            return candidate
    return ""


def _check_lead(built: RenderedEdition, lead: Lead) -> Iterator[Finding]:
    where = line_of(built, lead.headline)
    if len(lead.headline) > MAX_HEADLINE_LENGTH:
        yield Finding(
            Severity.MAY,
            where,
            f"a headline of {len(lead.headline)} characters",
            "it fills a phone's screen",
            "shorten it",
        )
    if not lead.body.strip():
        yield Finding(
            Severity.SHOULD,
            where,
            "a lead without a text",
            "only its headline would run",
            "write it",
        )
    elif not _LINK.search(lead.body):
        yield Finding(
            Severity.MAY,
            where,
            "a lead without a link",
            "readers find nothing more to read",
            "link to the source, or add a button: [Learn more](https://…){.button}",
        )
