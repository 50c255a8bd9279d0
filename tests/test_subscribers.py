"""Who gets mail: consent in, consent out, and a no that lasts."""

import csv
import io
from pathlib import Path

import pytest

from digest.app import App
from digest.errors import DigestError, NotFound
from digest.model import Subscriber
from digest.subscribers import checked, read_csv, write_csv
from digest.web.public import public_app
from tests.conftest import NOW


def bring(app: App, tmp_path: Path, text: str | bytes):
    file = tmp_path / "people.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    refused: list[str] = []
    return app.import_subscribers(read_csv(file, "a list", NOW, refused.append)), refused


def test_people_come_with_how_and_when_they_agreed(app: App, tmp_path: Path) -> None:
    text = "Name,E-Mail,consent_source,consent_at\nAda,ada@r.example,form,2026-01-02\nBo,bo@r.example,,\n"
    counts, refused = bring(app, tmp_path, text)
    ada, bo = app.store.subscribers.all()
    assert (counts.added, refused) == (2, [])
    assert (ada.name, ada.consent_source, ada.consent_at.isoformat()) == (
        "Ada",
        "form",
        "2026-01-02T00:00:00+00:00",
    )
    assert (bo.consent_source, bo.consent_at) == ("a list", NOW)


def test_an_import_never_revives_one_who_left(app: App, tmp_path: Path) -> None:
    bring(app, tmp_path, "address\nada@r.example\n")
    app.remove_subscriber("ADA@r.example")
    counts, _ = bring(app, tmp_path, "address,left_at\nAda@R.example,\n")
    assert (counts.added, counts.left, app.store.subscribers.count()) == (0, 1, 0)


def test_one_person_spelled_twice_is_one_person(app: App, tmp_path: Path) -> None:
    counts, _ = bring(app, tmp_path, "email\nada@r.example\nADA@R.EXAMPLE\n ada@r.example \n")
    assert (counts.added, app.store.subscribers.count()) == (1, 1)


def test_a_row_that_cannot_be_used_is_named_and_the_others_come(app: App, tmp_path: Path) -> None:
    text = 'address,consent_at\nada@r.example,\nnobody,\n"a@b.example\nBcc: c@d.example",\nbo@r.example,soon\ncy@r.example,0001-01-01T00:00:00+10:00\n\n'
    counts, refused = bring(app, tmp_path, text)
    assert counts.added == 1
    assert [r.split("people.csv:")[1].split(": ")[0] for r in refused] == ["3", "5", "6", "7"]
    assert "expected a mail address such as ada@example.org, found 'nobody'" in refused[0]


def test_a_file_without_addresses_says_what_it_has(app: App, tmp_path: Path) -> None:
    with pytest.raises(DigestError, match="people.csv:1: expected a column address"):
        bring(app, tmp_path, "first,last\nAda,Byron\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_spreadsheets_encoding_is_read(app: App, tmp_path: Path, encoding: str) -> None:
    bring(app, tmp_path, "name,address\nZoë,zoe@r.example\n".encode(encoding))
    assert next(app.store.subscribers.all()).name == "Zoë"


def test_an_export_comes_back_whole_and_runs_no_formula(app: App, tmp_path: Path) -> None:
    app.import_subscribers(
        [
            Subscriber("ada@r.example", "=1+1", "@form", NOW),
            Subscriber("bo@r.example", "", "x", NOW),
        ]
    )
    app.remove_subscriber("bo@r.example")
    out = io.StringIO()
    write_csv(out, app.store.subscribers.all())
    cells = [cell for row in csv.reader(io.StringIO(out.getvalue())) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    file = tmp_path / "out.csv"
    file.write_text(out.getvalue())
    back = list(read_csv(file, "x", NOW, pytest.fail))
    kept = [
        (p.address, p.name, p.consent_source, p.consent_at, p.left_at)
        for p in app.store.subscribers.all()
    ]
    assert [(p.address, p.name, p.consent_source, p.consent_at, p.left_at) for p in back] == kept


@pytest.mark.parametrize("address", ["", "a", "a@b", "a b@c.example", "a@b.example\n", "<a@b.example>", "é@b.example", "a" * 250 + "@b.example"])  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    if address.strip() == "a@b.example":
        assert checked(address) == "a@b.example"
        return
    with pytest.raises(DigestError):
        checked(address)


def test_a_stranger_cannot_be_removed(app: App) -> None:
    with pytest.raises(NotFound, match="there is no subscriber nobody@r.example"):
        app.remove_subscriber("nobody@r.example")


# The page behind the link


@pytest.fixture
def ada(app: App) -> str:
    app.import_subscribers([Subscriber("ada@r.example", consent_at=NOW)])
    return app.tokens.sign(app.store.subscribers.find("ada@r.example").id)


def test_opening_the_link_changes_nothing(app: App, ada: str) -> None:
    """Scanners open every link in a mail."""
    page = public_app(app).test_client().get(f"/u/{ada}")
    assert (page.status_code, app.store.subscribers.count()) == (200, 1)
    assert b"<button>Unsubscribe</button>" in page.data
    assert b"ada@r.example" not in page.data


def test_one_click_unsubscribes_without_cookie_or_redirect(app: App, ada: str) -> None:
    client = public_app(app).test_client()
    for _ in range(2):
        answer = client.post(f"/u/{ada}", data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert app.store.subscribers.count() == 0


@pytest.mark.parametrize("token", ["x", "1.forged", "1"])
def test_a_forged_link_removes_nobody(app: App, ada: str, token: str) -> None:
    assert public_app(app).test_client().post(f"/u/{token}").status_code == 404
    assert app.store.subscribers.count() == 1


def test_a_huge_body_is_refused(app: App, ada: str) -> None:
    assert public_app(app).test_client().post(f"/u/{ada}", data=b"x" * 5000).status_code == 413
