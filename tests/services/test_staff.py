"""Who works at a hosted desk, how they are let in, and when they are no more."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from digest.app import App
from digest.cli import cli
from digest.errors import (
    DigestError,
    LoginRefused,
    NotFound,
    SettingsError,
    TooManyTries,
)
from digest.model import StaffRights
from digest.services.staff import REFUSED, Staff
from digest.web.desk import create_desk_app
from tests.conftest import NOW
from tests.desk_client import DAY, HOME, post
from tests.fakes.oidc import FakeProvider

PASSWORD = "nine pipes of lead"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as weakly as can be: what Argon2 costs is not what is tested."""
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(Staff, "_hasher", weak)


@pytest.fixture
def staff(app: App) -> Staff:
    """Ada is the admin, Ben an editor; both have joined."""
    for name, role in (("Ada", StaffRights.ADMIN), ("Ben", StaffRights.EDITOR)):
        app.staff.accept_invitation(
            app.staff.invite_member(name, role, "test"), PASSWORD
        )
    return app.staff


def log_in(
    app: App, name: str, password: str = PASSWORD, code: str = ""
) -> FlaskClient:
    client = create_desk_app(app).test_client()
    client.get("/login", base_url=HOME)
    post(client, "/login", name=name, password=password, code=code)
    return client


def inside(client: FlaskClient) -> bool:
    return client.get("/history", base_url=HOME).status_code == 200


# Passwords


def test_name_and_password_let_in_and_nothing_else_does(
    app: App, staff: Staff
) -> None:
    assert staff.log_in("ada", PASSWORD, "", "here").role == StaffRights.ADMIN
    for name, password in (
        ("ada", "wrong"),
        ("nobody", PASSWORD),
        ("ada", ""),
        ("", ""),
    ):
        with pytest.raises(LoginRefused, match=REFUSED):
            staff.log_in(name, password, "", "here")


def test_passwords_are_stored_as_argon2_and_read_nowhere(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    member = app.staff.accept_invitation(
        app.staff.invite_member("Ada", StaffRights.ADMIN, "test"), PASSWORD
    )
    kept = app.store.staff.get_secrets(member.id).password
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "my name is ADA, hello"]
)
def test_a_weak_password_is_refused_with_the_reason(
    app: App, password: str
) -> None:
    token = app.staff.invite_member("Ada", StaffRights.ADMIN, "test")
    with pytest.raises(DigestError, match="a password"):
        app.staff.accept_invitation(token, password)
    app.staff.accept_invitation(token, PASSWORD)


def test_an_invitation_is_good_once_and_for_three_days(
    app: App, open_app: Callable[..., App]
) -> None:
    token = app.staff.invite_member("Ada", StaffRights.ADMIN, "test")
    late = open_app(now=NOW + timedelta(days=3, seconds=1))
    with pytest.raises(LoginRefused, match="has ended"):
        late.staff.accept_invitation(token, PASSWORD)
    app.staff.accept_invitation(token, PASSWORD)
    for used in (token, "made up", ""):
        with pytest.raises(LoginRefused, match="was used or has ended"):
            app.staff.accept_invitation(used, PASSWORD)


def test_guessing_is_slowed_for_the_name_and_for_the_address(
    app: App, staff: Staff, open_app: Callable[..., App]
) -> None:
    for _ in range(5):
        with pytest.raises(LoginRefused, match=REFUSED):
            staff.log_in("Ada", "guess", "", "attacker")
    with pytest.raises(TooManyTries):
        staff.log_in("Ada", PASSWORD, "", "attacker")
    assert staff.log_in("Ada", PASSWORD, "", "her own desk").name == "Ada"
    for n in range(25):
        with pytest.raises(LoginRefused, match=REFUSED):
            staff.log_in(f"name {n}", "guess", "", "attacker")
    with pytest.raises(TooManyTries):
        staff.log_in("Ben", PASSWORD, "", "attacker")
    later = open_app(now=NOW + timedelta(minutes=16)).staff
    assert later.log_in("Ben", PASSWORD, "", "attacker").name == "Ben"


# Second factor


def test_codes_are_asked_for_and_work_once(
    app: App, staff: Staff, open_app: Callable[..., App]
) -> None:
    ada = app.store.staff.get_member_by_name("Ada")
    secret, address = staff.propose_factor(ada)
    assert address.startswith("otpauth://totp/digest:Ada?secret=")
    totp = pyotp.TOTP(secret)
    with pytest.raises(LoginRefused, match="wrong or too old"):
        staff.turn_on_factor(ada, secret, "000000", PASSWORD)
    staff.turn_on_factor(ada, secret, totp.at(NOW), PASSWORD)
    for code in ("", "123456", totp.at(NOW), totp.at(NOW + timedelta(hours=1))):
        with pytest.raises(LoginRefused, match=REFUSED):
            staff.log_in("Ada", PASSWORD, code, f"from {code}")
    next_code = totp.at(NOW + timedelta(seconds=30))
    assert (
        staff.log_in(
            "Ada", PASSWORD, f" {next_code[:3]} {next_code[3:]}", "x"
        ).name
        == "Ada"
    )
    with pytest.raises(LoginRefused, match="is wrong"):
        staff.turn_off_factor(ada, "wrong")
    staff.turn_off_factor(ada, PASSWORD)
    assert staff.log_in("Ada", PASSWORD, "", "y").name == "Ada"


# Sessions


def test_a_new_password_ends_every_other_session(
    app: App, staff: Staff
) -> None:
    one, other = log_in(app, "Ada"), log_in(app, "Ada")
    assert inside(one)
    assert inside(other)
    post(one, "/me/password", old=PASSWORD, new="ten pipes of copper")
    assert inside(one)
    assert not inside(other)
    assert not inside(log_in(app, "Ada"))
    assert inside(log_in(app, "Ada", "ten pipes of copper"))


def test_removal_reset_and_logout_end_sessions_at_once(
    app: App, staff: Staff
) -> None:
    ben = log_in(app, "Ben")
    assert inside(ben)
    app.staff.reset_member("Ben", "Ada")
    assert not inside(ben)
    assert not inside(log_in(app, "Ben"))
    ada, too = log_in(app, "Ada"), log_in(app, "Ada")
    post(ada, "/me/end")
    assert not inside(ada)
    assert not inside(too)
    staff.invite_member("Cai", StaffRights.ADMIN, "Ada")
    again = log_in(app, "Ada")
    app.staff.remove_member("Ada", "Cai")
    assert not inside(again)


def test_a_login_lasts_a_working_day(
    app: App, staff: Staff, open_app: Callable[..., App]
) -> None:
    client = log_in(app, "Ada")
    cookie = client.get_cookie("digest_desk", domain="127.0.0.1")
    for hours, good in ((11, True), (13, False)):
        later = create_desk_app(
            open_app(now=NOW + timedelta(hours=hours))
        ).test_client()
        later.set_cookie("digest_desk", cookie.value, domain="127.0.0.1")
        assert inside(later) is good


def test_the_last_admin_cannot_be_lost(app: App, staff: Staff) -> None:
    for lose in (
        lambda: staff.remove_member("Ada", "Ada"),
        lambda: staff.change_role("Ada", StaffRights.EDITOR, "Ada"),
    ):
        with pytest.raises(DigestError, match="only admin"):
            lose()
    staff.change_role("Ben", StaffRights.ADMIN, "Ada")
    staff.remove_member("Ada", "Ben")
    with pytest.raises(NotFound):
        app.store.staff.get_member_by_name("Ada")


def test_a_login_leads_nowhere_else(app: App, staff: Staff) -> None:
    for wish, lands in (
        (f"/{DAY}/send", f"/{DAY}/send"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
    ):
        client = create_desk_app(app).test_client()
        client.get("/login", base_url=HOME)
        answer = post(
            client, "/login", name="Ada", password=PASSWORD, next=wish
        )
        assert answer.headers["Location"] == lands


def test_who_did_what_is_written_down(app: App, staff: Staff) -> None:
    log_in(app, "Ben", "wrong")
    ada = log_in(app, "Ada")
    post(ada, "/staff/role", name="Ben", role="approver")
    told = [(d.who, d.what) for d in app.store.staff.list_actions()]
    assert told[0] == ("Ada", "made Ben approver")
    assert ("Ben", "failed to log in from 127.0.0.1") in told
    assert "made Ben approver" in ada.get("/audit", base_url=HOME).text
    assert all(PASSWORD not in what for _, what in told)


def test_cookies_are_kept_from_scripts_and_from_plain_http(
    app: App, open_app: Callable[..., App]
) -> None:
    secure = open_app({"DIGEST_DESK__URL": "https://desk.example.org"})
    answer = (
        create_desk_app(secure)
        .test_client()
        .get("/login", base_url="https://desk.example.org")
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie
    assert answer.headers["Strict-Transport-Security"]
    elsewhere = (
        create_desk_app(secure)
        .test_client()
        .get("/login", base_url="https://evil.example")
    )
    assert elsewhere.status_code == 421


def test_what_was_typed_after_a_login_ended_is_shown_again(
    app: App, staff: Staff
) -> None:
    client = log_in(app, "Ben")
    app.staff.log_out_everywhere(app.store.staff.get_member_by_name("Ben"))
    answer = post(client, f"/{DAY}/head", subject="Long work", was_subject="")
    assert answer.status_code == 403
    assert "Long work" in answer.text


# The admin's page, and the command line


def test_an_admin_invites_by_a_link(app: App, staff: Staff) -> None:
    ada = log_in(app, "Ada")
    shown = post(ada, "/staff/add", name="Cai", role="approver").text
    path = shown.split("/join/")[1].split("<")[0]
    new = create_desk_app(app).test_client()
    assert new.get(f"/join/{path}", base_url=HOME).status_code == 200
    assert post(new, f"/join/{path}", password="short").status_code == 400
    assert post(new, f"/join/{path}", password=PASSWORD).status_code == 303
    assert inside(new)
    assert (
        app.store.staff.get_member_by_name("cai").role == StaffRights.APPROVER
    )
    assert post(ada, "/staff/add", name="CAI", role="editor").status_code == 400
    assert post(ada, "/staff/add", name="Dee", role="queen").status_code == 400


def test_staff_is_kept_from_the_command_line_too(app: App, run) -> None:
    added = run("staff", "add", "Ada", "--role", "admin")
    assert "/join/" in added.stdout
    app.staff.accept_invitation(
        added.stdout.split("/join/")[1].split()[0], PASSWORD
    )
    assert "Ada" in run("staff", "list").stdout
    assert '"joined": true' in run("staff", "list", "--json").stdout
    assert run("staff", "add", "ada").exit_code == 1
    assert run("staff", "remove", "Ada").exit_code == 1
    run("staff", "add", "Ben", "--role", "admin")
    assert run("staff", "role", "Ada", "--role", "editor").exit_code == 0
    assert "/join/" in run("staff", "reset", "Ada").stdout
    assert run("staff", "remove", "Ada").exit_code == 0
    assert run("staff", "remove", "Ada").exit_code == 1


def test_a_desk_that_nobody_could_enter_is_not_opened(run) -> None:
    assert "digest staff add" in run("desk", "--hosted").output
    assert "--host needs --hosted" in run("desk", "--host", "0.0.0.0").output
    run("staff", "add", "Ada", "--role", "admin")
    assert "desk.url is missing" in run("desk", "--hosted").output


@pytest.fixture
def run(app: App):
    from click.testing import CliRunner

    def call(*words: str):
        result = CliRunner().invoke(
            cli, ["-C", str(app.workspace.folder), *words]
        )
        assert result.exception is None or isinstance(
            result.exception, SystemExit
        )
        return result

    return call


# OpenID Connect


@pytest.fixture
def provider():
    with FakeProvider() as fake:
        yield fake


@pytest.fixture
def provided(
    provider: FakeProvider, open_app: Callable[..., App], monkeypatch
) -> App:
    """A desk whose people log in by the provider."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    env = {
        "DIGEST_DESK__OIDC__ISSUER": provider.home,
        "DIGEST_DESK__OIDC__CLIENT_ID": "desk",
    }
    return open_app(env | {"OIDC_CLIENT_SECRET": "secret"})


def come_back(app: App, provider: FakeProvider) -> tuple[FlaskClient, int]:
    client = create_desk_app(app).test_client()
    assert (
        "Log in with your organisation"
        in client.get("/login", base_url=HOME).text
    )
    away = client.get("/oidc", base_url=HOME)
    back = provider.visit(away.headers["Location"])
    return client, client.get(back, base_url=HOME).status_code


def test_whom_the_provider_vouches_for_is_let_in_and_known_again(
    provided: App, provider: FakeProvider
) -> None:
    provided.staff.invite_member(
        "ada@example.org", StaffRights.APPROVER, "test"
    )
    provider.claims = {
        "sub": "17",
        "email": "Ada@example.org",
        "email_verified": True,
    }
    client, status = come_back(provided, provider)
    assert status == 302
    assert inside(client)
    provider.claims = {
        "sub": "17",
        "email": "new-name@example.org",
        "email_verified": True,
    }
    assert inside(come_back(provided, provider)[0])


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "9", "email": "stranger@example.org", "email_verified": True},
        {"sub": "9", "email": "ada@example.org", "email_verified": False},
        {"sub": "9", "email": "ada@example.org"},
        {"sub": "9"},
        {
            "sub": "9",
            "email": "ada@example.org",
            "email_verified": True,
            "aud": "another",
        },
        {
            "sub": "9",
            "email": "ada@example.org",
            "email_verified": True,
            "nonce": "replayed",
        },
        {
            "sub": "9",
            "email": "ada@example.org",
            "email_verified": True,
            "iss": "https://evil",
        },
        {
            "sub": "9",
            "email": "ada@example.org",
            "email_verified": True,
            "exp": 1,
        },
    ],
)
def test_whom_it_does_not_vouch_for_stays_out(
    provided: App, provider: FakeProvider, claims: dict
) -> None:
    provided.staff.invite_member("ada@example.org", StaffRights.ADMIN, "test")
    provider.claims = claims
    client, status = come_back(provided, provider)
    assert status == 403
    assert not inside(client)


def test_a_way_back_that_nobody_went_is_refused(
    provided: App, provider: FakeProvider
) -> None:
    client = create_desk_app(provided).test_client()
    assert (
        client.get("/oidc/back?code=x&state=y", base_url=HOME).status_code
        == 403
    )


def test_a_provider_that_does_not_answer_is_said(
    provider: FakeProvider, provided: App
) -> None:
    client = create_desk_app(provided).test_client()
    provider.metadata = lambda: {"issuer": provider.home}
    answer = client.get("/oidc", base_url=HOME)
    assert answer.status_code == 403
    assert "provider" in answer.text


def test_a_provider_without_its_secret_is_a_clear_error(
    provider: FakeProvider, open_app: Callable[..., App]
) -> None:
    env = {
        "DIGEST_DESK__OIDC__ISSUER": provider.home,
        "DIGEST_DESK__OIDC__CLIENT_ID": "desk",
    }
    with pytest.raises(SettingsError, match="OIDC_CLIENT_SECRET"):
        create_desk_app(open_app(env))
