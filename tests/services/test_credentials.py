"""Guesses at a hosted desk: few, even all at once; and never so few that the owner stays outside."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask.testing import FlaskClient
from lxml.html import document_fromstring

from digest.app import App
from digest.errors import LoginRefused, TooManyTries
from digest.model import AttemptLimit, StaffRights
from digest.services import credentials
from digest.services.credentials import Lane
from digest.services.staff import CODES, PER_NAME, PER_PLACE, Staff
from digest.web.desk import create_desk_app
from tests.conftest import NOW
from tests.desk_client import HOME, page, post
from tests.services.test_staff import PASSWORD, inside, log_in

MINUTES = timedelta(minutes=15)


class Counting(PasswordHasher):
    """Hashes as weakly as can be, and counts whose passwords it was shown, and how many at a time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.shown: Counter[str] = Counter()
        self.most = self.now = 0
        self.hold: threading.Event | None = None
        self._lock = threading.Lock()

    def verify(self, hashed, password) -> bool:
        with self._lock:
            self.shown[password] += 1
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            if self.hold:
                self.hold.wait(10)
            return super().verify(hashed, password)
        finally:
            with self._lock:
                self.now -= 1


@pytest.fixture(autouse=True)
def hasher(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr(Staff, "_hasher", counting)
    return counting


@pytest.fixture
def staff(app: App) -> Staff:
    for name, role in (("Ada", StaffRights.ADMIN), ("Ben", StaffRights.EDITOR)):
        app.staff.accept_invitation(
            app.staff.invite_member(name, role, "test"), PASSWORD
        )
    return app.staff


@pytest.fixture
def wide_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all wait: what is counted here is guesses, not memory."""
    monkeypatch.setattr("digest.services.staff.STRANGERS", Lane(waiting=100))


def guess(
    staff: Staff,
    where: str,
    name: str = "Ada",
    device: str = "",
    code: str = "",
) -> str:
    try:
        staff.log_in(name, "a wrong guess", code, where, device)
    except TooManyTries:
        return "too many"
    except LoginRefused:
        return "refused"
    return "in"


# All at once


@pytest.mark.usefixtures("wide_lane")
def test_of_twenty_guesses_at_one_moment_five_reach_the_password(
    app: App, staff: Staff, hasher: Counting
) -> None:
    web, start = create_desk_app(app), threading.Barrier(20)
    clients = [web.test_client() for _ in range(20)]
    for client in clients:
        client.get("/login", base_url=HOME)

    def knock(client: FlaskClient) -> tuple[int, str | None]:
        start.wait()
        answer = post(client, "/login", name="Ada", password="a wrong guess")
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(knock, clients))
    assert hasher.shown["a wrong guess"] == PER_NAME
    assert answers == {(403, None): PER_NAME, (429, "900"): 20 - PER_NAME}


def test_simultaneous_tries_are_counted_exactly(
    app: App,
) -> None:
    limits = [
        AttemptLimit(7, MINUTES, "a name"),
        AttemptLimit(9, MINUTES, source="a place"),
    ]
    start = threading.Barrier(24)

    def take(_n: int) -> bool:
        start.wait()
        return (
            app.store.login_attempts.note_attempt(
                "a name", "a place", NOW, limits
            )[0]
            > 0
        )

    with ThreadPoolExecutor(24) as pool:
        assert sum(pool.map(take, range(24))) == 7
    assert app.store.login_attempts.count_attempts(NOW, "a name") == 7


def test_what_is_refused_makes_nobody_wait_longer(
    app: App, staff: Staff, open_app: Callable[..., App]
) -> None:
    for minute in range(14):
        late = open_app(now=NOW + timedelta(minutes=minute)).staff
        for _ in range(5):
            guess(late, "198.51.100.7")
    with pytest.raises(TooManyTries) as refused:
        open_app(now=NOW + timedelta(minutes=14)).staff.log_in(
            "Ada", PASSWORD, "", "198.51.100.7"
        )
    assert refused.value.wait == 60
    again = open_app(now=NOW + timedelta(minutes=15, seconds=1)).staff
    assert again.log_in("Ada", PASSWORD, "", "198.51.100.7").name == "Ada"


def test_it_is_said_plainly_what_one_can_do(app: App, staff: Staff) -> None:
    client = create_desk_app(app).test_client()
    client.get("/login", base_url=HOME)
    for _ in range(5):
        post(client, "/login", name="Ada", password="a wrong guess")
    answer = post(client, "/login", name="Ada", password=PASSWORD)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Try again in 15 minutes" in answer.text
    assert "from another place" in answer.text


# The owner


NETWORKS = 12


def besiege(staff: Staff) -> None:
    """Guess from as many networks as somebody has, until the name is under attack, and on."""
    for n in range(NETWORKS):
        for _ in range(PER_NAME):
            guess(staff, f"198.51.{n}.7")
            guess(staff, f"2001:db8:{n:x}::1")


def test_an_attacker_from_many_networks_never_shuts_the_owner_out(
    app: App,
    staff: Staff,
    open_app: Callable[..., App],
    hasher: Counting,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Guessing goes on all day; the owner logs in, known or from a place that is new."""
    monkeypatch.setattr("digest.services.staff.ATTACK", 10)
    at_home = log_in(app, "Ada")  # by which the browser is known
    for hour in range(1, 4):
        later = open_app(now=NOW + timedelta(hours=hour))
        hasher.shown.clear()
        besiege(later.staff)
        # ten until it is an attack, then one for each network
        assert 10 < hasher.shown["a wrong guess"] <= 10 + 2 * NETWORKS
        known = create_desk_app(later).test_client()
        cookie = at_home.get_cookie(
            "digest_device", domain="127.0.0.1", path="/login"
        )
        known.set_cookie(
            "digest_device", cookie.value, domain="127.0.0.1", path="/login"
        )
        known.get("/login", base_url=HOME)
        there = {
            "REMOTE_ADDR": "198.51.3.7"
        }  # even from a network of the attacker's
        with known.session_transaction(base_url=HOME) as session:
            form = {
                "csrf": session["csrf"],
                "name": "Ada",
                "password": PASSWORD,
            }
        answer = known.post(
            "/login", data=form, base_url=HOME, environ_base=there
        )
        assert answer.status_code == 303
        assert (
            later.staff.log_in("Ada", PASSWORD, "", f"203.0.{hour}.9").name
            == "Ada"
        )


def test_a_known_browser_has_few_guesses_for_its_name(
    app: App, staff: Staff
) -> None:
    client = log_in(app, "Ada")
    post(client, "/logout")
    client.get("/login", base_url=HOME)
    codes = [
        post(client, "/login", name="Ada", password="a wrong guess").status_code
        for _ in range(7)
    ]
    assert codes == [403] * 5 + [429] * 2
    # what it may for Ada it may not for Ben: there it is a stranger
    for _ in range(5):
        guess(staff, "127.0.0.1", "Ben")
    assert (
        post(client, "/login", name="Ben", password=PASSWORD).status_code == 429
    )


@pytest.mark.parametrize(
    "forged", ["", "x", "WyJhZGEiLCJ4Il0.x", "WyJhZGEiLCJ4Il0"]
)
def test_a_forged_browser_is_a_stranger(
    app: App, staff: Staff, forged: str
) -> None:
    for _ in range(5):
        guess(staff, "127.0.0.1")
    client = create_desk_app(app).test_client()
    client.set_cookie(
        "digest_device", forged, domain="127.0.0.1", path="/login"
    )
    client.get("/login", base_url=HOME)
    assert (
        post(client, "/login", name="Ada", password=PASSWORD).status_code == 429
    )


def test_one_place_is_slowed_whatever_names_it_tries(staff: Staff) -> None:
    ends = [
        guess(staff, "198.51.100.7", f"name {n}") for n in range(PER_PLACE + 3)
    ]
    assert ends == ["refused"] * PER_PLACE + ["too many"] * 3


# Codes


def test_who_knows_the_password_has_few_guesses_at_the_code_from_wherever(
    app: App, staff: Staff
) -> None:
    ada = app.store.staff.get_member_by_name("Ada")
    secret, _ = staff.propose_factor(ada)
    staff.turn_on_factor(ada, secret, pyotp.TOTP(secret).at(NOW), PASSWORD)
    good = pyotp.TOTP(secret).at(NOW + timedelta(seconds=30))
    wrong = "000000" if good != "000000" else "111111"
    ends: Counter[str] = Counter()
    for n in range(CODES + 10):
        try:
            staff.log_in("Ada", PASSWORD, wrong, f"198.51.{n}.7")
        except (TooManyTries, LoginRefused) as e:
            ends[type(e).__name__] += 1
    assert ends == {"LoginRefused": CODES, "TooManyTries": 10}
    with pytest.raises(TooManyTries):
        staff.log_in("Ada", PASSWORD, good, "203.0.113.9")
    assert (
        staff.log_in("Ada", PASSWORD, good, "203.0.113.9", device="known").name
        == "Ada"
    )


def test_a_code_works_once_even_simultaneously(app: App, staff: Staff) -> None:
    ada = app.store.staff.get_member_by_name("Ada")
    secret, _ = staff.propose_factor(ada)
    staff.turn_on_factor(ada, secret, pyotp.TOTP(secret).at(NOW), PASSWORD)
    code, start = (
        pyotp.TOTP(secret).at(NOW + timedelta(seconds=30)),
        threading.Barrier(4),
    )

    def enter(n: int) -> bool:
        start.wait()
        try:
            return (
                staff.log_in("Ada", PASSWORD, code, f"203.0.{n}.9").name
                == "Ada"
            )
        except LoginRefused:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(enter, range(4))) == 1


# Inside


def test_guesses_of_the_old_password_are_few_within_a_session_too(
    app: App, staff: Staff, hasher: Counting
) -> None:
    """Who found a browser open has no more guesses than who stands before the door."""
    client = log_in(app, "Ada")
    hasher.shown.clear()
    forms = (
        (
            "/me/password",
            {"old": "a wrong guess", "new": "ten pipes of copper"},
        ),
        ("/me/factor", {"drop": "yes", "password": "a wrong guess"}),
    )
    codes = [
        post(client, *forms[n % 2][:1], **forms[n % 2][1]).status_code
        for n in range(12)
    ]
    assert codes == [403] * 5 + [429] * 7
    assert hasher.shown["a wrong guess"] == 5
    answer = post(
        client, "/me/password", old=PASSWORD, new="ten pipes of copper"
    )
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"


def test_a_mistyped_code_leaves_the_key_that_the_phone_has_scanned(
    app: App, staff: Staff
) -> None:
    client = log_in(app, "Ada")
    (shown,) = page(client, "/me").xpath("//input[@name='secret']/@value")
    answer = post(
        client, "/me/factor", secret=shown, code="abc", password=PASSWORD
    )
    assert answer.status_code == 403
    again = document_fromstring(answer.text)
    assert again.xpath("//input[@name='secret']/@value") == [shown]
    assert again.xpath("//main//*[@role='alert']")
    for nonsense in ("<b>", "", shown + "A"):
        answer = post(
            client, "/me/factor", secret=nonsense, code="abc", password=PASSWORD
        )
        (fresh,) = document_fromstring(answer.text).xpath(
            "//input[@name='secret']/@value"
        )
        assert fresh not in (nonsense, shown)


def test_changing_the_second_factor_needs_password_or_old_code(
    app: App, staff: Staff, open_app: Callable[..., App]
) -> None:
    client = log_in(app, "Ada")

    def at(seconds: int, secret: str) -> str:
        return pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds))

    mine, thiefs = pyotp.random_base32(), pyotp.random_base32()
    form = {"secret": thiefs, "code": at(0, thiefs)}
    assert post(client, "/me/factor", **form).status_code == 403
    assert not app.store.staff.get_member_by_name("Ada").second_factor
    good = {"secret": mine, "code": at(0, mine), "password": PASSWORD}
    assert post(client, "/me/factor", **good).status_code == 303
    assert (
        "every other session of yours has ended"
        in client.get("/me", base_url=HOME).text
    )
    assert post(client, "/me/factor", **form).status_code == 403
    assert (
        post(client, "/me/factor", **form, old_code=at(0, thiefs)).status_code
        == 403
    )
    assert post(client, "/me/factor", drop="yes").status_code == 403
    assert app.store.staff.get_secrets(1).totp == mine
    new, late = pyotp.random_base32(), NOW + timedelta(seconds=30)
    change = {"secret": new, "code": at(30, new), "old_code": at(30, mine)}
    with open_app(now=late) as later:
        browser = stolen(later, client)  # the same cookie, half a minute later
        assert post(browser, "/me/factor", **change).status_code == 303
        assert later.store.staff.get_secrets(1).totp == new
        assert (
            post(
                browser, "/me/factor", drop="yes", old_code=at(30, new)
            ).status_code
            == 403
        )
        assert later.store.staff.get_member_by_name(
            "Ada"
        ).second_factor  # that code was used


# Sessions


def stolen(app: App, client: FlaskClient) -> FlaskClient:
    """Return another browser with the same cookie."""
    thief = create_desk_app(app).test_client()
    cookie = client.get_cookie("digest_desk", domain="127.0.0.1")
    thief.set_cookie("digest_desk", cookie.value, domain="127.0.0.1")
    return thief


def test_logging_out_ends_the_session_wherever_its_cookie_is(
    app: App, staff: Staff
) -> None:
    ada, other = log_in(app, "Ada"), log_in(app, "Ada")
    thief = stolen(app, ada)
    assert inside(thief)
    post(ada, "/logout")
    assert not inside(ada)
    assert not inside(thief)
    assert inside(other)  # only this one was ended


@pytest.mark.parametrize(
    "deed", ["password", "role", "reset", "removed", "factor", "everywhere"]
)
def test_what_changes_who_one_is_ends_sessions_that_there_were(
    app: App, staff: Staff, deed: str
) -> None:
    staff.invite_member("Cai", StaffRights.ADMIN, "test")
    ada = log_in(app, "Ada")
    thief, secret = stolen(app, ada), pyotp.random_base32()
    assert inside(thief)
    {
        "password": lambda: post(
            ada, "/me/password", old=PASSWORD, new="ten pipes of copper"
        ),
        "role": lambda: staff.change_role("Ada", StaffRights.EDITOR, "Cai"),
        "reset": lambda: staff.reset_member("Ada", "Cai"),
        "removed": lambda: staff.remove_member("Ada", "Cai"),
        "factor": lambda: post(
            ada,
            "/me/factor",
            secret=secret,
            code=pyotp.TOTP(secret).at(NOW),
            password=PASSWORD,
        ),
        "everywhere": lambda: post(ada, "/me/end"),
    }[deed]()
    assert not inside(thief)
    assert inside(ada) is (deed in ("password", "factor"))


def test_a_removed_members_number_opens_no_later_session(
    app: App, staff: Staff
) -> None:
    """SQLite gives it to the next who is added."""
    ben = log_in(app, "Ben")
    staff.remove_member("Ben", "Ada")
    app.staff.accept_invitation(
        app.staff.invite_member("Eve", StaffRights.ADMIN, "test"), PASSWORD
    )
    assert not inside(ben)


# Memory


def test_few_passwords_are_hashed_at_once_others_wait(
    app: App, staff: Staff, hasher: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes 64 MiB: sixty-four at once would be four gigabytes."""
    monkeypatch.setattr(credentials, "MAX_WAIT_SECONDS", 60)
    hasher.hold = threading.Event()
    web, sent = create_desk_app(app), threading.Semaphore(0)

    def knock(n: int) -> tuple[int, str | None]:
        client = web.test_client()
        client.get("/login", base_url=HOME)
        with client.session_transaction(base_url=HOME) as session:
            form = {
                "csrf": session["csrf"],
                "name": f"n{n}",
                "password": "a wrong guess",
            }
        here = {"REMOTE_ADDR": f"198.51.{n}.7"}
        answer = client.post(
            "/login", data=form, base_url=HOME, environ_base=here
        )
        sent.release()
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(64) as pool:
        knocks = [pool.submit(knock, n) for n in range(64)]
        for _ in range(55):
            assert sent.acquire(
                timeout=30
            )  # those who find no place are answered at once
        hasher.hold.set()
        answers = Counter(k.result() for k in knocks)
    assert hasher.most == 1
    assert answers == {(403, None): 9, (503, "2"): 55}
    # who was sent away has used up no guess
    assert app.store.login_attempts.count_attempts(NOW - MINUTES) == 9


def test_strangers_who_fill_their_lane_keep_out_nobody_who_is_known(
    app: App, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Lane(waiting=0)
    monkeypatch.setattr("digest.services.staff.STRANGERS", full)
    with full.hold_turn():
        with pytest.raises(TooManyTries) as refused:
            staff.log_in("Ada", PASSWORD, "", "203.0.113.9")
        assert refused.value.busy
        assert (
            staff.log_in(
                "Ada", PASSWORD, "", "203.0.113.9", device="known"
            ).name
            == "Ada"
        )


def test_an_error_while_hashing_gives_the_turn_back() -> None:
    lane = Lane(waiting=0)
    for _ in range(3):
        with pytest.raises(VerifyMismatchError), lane.hold_turn():
            raise VerifyMismatchError
    with lane.hold_turn():
        pass
    assert credentials.STRANGERS is not credentials.KNOWN
