"""What the internet reaches: joining by double opt-in, leaving, preferences, metrics."""

import json
import re
from email import message_from_bytes, policy
from pathlib import Path

from flask.testing import FlaskClient

from digest.app import App


def mails(app: App) -> list:
    """The notices that went out, the oldest first."""
    app.signup.wait_for_mails()
    found = sorted(
        (app.workspace.output_folder / "notices/outbox").glob("*.eml"), key=_age
    )
    return [
        message_from_bytes(f.read_bytes(), policy=policy.default) for f in found
    ]


def _age(file: Path) -> float:
    return file.stat().st_mtime_ns


def link(mail) -> str:
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"letter\.openwater\.example(/c/\S+)", text)[1]


def ask(client: FlaskClient, address: str = "ada@r.example", **more: str):
    return client.post("/subscribe", data={"address": address} | more)


def test_get_changes_nothing_anywhere(
    app: App, client: FlaskClient, ada: str
) -> None:
    """Scanners open every link in a mail."""
    ask(client, "new@r.example")
    before = list(app.store.subscribers.iterate_subscribers())
    token = link(mails(app)[-1])
    for path in (
        f"/u/{ada}",
        f"/p/{ada}",
        token,
        "/subscribe",
        "/",
        "/feed.atom",
        "/health",
    ):
        for query in ("", "?do=forget", "?address=x@r.example"):
            assert client.get(path + query).status_code == 200
            assert client.head(path + query).status_code == 200
    assert list(app.store.subscribers.iterate_subscribers()) == before
    assert "error" not in json.dumps(client.get("/health").json)
