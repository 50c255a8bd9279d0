"""What others were broken by, tried on us (docs/security.md has the table; each row names a test)."""

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from csv import reader
from io import StringIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateNotFound, UndefinedError
from jinja2.exceptions import SecurityError
from sqlalchemy import event

from digest.app import App
from digest.audience import write_csv
from digest.model import TOKEN_PLACEHOLDER, Subscriber
from digest.render.templates import Environment
from digest.services.signup import PER_ADDRESS, PER_NETWORK
from digest.web.public import create_public_app
from tests.conftest import NOW
from tests.desk_client import HOME, let_in, post
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp
from tests.web.public.test_public import ask, link, mails

ROOT = Path(__file__).parents[2]


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_public_app(app).test_client()


@pytest.fixture
def people(app: App) -> dict[str, str]:
    """Ada and Ben, with the token in each one's mail."""
    app.subscribers.add_people(
        Subscriber(f"{n}@r.example", consent_at=NOW) for n in ("ada", "ben")
    )
    return {
        p.address: app.tokens.sign_subscriber(p.id)
        for p in app.store.subscribers.iterate_subscribers()
    }


def gone(app: App) -> set[str]:
    return {
        p.address
        for p in app.store.subscribers.iterate_subscribers()
        if p.left_at
    }


# Tokens


@given(st.data())
def test_a_token_with_one_letter_changed_opens_nothing(
    app: App, people: dict[str, str], data: st.DataObject
) -> None:
    whole = people["ada@r.example"]
    place = data.draw(
        st.integers(0, len(whole) - 2)
    )  # the last holds two bits that say nothing
    letter = data.draw(
        st.sampled_from("0123456789abcXYZ-_.").filter(
            lambda c: c != whole[place]
        )
    )
    assert (
        app.tokens.read_subscriber(whole[:place] + letter + whole[place + 1 :])
        is None
    )


def test_one_persons_signature_opens_nothing_of_anothers(
    app: App, client: FlaskClient, people: dict[str, str]
) -> None:
    ada, ben = (people[f"{n}@r.example"].split(".") for n in ("ada", "ben"))
    for forged in (
        f"{ada[0]}.{ben[1]}",
        f"{ben[0]}.{ada[1]}",
        ada[0],
        f".{ada[1]}",
        f"{ada[0]}.",
    ):
        assert client.post(f"/u/{forged}").status_code == 404
        assert client.get(f"/p/{forged}").status_code == 404
    assert gone(app) == set()


def test_a_token_of_one_purpose_opens_no_other_door(
    app: App, client: FlaskClient, people: dict[str, str]
) -> None:
    ask(client, "new@r.example")
    confirming = link(mails(app)[0]).removeprefix("/c/")
    leaving = people["ada@r.example"]
    assert client.post(f"/c/{leaving}").status_code == 404
    assert client.post(f"/u/{confirming}").status_code == 404
    assert (
        client.post(f"/p/{confirming}", data={"do": "forget"}).status_code
        == 404
    )
    assert client.post(f"/c/{confirming}").status_code == 200
    assert (
        client.post(f"/c/{confirming}").status_code == 404
    )  # and it opens its own door once


@pytest.mark.parametrize("made_up", ["", "1", "1.", "0.x", "-1.x", "1.x.y", "9" * 400 + ".x", "%00.x", "../p/1", "1.\u00e9"])  # fmt: skip
def test_a_made_up_token_is_answered_like_any_other(
    client: FlaskClient, made_up: str
) -> None:
    assert client.post(f"/u/{made_up}").status_code in (404, 405)
    assert client.get(f"/p/{made_up}").status_code in (404, 405)


# Who is subscribed?


@pytest.fixture
def known(app: App) -> list[str]:
    """One address of each kind: nobody's, a reader's, of one who left, barred, not confirmed."""
    kinds = ["nobody", "reader", "left", "barred", "pending"]
    app.subscribers.add_people(
        Subscriber(f"{k}@r.example", consent_at=NOW)
        for k in ("reader", "left", "barred")
    )
    left = app.store.subscribers.find_subscriber("left@r.example")
    app.subscribers.unsubscribe_by_token(app.tokens.sign_subscriber(left.id))
    app.subscribers.suppress_address("barred@r.example", "")
    ask(create_public_app(app).test_client(), "pending@r.example")
    app.signup.wait_for_mails()
    return [f"{k}@r.example" for k in kinds]


def test_the_reply_is_the_same_for_everybody(
    app: App, client: FlaskClient, known: list[str]
) -> None:
    """To the byte, headers included."""
    for send in (
        lambda a: ask(client, a),
        lambda a: client.post("/subscribe", json={"address": a}),
    ):
        replies = {(r.status, r.data, str(r.headers)) for r in map(send, known)}
        assert len(replies) == 1


def test_the_time_of_the_reply_is_the_same_for_everybody(
    app: App, client: FlaskClient, known: list[str]
) -> None:
    """Not by a clock, which lies: while one waits, the database is asked the same things."""
    asked: list[str] = []

    def look(_c, _cursor, statement: str, *_more: object) -> None:
        asked.append(statement)

    app.signup._mail_threads.shutdown()
    app.signup._mail_threads = Held()
    event.listen(app.store._engine, "before_cursor_execute", look)
    kinds = set()
    for address in known:
        asked.clear()
        ask(client, address)
        kinds.add(tuple(asked))
    assert len(kinds) == 1


class Held:
    """Takes work for afterwards, and never gets to it."""

    def submit(self, *_work: object) -> "Future[None]":
        done: Future[None] = Future()
        done.set_result(None)
        return done


# List bombing


def test_one_address_is_asked_back_three_times_from_however_many_networks(
    app: App, client: FlaskClient
) -> None:
    spelled = ["ada@r.example", "ADA@r.example", " ada@R.EXAMPLE "]
    for n in range(60):
        client.post(
            "/subscribe",
            data={"address": spelled[n % 3]},
            environ_base={"REMOTE_ADDR": f"198.51.{n}.7"},
        )
    assert len(mails(app)) == PER_ADDRESS


def test_all_at_once_it_is_no_more(app: App) -> None:
    web = create_public_app(app)

    def bomb(n: int) -> int:
        here = {"REMOTE_ADDR": f"198.51.{n}.7"}
        form = {"address": "ada@r.example"}
        return (
            web.test_client()
            .post("/subscribe", data=form, environ_base=here)
            .status_code
        )

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(bomb, range(48))) == {202}
    assert len(mails(app)) <= PER_ADDRESS


def test_one_network_cannot_bomb_many(app: App, client: FlaskClient) -> None:
    codes = [
        client.post(
            "/subscribe",
            data={"address": f"r{n}@r.example"},
            environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{n:x}"},
            headers={"X-Forwarded-For": f"203.0.113.{n}"},  # nobody asked it
        ).status_code
        for n in range(PER_NETWORK + 5)
    ]
    assert codes.count(202) == PER_NETWORK
    assert len(mails(app)) == PER_NETWORK


# Redirects, hosts


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "/\\/evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        " //evil.example",
        "/%0d%0aSet-Cookie:a=b\r\nSet-Cookie: a=b",
    ],
)
def test_no_link_to_the_desk_leads_elsewhere(app: App, elsewhere: str) -> None:
    client = let_in(app)
    answer = post(client, "/speak", language="en", next=elsewhere)
    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/", HOME + "/")
    assert "Set-Cookie: a=b" not in str(answer.headers)


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto"]
)
def test_a_confirmation_leads_to_our_address_whatever_a_request_calls_us(
    app: App, client: FlaskClient, header: str
) -> None:
    client.post(
        "/subscribe",
        data={"address": "a@r.example"},
        headers={header: "evil.example"},
    )
    (mail,) = mails(app)
    links = re.findall(
        r"https?://[^/\s\"<>]+", mail.get_body(("html",)).get_content()
    )
    namespaces = {"http://www.w3.org"}
    assert set(links) - namespaces == {"https://letter.openwater.example"}
    assert "evil.example" not in mail.as_string().replace(
        "form on evil.example", ""
    )


# Headers, cells


@pytest.mark.parametrize("field", ["address", "name"])
@pytest.mark.parametrize(
    "end", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x00", "%0d%0a"]
)
def test_what_one_types_starts_no_header(
    app: App, client: FlaskClient, field: str, end: str
) -> None:
    form = {"address": "ada@r.example", "name": "Ada"} | {
        field: f"ada@r.example{end}Bcc: x@evil.example"
    }
    client.post("/subscribe", data=form)
    for mail in mails(app):
        assert mail["Bcc"] is None
        assert "evil.example" not in str(mail["To"])


@given(st.text(min_size=1, max_size=20), st.sampled_from("=+-@\t\r|%"))
def test_no_cell_of_an_export_is_a_formula(text: str, first: str) -> None:
    out = StringIO()
    write_csv(
        out, [Subscriber("ada@r.example", first + text, first + text, NOW)]
    )
    for row in list(reader(StringIO(out.getvalue())))[1:]:
        assert not [cell for cell in row if cell and cell[0] in "=+-@\t\r"]


# Templates


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ ''|attr('__class__') }}",
        "{{ '%s'.format.__globals__ }}",
        "{{ letter.append(1) }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_template_reaches_nothing_but_the_edition(template: str) -> None:
    """Listmonk's templates read the server's secrets (CVE-2025-49136)."""
    try:
        shown = Environment().from_string(template).render(letter=[])
    except (SecurityError, UndefinedError, TemplateNotFound, TypeError):
        shown = ""
    assert shown == ""


# Tracking


@pytest.mark.parametrize("transport", ["smtp", "sendgrid"])
def test_what_two_readers_get_differs_by_address_and_token_alone(
    app: App,
    audience: list[str],
    open_app: Callable[..., App],
    smtp: FakeSmtp,
    sendgrid: FakeSendgrid,
    transport: str,
) -> None:
    """No pixel, no rewritten link: shown by the bytes, and the token leads to leaving alone."""
    app.approval.approve_edition(app.editions.resolve_date(), "a test")
    open_app(
        smtp.env if transport == "smtp" else sendgrid.env
    ).sending.send_edition(app.editions.resolve_date())
    if transport == "smtp":
        token = re.compile(rb"(?:\d+)\.[\w-]{43}")
        own = [token.search(raw.replace(b"=\r\n", b""))[0] for raw in smtp.raw]
        blank = re.compile(
            rb"reader\d+@readers\.example|^Message-ID: .*$|^Date: .*$",
            re.MULTILINE,
        )
        seen = {
            blank.sub(b"", raw.replace(b"=\r\n", b"").replace(t, b""))
            for raw, t in zip(smtp.raw, own, strict=True)
        }
        assert len(seen) == 1
        return
    (payload,) = sendgrid.payloads
    assert {tuple(sorted(p)) for p in payload["personalizations"]} == {
        ("custom_args", "headers", "substitutions", "to")
    }
    (html,) = (
        c["value"] for c in payload["content"] if c["type"] == "text/html"
    )
    links = set(
        re.findall(r"[^\s\"'<>]*" + TOKEN_PLACEHOLDER + r"[^\s\"'<>]*", html)
    )
    assert {link.replace(TOKEN_PLACEHOLDER, "") for link in links} <= {
        "https://letter.openwater.example/u/",
        "https://letter.openwater.example/p/",
    }


# The table


def test_the_table_of_attacks_names_tests_that_are_there() -> None:
    table = (ROOT / "docs/security.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+)`", table)
    there = "\n".join(
        f.read_text("utf-8") for f in (ROOT / "tests").rglob("test_*.py")
    )
    assert len(named) > 30
    assert [name for name in named if f"def {name}(" not in there] == []
