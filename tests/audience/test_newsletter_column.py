"""A column of newsletters: understood, asked about, never guessed."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.app import App
from digest.audience import UnansweredQuestions
from digest.errors import DigestError
from digest.model import ImportCounts
from digest.services.subscribers import ImportWish
from tests.command_line import invoke
from tests.three_newsletters import open_three


@pytest.fixture
def three(folder: Path, open_app: Callable[..., App]) -> App:
    open_three(folder)
    return open_app()


def bring(
    app: App, text: str, wish: ImportWish | None = None
) -> tuple[ImportCounts, list[dict[str, str]]]:
    """Import a sheet; return the counts, and the refused rows."""
    file = app.workspace.folder / "people.csv"
    file.write_text(text, "utf-8")
    counts, _, report = app.subscribers.import_sheet(
        file, "a list", wish or ImportWish()
    )
    refused = report.read_text() if report else ""
    return counts, list(csv.DictReader(io.StringIO(refused, newline="")))


def get_what(app: App, name: str) -> list[str]:
    person = app.subscribers.find_subscriber(f"{name}@r.example")
    return [one.key for one in app.subscribers.list_received(person)]


def test_a_column_says_who_gets_what(three: App) -> None:
    text = (
        "E-Mail,Lists\n"
        'ada@r.example,"weekly, Funders"\n'
        "bo@r.example,The Quarter at Open Water\n"
        "cy@r.example,Daily clips\n"
        "cy@r.example,weekly\n"
        "dy@r.example,\n"
    )
    counts, refused = bring(three, text)
    assert (counts.added, counts.doubles, counts.refused) == (3, 1, 1)
    assert counts.row_sum == counts.read
    assert refused[0]["why"] == (
        "the column of newsletters names none for this person"
    )
    assert get_what(three, "ada") == ["weekly", "funders"]
    assert get_what(three, "bo") == ["funders"]
    assert get_what(three, "cy") == ["clips", "weekly"]
    cy = three.subscribers.find_subscriber("cy@r.example")
    assert cy.tags == ("staff",)


def test_a_word_that_names_none_is_asked_about(three: App) -> None:
    text = "address,List\nada@r.example,weekly\nbo@r.example,Old friends\n"
    with pytest.raises(UnansweredQuestions) as asked:
        bring(three, text)
    assert "--list 'Old friends=ignore'" in str(asked.value)
    with pytest.raises(DigestError, match="no subscriber"):
        three.subscribers.find_subscriber("ada@r.example")
    answers = ImportWish(newsletter_answers={"old friends": "funders"})
    bring(three, text, answers)
    assert get_what(three, "bo") == ["funders"]


def test_without_any_word_of_ours_somebody_must_say_which(three: App) -> None:
    text = "address,List\nada@r.example,choir\n"
    with pytest.raises(DigestError, match="--newsletter with one of clips, "):
        bring(three, text)
    with pytest.raises(DigestError, match="there is no newsletter 'x'"):
        bring(three, text, ImportWish(newsletters=("x",)))
    bring(three, text, ImportWish(newsletters=("weekly", "clips")))
    assert get_what(three, "ada") == ["clips", "weekly"]


def test_who_unsubscribed_there_leaves_what_the_list_is_of(three: App) -> None:
    text = "address\nada@r.example\n"
    bring(three, text, ImportWish(newsletters=("weekly", "funders")))
    gone = "address,status\nada@r.example,unsubscribed\n"
    bring(three, gone, ImportWish(newsletters=("funders",)))
    assert get_what(three, "ada") == ["weekly"]
    counts, _ = bring(three, text, ImportWish(newsletters=("funders",)))
    assert (counts.left_earlier, get_what(three, "ada")) == (1, ["weekly"])


def test_commands_name_the_newsletter(three: App) -> None:
    folder = three.workspace.folder
    subscribers = (folder, "subscribers")
    unclear = invoke(*subscribers, "add", "ada@r.example")
    assert unclear.exit_code == 2
    assert "clips, weekly, funders" in unclear.output
    for newsletter in ("clips", "funders"):
        chosen = ("--newsletter", newsletter)
        added = invoke(*subscribers, "add", "ada@r.example", *chosen)
        assert added.exit_code == 0
    listed = invoke(*subscribers, "list", "--newsletter", "clips").output
    assert "ada@r.example" in listed
    assert "by newsletter: clips 1, weekly 0, funders 1" in listed
    exported = invoke(*subscribers, "export").output
    row = next(csv.DictReader(io.StringIO(exported)))
    assert (row["newsletters"], row["tags"]) == ("funders", "staff")
    where = ("--where", "newsletter:funders", "--all")
    assert "ada@" in invoke(*subscribers, "list", *where).output
    internal = invoke(*subscribers, "list", "--where", "newsletter:clips")
    assert "expected one of weekly, funders" in internal.output
    removed = invoke(
        *subscribers, "remove", "ada@r.example", "--newsletter", "funders"
    )
    assert removed.output == "ada@r.example: unsubscribed from funders\n"
    assert get_what(three, "ada") == ["clips"]
    again = ("add", "ada@r.example", "--newsletter", "funders")
    refused = invoke(*subscribers, *again)
    assert "only they themselves can subscribe again" in refused.output
