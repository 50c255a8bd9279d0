"""What a signed link is good for: one address, one purpose, one workspace, and once."""

import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from itsdangerous import Signer
from sqlalchemy import text

from digest.app import App
from digest.delivery import UnsubscribeTokens
from digest.delivery.unsubscribe_token import SignedReader
from digest.errors import (
    DigestError,
    LoginRefused,
)
from digest.model import (
    StaffRights,
    Subscriber,
    SuppressionReason,
)
from digest.settings import load_workspace
from digest.web.public import create_public_app
from tests.conftest import NOW, TEST_DATABASE, workspace
from tests.web.public.test_public import ask, link, mails

MALLORY, VICTIM = "mallory@evil.example", "victim@r.example"
PASSWORD = "nine pipes of lead"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_public_app(app).test_client()


def asked_by(app: App, client: FlaskClient, address: str) -> str:
    """Ask with an address; return the path in the mail that came to it."""
    ask(client, address)
    app.signup.wait_for_mails()
    return link(next(m for m in reversed(mails(app)) if m["To"] == address))


def is_reader(app: App, address: str) -> bool:
    return address in {
        p.address
        for p in app.store.subscribers.iterate_subscribers(active_only=True)
    }


# Confirmation links


@pytest.mark.parametrize("victim", ["new", "left", "suppressed", "erased"])
def test_a_used_confirmation_never_subscribes_the_next_who_asks(
    app: App, client: FlaskClient, victim: str
) -> None:
    """SQLite gives a deleted row's number to the next row: the link must not go by it."""
    if victim != "new":
        app.subscribers.add_people([Subscriber(VICTIM, consent_at=NOW)])
    if victim == "left":
        app.subscribers.unsubscribe_address(VICTIM)
    if victim == "suppressed":
        app.store.subscribers.suppress_address(
            VICTIM, SuppressionReason.COMPLAINED, NOW
        )
    if victim == "erased":
        app.subscribers.erase_subscriber(VICTIM)
    own = asked_by(app, client, MALLORY)
    assert client.post(own).status_code == 200
    ask(client, VICTIM)
    app.signup.wait_for_mails()
    assert client.post(own).status_code == 404
    assert not is_reader(app, VICTIM)
    suppressed = list(app.store.subscribers.iterate_suppressions(VICTIM))
    assert len(suppressed) == (victim == "suppressed")


def test_a_confirmation_of_one_who_was_forgotten_meanwhile_brings_nobody_in(
    app: App, client: FlaskClient
) -> None:
    app.subscribers.add_people([Subscriber(VICTIM, consent_at=NOW)])
    app.subscribers.unsubscribe_address(VICTIM)
    old = asked_by(app, client, VICTIM)
    app.subscribers.erase_subscriber(VICTIM)
    asked_by(app, client, MALLORY)
    assert client.post(old).status_code == 404
    assert app.store.subscribers.count_active() == 0


def test_either_link_of_two_mails_works_once(
    app: App, client: FlaskClient
) -> None:
    first, second = (asked_by(app, client, VICTIM) for _ in range(2))
    assert client.post(first).status_code == 200
    for again in (first, second):
        answer = client.post(again)
        assert answer.status_code == 404
        assert "then you are subscribed" in answer.text
    app.subscribers.unsubscribe_address(VICTIM)
    third = asked_by(app, client, VICTIM)
    for old in (first, second):
        assert client.post(old).status_code == 404
    assert not is_reader(app, VICTIM)
    assert client.post(third).status_code == 200


def test_twenty_confirmations_at_once_are_one(
    app: App, client: FlaskClient
) -> None:
    path, web = asked_by(app, client, VICTIM), create_public_app(app)
    with ThreadPoolExecutor(20) as pool:
        codes = list(
            pool.map(
                lambda _: web.test_client().post(path).status_code, range(20)
            )
        )
    assert sorted(codes) == [200] + [404] * 19
    assert [m["Subject"] for m in mails(app)].count(
        mails(app)[-1]["Subject"]
    ) == 1  # one welcome


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ("\u00c9va@r.example", "\u00e9va@r.example"),
        ("SAM@r.example", "sam@r.example"),
    ],
)
def test_a_confirmation_is_for_the_very_letters_it_was_mailed_to(
    app: App, client: FlaskClient, own: str, other: str
) -> None:
    """Two spellings may be two mailboxes (RFC 5321, 2.4), although we keep them as one."""
    app.subscribers.add_people([Subscriber(other, consent_at=NOW)])
    app.subscribers.unsubscribe_address(other)
    mine = asked_by(app, client, own)
    asked_by(app, client, other)
    client.post(mine)
    assert not is_reader(app, other)
    assert client.post(asked_by(app, client, own)).status_code == 200
    assert not is_reader(app, other)  # who confirmed is mailed, and nobody else
    assert is_reader(app, own)


def test_a_link_from_before_the_upgrade_says_kindly_to_ask_again(
    app: App, client: FlaskClient
) -> None:
    asked_by(app, client, VICTIM)
    until = int(NOW.timestamp()) + 3600
    keys = app.store.subscribers.ensure_signing_keys(NOW)
    for number in range(1, 4):
        signer = Signer(
            keys, salt="confirm", key_derivation="hmac", digest_method="sha256"
        )
        old = signer.sign(f"{number}.{until}").decode("ascii")
        answer = client.post(f"/c/{old}")
        assert answer.status_code == 404
        assert "Please ask once more" in answer.text
    with (
        app.store._engine.begin() as c
    ):  # as the upgrade finds who asked before it
        c.execute(text("UPDATE pending SET nonce = ''"))
    for empty in (".", ".x", f".{old}"):
        assert client.post(f"/c/{empty}").status_code == 404
    assert app.store.subscribers.count_active() == 0
    assert client.post(asked_by(app, client, VICTIM)).status_code == 200
    assert app.store.subscribers.count_active() == 1


def test_a_link_of_one_workspace_opens_no_other(
    app: App, client: FlaskClient, tmp_path: Path
) -> None:
    there = tmp_path / "other"
    there.mkdir()
    with App(
        load_workspace(workspace(there, "http://127.0.0.1:9"), {}), app.clock
    ) as other:
        web = create_public_app(other).test_client()
        for one in (app, other):
            one.subscribers.add_people([Subscriber(VICTIM, consent_at=NOW)])
        ask(web, MALLORY)
        path = asked_by(app, client, MALLORY)
        assert web.post(path).status_code == 404
        leave = app.tokens.sign_subscriber(
            app.store.subscribers.find_subscriber(VICTIM).id
        )
        assert web.post(f"/u/{leave}").status_code == 404
        assert web.get(f"/p/{leave}").status_code == 404
        assert is_reader(other, VICTIM)


# Unsubscribing


def test_old_mails_links_unsubscribe_any_number_of_times(
    app: App, client: FlaskClient
) -> None:
    """The token as it was before: a number, signed under the salt "unsubscribe"."""
    app.subscribers.add_people([Subscriber(VICTIM, consent_at=NOW)])
    number = app.store.subscribers.find_subscriber(VICTIM).id
    signer = Signer(
        app.store.subscribers.ensure_signing_keys(NOW),
        salt="unsubscribe",
        key_derivation="hmac",
        digest_method="sha256",
    )
    old = signer.sign(str(number)).decode("ascii")
    for _ in range(3):
        assert client.post(f"/u/{old}").status_code == 200
    assert not is_reader(app, VICTIM)
    assert client.get(f"/p/{old}").status_code == 200


@pytest.mark.sqlite
def test_the_number_of_a_reader_is_never_given_to_another(
    app: App, client: FlaskClient
) -> None:
    """It is in every mail they got. SQLite would give it out again once its row is gone."""
    app.subscribers.add_people([Subscriber(MALLORY, consent_at=NOW)])
    mallory = app.store.subscribers.find_subscriber(MALLORY)
    app.subscribers.erase_subscriber(MALLORY)
    with (
        pytest.raises(Exception, match="subscribers erase"),
        app.store._engine.begin() as c,
    ):
        c.execute(text("DELETE FROM subscriber"))
    app.subscribers.add_people([Subscriber(VICTIM, consent_at=NOW)])
    assert app.store.subscribers.find_subscriber(VICTIM).id > mallory.id
    client.post(f"/u/{app.tokens.sign_subscriber(mallory.id)}")
    assert is_reader(app, VICTIM)


def test_after_a_backup_is_restored_numbers_of_mails_that_left_are_skipped(
    app: App, client: FlaskClient
) -> None:
    """Whoever joined after the backup has a link that is nobody's, by what docs/running.md says."""
    app.subscribers.add_people([Subscriber("before@r.example", consent_at=NOW)])
    lost = app.tokens.sign_subscriber(
        app.store.subscribers.find_subscriber("before@r.example").id + 1
    )
    told = (ROOT / "docs/running.md").read_text("utf-8")
    first = "SELECT setval" if TEST_DATABASE == "postgresql" else "INSERT INTO"
    commands = [" ".join(c.split()) for c in re.findall(r"`([^`]+)`", told)]
    (skip,) = [c for c in commands if c.startswith(first)]
    with app.store._engine.begin() as c:
        c.execute(text(skip))
    app.subscribers.add_people([Subscriber(VICTIM, consent_at=NOW)])
    client.post(f"/u/{lost}")
    assert client.get(f"/p/{lost}").status_code == 404
    assert is_reader(app, VICTIM)
    assert [p.address for p in app.store.subscribers.iterate_subscribers()] == [
        "before@r.example",
        VICTIM,
    ]


def test_the_link_of_a_test_mail_is_nobodys(
    app: App, client: FlaskClient
) -> None:
    app.subscribers.add_people([Subscriber(VICTIM, consent_at=NOW)])
    nobody = app.tokens.sign_subscriber(0)
    assert client.get(f"/p/{nobody}").status_code == 404
    assert client.post(f"/p/{nobody}", data={"do": "forget"}).status_code == 404
    client.post(f"/u/{nobody}")
    assert is_reader(app, VICTIM)


# Invitations


def test_an_invitation_posted_twenty_times_at_once_is_used_once(
    app: App,
) -> None:
    token = app.staff.invite_member("Ada", StaffRights.ADMIN, "test")

    def use(n: int) -> str:
        try:
            app.staff.accept_invitation(token, f"{PASSWORD} {n}")
        except LoginRefused:
            return "refused"
        except DigestError as e:
            return str(e)
        return "joined"

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(use, range(20)))
    assert ends.count("joined") == 1
    assert set(ends) == {"joined", "refused"}


def test_an_older_invitation_is_void_once_there_is_another(
    app: App, open_app: Callable[..., App]
) -> None:
    first = app.staff.invite_member("Ada", StaffRights.ADMIN, "test")
    second = app.staff.reset_member("Ada", "test")
    with pytest.raises(LoginRefused):
        app.staff.accept_invitation(first, PASSWORD)
    assert app.staff.accept_invitation(second, PASSWORD).name == "Ada"


def test_a_token_is_the_one_that_itsdangerous_makes() -> None:
    key = "a" * 64
    signer = Signer(
        key,
        salt="unsubscribe",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
    for number in (1, 17, 10**9):
        assert (
            UnsubscribeTokens([key]).sign_subscriber(number)
            == signer.sign(str(number)).decode()
        )


def test_a_token_is_hard_to_forge_and_outlives_a_new_key() -> None:
    old, new, other = (
        UnsubscribeTokens(["a"]),
        UnsubscribeTokens(["a", "b"]),
        UnsubscribeTokens(["c"]),
    )
    token = old.sign_subscriber(7)
    assert (
        old.read_subscriber(token),
        new.read_subscriber(token),
        new.read_subscriber(new.sign_subscriber(8)),
    ) == (7, 7, 8)
    assert [
        other.read_subscriber(token),
        old.read_subscriber(token[:-1] + "!"),
        old.read_subscriber("8" + token[1:]),
        old.read_subscriber(""),
    ] == [None] * 4


#: As made before there could be several newsletters, by the key "aaa…".
OLD_TOKEN = "7.5fqstgOv8HXTqKNh2sKq57-aeEEZemaJyMcENINW4jY"


def test_tokens_in_mailboxes_are_of_the_root_newsletter_for_ever() -> None:
    tokens = UnsubscribeTokens(["a" * 64])
    assert tokens.sign_subscriber(7) == OLD_TOKEN
    assert tokens.read_token(OLD_TOKEN) == SignedReader(7, "weekly")


def test_a_token_names_the_newsletter_that_it_leaves() -> None:
    weekly = UnsubscribeTokens(["a" * 64])
    clips = UnsubscribeTokens(["a" * 64], "clips")
    token = clips.sign_subscriber(7)
    assert weekly.read_token(token) == SignedReader(7, "clips")
    assert clips.read_token(OLD_TOKEN) == SignedReader(7, "weekly")
    number, _, signature = token.split(".")
    for forged in (
        f"{number}.{signature}",
        f"{number}.funders.{signature}",
        OLD_TOKEN.replace("7.", "7.clips."),
    ):
        assert weekly.read_token(forged) is None
