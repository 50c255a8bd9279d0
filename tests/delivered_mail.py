"""Mail as it was delivered: read from the outbox, checked whole."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from digest.app import App
from digest.model import TOKEN_PLACEHOLDER
from tests.delivery.conftest import DAY


def check(app: App, message: EmailMessage, address: str) -> str:
    """Check one message as a mailbox gets it; return its unsubscribe address."""
    html, text = (
        message.get_body((kind,)).get_content() for kind in ("html", "plain")
    )
    url = message["List-Unsubscribe"].split(">")[0].strip("<")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    golden(message)
    assert (
        app.tokens.read_subscriber(url.rpartition("/")[2])
        == app.store.subscribers.find_subscriber(address).id
    )
    assert url in html
    assert url in text
    for mark in (TOKEN_PLACEHOLDER, "{{", "{%", "<mj-", "@@"):
        assert mark not in html + text
    return url


def golden(message: EmailMessage) -> None:
    """Every header that bulk mail must carry, as it must stand (Keila lost one for releases)."""
    assert message["From"] == "Open Water <letter@openwater.example>"
    assert message["Reply-To"] == "hello@openwater.example"
    assert message["Subject"] == "What the records show"
    assert (
        message["List-Id"]
        == "Open Water <the-open-water-letter.openwater.example>"
    )
    assert (
        message["Feedback-ID"]
        == "20260227:the-open-water-letter:newsletter:openwaterexampl"
    )
    https, mailto = message["List-Unsubscribe"].split(", ")
    assert https.startswith("<https://letter.openwater.example/u/")
    assert mailto.startswith(
        "<mailto:hello@openwater.example?subject=unsubscribe%20"
    )
    assert message["Message-ID"].endswith("@openwater.example>")
    assert message["Date"].datetime.tzinfo is not None
    assert message["Auto-Submitted"] is None
    assert message.get_content_type() == "multipart/alternative"
    parts = [p.get_content_type() for p in message.iter_parts()]
    assert parts == [
        "text/plain",
        "text/html",
    ]  # the best last (RFC 2046, 5.1.4)


def outbox(app: App) -> dict[str, EmailMessage]:
    files = sorted(
        (app.workspace.output_folder / DAY.isoformat() / "outbox").glob("*.eml")
    )
    messages = (
        message_from_bytes(f.read_bytes(), policy=policy.default) for f in files
    )
    return {m["To"]: m for m in messages}
