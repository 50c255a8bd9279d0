"""What `digest subscribers import` asks and says."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from digest.cli.common import Context, Failure, print_table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.audience import Answers, Question
    from digest.services.subscribers import Preview
    from digest.store.subscribers import Imported

LINES_SHOWN = 12
FIELDS = ("address", "name", "tags", "consent_source", "consent_at", "left_at")


def answers_from(
    statuses: tuple[str, ...],
    ignored: tuple[str, ...],
    everybody: str | None,
    encoding: str,
    dates: str | None,
) -> "Answers":
    """Return what a person has said by the options. Raises DigestError if one makes no sense."""
    from digest.audience import Answers, standing_from, statuses_from
    from digest.audience.status_words import plain

    return Answers(
        statuses_from(statuses),
        frozenset(map(plain, ignored)),
        standing_from(everybody) if everybody else None,
        encoding,
        None if dates is None else dates == "day-first",
    )


def say_preview(context: Context, preview: "Preview") -> None:
    """Print what a sheet is taken for. Raises Failure if a person has to answer something."""
    context.say(f"{preview.columns}")
    for line in _seen(preview):
        click.echo(line)
    if preview.survey.questions:
        asking = map(_asked, preview.survey.questions)
        raise Failure("\n".join(["nobody has come yet", *asking]), 1)


def show_preview(context: Context, preview: "Preview", zone: "ZoneInfo") -> None:
    """Print what a sheet is taken for, and its first people."""
    say_preview(context, preview)
    print_table(
        list(FIELDS),
        [[short(getattr(p, f), zone) for f in FIELDS] for p in preview.sample],
    )


def _seen(preview: "Preview") -> Iterator[str]:
    """Yield what a sheet is taken for, in lines."""
    survey = preview.survey
    if survey.system.name:
        yield f"looks like an export of {survey.system.name}"
    for column in survey.speaking:
        yield f"{column.heading} {column.role.value}"
    if survey.speaking and not survey.questions:
        counted = (
            f"{number} {standing}" for standing, number in survey.standings.items()
        )
        yield f"people by their standing there: {', '.join(sorted(counted)) or 'none'}"
    for note in preview.notes:
        yield f"note: {note}"


def _asked(question: "Question") -> str:
    from digest.audience import asked

    return asked(question)


#: What becomes of those who are not mailed because of how another system had them.
BECAME = {
    "unconfirmed": "have not confirmed there: not mailed",
    "unsubscribed": "unsubscribed there: they have left here too",
    "blocked": "blocked there: suppressed",
    "bounced": "bounced there: suppressed",
    "complained": "complained there: suppressed",
}


def lines_of_not_mailed(counts: "Imported") -> Iterator[str]:
    """Yield how many are not mailed because of how the other system had them, and what became."""
    for standing, number in counts.not_mailed.items():
        if number:
            yield f"{number} {BECAME[standing.value]}"
    if counts.stopped:
        yield f"of these, {counts.stopped} were readers here until now"


def lines_of_undated(counts: "Imported") -> Iterator[str]:
    """Yield of how many the date of consent cannot be read, and where they stand."""
    if counts.undated:
        lines = ", ".join(map(str, counts.undated[:LINES_SHOWN]))
        if len(counts.undated) > LINES_SHOWN:
            more = " …"
        else:
            more = ""
        yield (
            f"{len(counts.undated)} have a date of consent that cannot be read, or is to come: "
            f"that of this import stands for it (lines {lines}{more})"
        )


def line_of_sum(counts: "Imported") -> str:
    """Return the rows and what they came to, as an equation."""
    parts = [
        f"{counts.added} added",
        f"{counts.known} known",
        f"{counts.left} left earlier",
        f"{counts.suppressed} suppressed",
        *(f"{number} {standing}" for standing, number in counts.not_mailed.items()),
        f"{counts.refused} refused",
        f"{counts.doubles} doubles",
        f"{counts.blank} blank",
    ]
    if counts.sum == counts.read:
        sign = "="
    else:
        sign = "≠"
    return f"{counts.read} rows read {sign} {' + '.join(parts)}"


def short(value: object, zone: "ZoneInfo") -> str:
    """Return a value as a cell of a table shows it, times in a zone."""
    from digest.infra.time_format import minute

    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, datetime):
        return minute(value, zone)
    if value is None:
        return ""
    return str(value)
