"""What other systems export: whoever said no there gets no mail from here."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.audience import (
    Answers,
    UnansweredQuestions,
    open_sheet,
    parse_standing,
    parse_statuses,
)
from digest.audience.systems import SYSTEMS
from tests.cases.subscriber_exports import (
    EXPORTS,
    REFUSED,
    UNCLEAR,
    Export,
    Unclear,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def taken(file: Path, answers: Answers) -> tuple[str, dict[str, str]]:
    """Return the system that is named, and how each address of a file is taken."""
    found: dict[str, str] = {}

    def refuse(row) -> None:
        found[row.row[0]] = REFUSED

    with open_sheet(file, None, answers) as sheet:
        for arrival in sheet.read_arrivals("a list", NOW, refuse):
            if not arrival.again:
                found[arrival.person.address.partition("@")[0].lower()] = str(
                    arrival.standing
                )
        return sheet.survey.system.name, found


@pytest.mark.parametrize("export", EXPORTS, ids=lambda e: e.name)
def test_an_export_is_taken_as_its_system_meant_it(
    export: Export, tmp_path: Path
) -> None:
    file = tmp_path / export.file
    file.write_bytes(export.text.encode(export.encoding))
    answers = Answers(
        parse_statuses(f"{word}={is_}" for word, is_ in export.answers.items()),
        everybody=parse_standing(export.everybody)
        if export.everybody
        else None,
    )
    assert taken(file, answers) == (export.system, export.taken)


@pytest.mark.parametrize("unclear", UNCLEAR, ids=lambda u: u.name)
def test_what_is_not_understood_is_asked_and_nobody_comes(
    unclear: Unclear, tmp_path: Path
) -> None:
    file = tmp_path / unclear.file
    file.write_text(unclear.text)
    with pytest.raises(UnansweredQuestions) as raised:
        taken(file, Answers())
    (question,) = raised.value.questions
    assert (question.column, dict(question.values)) == (
        unclear.column,
        unclear.values,
    )


def test_every_known_system_is_documented_and_tried() -> None:
    page = (Path(__file__).parents[2] / "docs" / "subscribers.md").read_text(
        "utf-8"
    )
    names = {system.name for system in SYSTEMS}
    assert {name for name in names if name not in page} <= {"digest"}
    names.add("an address book")
    assert names - {export.system for export in EXPORTS} == set()
