"""Import of subscribers: the options, questions and reports of the command."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import click

from digest.cli.common import Context, Failure, print_table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.audience import Answers, Question
    from digest.model import ImportCounts, Standing
    from digest.services.subscribers import SheetPreview
    from digest.settings import Settings

MAX_LINES_PRINTED = 12
FIELDS = ("address", "name", "tags", "consent_source", "consent_at", "left_at")


def answers_from(
    statuses: tuple[str, ...],
    ignored: tuple[str, ...],
    everybody: str | None,
    encoding: str,
    dates: str | None,
) -> "Answers":
    """Return the answers given by the options. Raises DigestError if one makes no sense."""
    from digest.audience import Answers, parse_standing, parse_statuses
    from digest.infra.sheets.words import normalize_words

    standing_of_all = None
    if everybody:
        standing_of_all = parse_standing(everybody)
    day_first = None
    if dates is not None:
        day_first = dates == "day-first"
    return Answers(
        parse_statuses(statuses),
        frozenset(map(normalize_words, ignored)),
        standing_of_all,
        encoding,
        day_first,
    )


def print_preview(context: Context, preview: "SheetPreview") -> None:
    """Print how a sheet is read. Raises Failure if a person has to answer something."""
    context.print_note(f"{preview.columns}")
    for line in _survey_lines(preview):
        click.echo(line)
    questions = [
        _format_question(question) for question in preview.survey.questions
    ]
    if questions:
        raise Failure(
            "\n".join(
                ["nobody was imported; please answer first:", *questions]
            ),
            1,
        )


def print_preview_with_people(
    context: Context, preview: "SheetPreview", zone: "ZoneInfo"
) -> None:
    """Print how a sheet is read, and its first people."""
    print_preview(context, preview)
    print_table(
        list(FIELDS),
        [
            [format_cell(getattr(person, field), zone) for field in FIELDS]
            for person in preview.sample
        ],
    )


def _words_for_standings(standings: "Mapping[Standing, int]") -> str:
    """Return how many people have each standing: "3 subscribed, 1 unsubscribed"."""
    counts = sorted(
        f"{number} {standing}" for standing, number in standings.items()
    )
    return ", ".join(counts) or "none"


def _survey_lines(preview: "SheetPreview") -> Iterator[str]:
    """Yield the lines that say how a sheet was understood."""
    survey = preview.survey
    if survey.system.name:
        yield f"looks like an export of {survey.system.name}"
    for column in survey.status_columns:
        yield f"{column.heading} {column.role.value}"
    if survey.status_columns and not survey.questions:
        counts = _words_for_standings(survey.standings)
        yield f"people by their status there: {counts}"
    for note in preview.notes:
        yield f"note: {note}"


def _format_question(question: "Question") -> str:
    from digest.audience import format_question

    return format_question(question)


#: What happens to people by their status in another system, where they are not mailed.
CONSEQUENCES = {
    "unconfirmed": "not confirmed there: not mailed",
    "unsubscribed": "unsubscribed there: unsubscribed here too",
    "blocked": "blocked there: suppressed",
    "bounced": "bounced there: suppressed",
    "complained": "complained there: suppressed",
}


def lines_of_not_mailed(counts: "ImportCounts") -> Iterator[str]:
    """Yield how many are not mailed because of their status in the other system."""
    for standing, number in counts.not_mailed.items():
        if number:
            yield f"{number} {CONSEQUENCES[standing.value]}"
    if counts.stopped:
        yield f"of these, {counts.stopped} were subscribers here until now"


def lines_of_undated(counts: "ImportCounts") -> Iterator[str]:
    """Yield how many people have no readable date of consent, and their lines."""
    if counts.undated:
        lines = ", ".join(map(str, counts.undated[:MAX_LINES_PRINTED]))
        if len(counts.undated) > MAX_LINES_PRINTED:
            more = " …"
        else:
            more = ""
        yield (
            f"{len(counts.undated)} have a date of consent that cannot be read, or is in the future: "
            f"the date of this import is stored instead (lines {lines}{more})"
        )


def lines_of_tags(
    tags_given: Mapping[str, str], settings: "Settings"
) -> Iterator[str]:
    """Yield which tag people get for each internal newsletter, by the newsletter's key."""
    for newsletter in settings.newsletters:
        tag = tags_given.get(newsletter.key)
        if tag:
            audience = ", ".join(newsletter.audience)
            yield (
                f"{newsletter.key} is internal: it goes to the tags {audience}; who gets it by this "
                f"and has none of them, gets the tag {tag} (--tag gives another)"
            )


def line_of_sum(counts: "ImportCounts") -> str:
    """Return the rows and what they came to, as an equation."""
    parts = [
        f"{counts.added} added",
        f"{counts.already_subscribed} known",
        f"{counts.left_earlier} unsubscribed earlier",
        f"{counts.suppressed} suppressed",
        *(
            f"{number} {standing}"
            for standing, number in counts.not_mailed.items()
        ),
        f"{counts.refused} refused",
        f"{counts.doubles} duplicates",
        f"{counts.blank} blank",
    ]
    if counts.row_sum == counts.read:
        sign = "="
    else:
        sign = "≠"
    return f"{counts.read} rows read {sign} {' + '.join(parts)}"


def format_cell(value: object, zone: "ZoneInfo") -> str:
    """Return a value as a cell of a table shows it, times in a zone."""
    from digest.infra.time_format import format_minute

    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, datetime):
        return format_minute(value, zone)
    if value is None:
        return ""
    return str(value)
