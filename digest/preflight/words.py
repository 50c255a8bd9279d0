"""What an edition says: subject, preview line, placeholders, names, empty places."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from digest.model import Build, Finding, Lead, Severity
from digest.preflight.line_numbers import line
from digest.settings import Settings

#: Past these, phones cut the line off (Litmus, “The ultimate guide to preview text”, 2023).
LONG_SUBJECT = 70
LONG_PREHEADER = 130
LONG_HEADLINE = 120
SHORT_PREHEADER = 30
#: A name this like one of ours is one of ours, misspelt.
ALIKE = 0.84

_PLACEHOLDER = re.compile(
    r"\bTK\b|\bTKTK\b|\bTBD\b|\bTODO\b|\bFIXME\b|\bXX+\b|\blorem ipsum\b"
    r"|\[(?:link|date|name|insert)\b[^\]]*\](?!\()"
    r"|\b(?:insert|add) (?:link|quote|headline|text) here\b|\bHeadline goes here\b",
    re.IGNORECASE,
)
_TK = re.compile(r"\b(?:TK|TKTK|TBD|XX+)\b")
_MARKS = re.compile(r"\{\{|\}\}|\{%|%\}|\*\|\w+\|\*|%%\w+%%|<%|%>")
_FALSE_REPLY = re.compile(r"^\s*(?:re|fw|fwd)\s*:", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)+")


def words(built: Build, settings: Settings) -> Iterator[Finding]:
    """Yield what is odd about the words of an edition."""
    yield from _subject(built)
    yield from _preheader(built)
    yield from _placeholders(built)
    yield from _names(built, settings)
    for lead in built.edition.leads:
        yield from _lead(built, lead)


def _subject(built: Build) -> Iterator[Finding]:
    subject = built.edition.subject
    where = line(built, "subject:")
    if not subject.strip():
        yield Finding(
            Severity.MUST,
            where,
            "the subject is empty",
            "the newsletter's title would run instead, the same every week",
            "write one after `subject:`",
        )
    if len(subject) > LONG_SUBJECT:
        yield Finding(
            Severity.SHOULD,
            where,
            f"the subject has {len(subject)} characters",
            f"phones show about 40 and desktops {LONG_SUBJECT} (Litmus)",
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


def _preheader(built: Build) -> Iterator[Finding]:
    text = built.edition.preheader
    where = line(built, "preheader:")
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
    elif not SHORT_PREHEADER <= len(text) <= LONG_PREHEADER:
        yield Finding(
            Severity.MAY,
            where,
            f"the preview line has {len(text)} characters",
            f"mailboxes show {SHORT_PREHEADER} to {LONG_PREHEADER} (Litmus)",
            "fit it to that",
        )


def _placeholders(built: Build) -> Iterator[Finding]:
    for number, text in enumerate(built.markdown.split("\n"), 1):
        left = _PLACEHOLDER.search(text)
        if left and (left[0].islower() or _TK.search(text) or not left[0].isalpha()):
            yield Finding(
                Severity.MUST,
                f"line {number}",
                f"“{left[0]}” stands for something still to come",
                "readers would see it",
                "write what belongs there",
            )
        elif mark := _MARKS.search(text):
            yield Finding(
                Severity.MUST,
                f"line {number}",
                f"“{mark[0]}” is a mark of some mail program",
                "nothing fills it in here: readers would see it",
                "take it out",
            )


def _names(built: Build, settings: Settings) -> Iterator[Finding]:
    """Find names that are nearly those of the settings."""
    org = settings.organisation
    ours = [n for n in (org.name, *org.people) if " " in n]
    told: set[str] = set()
    for found in _NAME.finditer(built.markdown):
        for name in ours:
            wrong = _misspelt(found[0], name)
            if (
                wrong
                and wrong not in told
                and not any(wrong in known for known in ours)
            ):
                told.add(wrong)
                yield Finding(
                    Severity.SHOULD,
                    line(built, wrong),
                    f"“{wrong}” is nearly “{name}”",
                    "feeds.yaml spells it so",
                    f"write “{name}”, or leave it if it is somebody else",
                )


def _misspelt(run: str, name: str) -> str:
    """Return the words of a capitalised run that are a name with a slip; "" if none are."""
    parts = run.removesuffix("’s").removesuffix("'s").split()
    size = len(name.split())
    for start in range(len(parts) - size + 1):
        some = " ".join(parts[start : start + size])
        alike = SequenceMatcher(None, some.lower(), name.lower()).ratio()
        if some.lower() != name.lower() and alike >= ALIKE:
            return some
    return ""


def _lead(built: Build, lead: Lead) -> Iterator[Finding]:
    where = line(built, lead.headline)
    if len(lead.headline) > LONG_HEADLINE:
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
    elif "](" not in lead.body:
        yield Finding(
            Severity.MAY,
            where,
            "a lead without a link",
            "readers have nowhere to go on",
            "link to the source, or add a button: [Learn more](https://…){.button}",
        )
