"""Every door of the desk: who may go through, by which method, and never without a token of ours."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from digest.app import App
from digest.model import StaffRights
from digest.services.staff import Staff
from digest.settings import load_workspace
from digest.web.desk import create_desk_app
from tests.conftest import EDITION, NOW, workspace
from tests.desk_client import DAY, HOME, post, put

PASSWORD = "nine pipes of lead"
EDITOR, APPROVER, ADMIN = StaffRights
ANYBODY = None
#: What each door takes: the least rights, and its methods. What is not here is no door.
DOORS = {
    "/": (EDITOR, "GET"),
    "/begin": (EDITOR, "POST"),
    "/add": (EDITOR, "GET POST"),
    "/history": (EDITOR, "GET"),
    "/status": (EDITOR, "GET"),
    "/mailboxes": (EDITOR, "GET"),
    "/me": (EDITOR, "GET"),
    "/me/password": (EDITOR, "POST"),
    "/me/factor": (EDITOR, "POST"),
    "/me/end": (EDITOR, "POST"),
    "/logout": (EDITOR, "POST"),
    "/login": (ANYBODY, "GET POST"),
    "/join/<token>": (ANYBODY, "GET POST"),
    "/speak": (ANYBODY, "POST"),
    "/static/<path:filename>": (ANYBODY, "GET"),
    "/staff": (ADMIN, "GET"),
    "/staff/add": (ADMIN, "POST"),
    "/staff/role": (ADMIN, "POST"),
    "/staff/reset": (ADMIN, "POST"),
    "/staff/remove": (ADMIN, "POST"),
    "/audit": (ADMIN, "GET"),
    "/blocks": (EDITOR, "GET"),
    "/blocks/<name>/edit": (EDITOR, "GET"),
    "/blocks/<name>/view/<kind>": (EDITOR, "GET"),
    "/blocks/<name>/images/<image>": (EDITOR, "GET"),
    "/blocks/store": (EDITOR, "POST"),
    "/blocks/delete": (EDITOR, "POST"),
    "/<day>/block": (EDITOR, "POST"),
    "/<day>/like-last": (EDITOR, "POST"),
    "/<day>/finds": (EDITOR, "GET POST"),
    "/<day>/undo": (EDITOR, "POST"),
    "/<day>/edition": (EDITOR, "GET"),
    "/<day>/head": (EDITOR, "POST"),
    "/<day>/story": (EDITOR, "POST"),
    "/<day>/move": (EDITOR, "POST"),
    "/<day>/lead": (EDITOR, "POST"),
    "/<day>/discard": (EDITOR, "POST"),
    "/<day>/picture": (EDITOR, "POST"),
    "/<day>/preview": (EDITOR, "GET"),
    "/<day>/view/<kind>": (EDITOR, "GET"),
    "/<day>/images/<name>": (EDITOR, "GET"),
    "/<day>/version": (EDITOR, "GET"),
    "/<day>/findings": (EDITOR, "GET"),
    "/<day>/check": (EDITOR, "GET"),
    "/<day>/history": (EDITOR, "GET"),
    "/<day>/seen": (EDITOR, "POST"),
    "/<day>/send": (EDITOR, "GET POST"),
    "/<day>/progress": (EDITOR, "GET"),
    "/<day>/test": (EDITOR, "POST"),
    "/<day>/approve": (APPROVER, "POST"),
    "/<day>/schedule": (APPROVER, "POST"),
    "/<day>/pause": (APPROVER, "POST"),
    "/<day>/resume": (APPROVER, "POST"),
    "/<day>/cancel": (APPROVER, "POST"),
    "/<day>/retry": (APPROVER, "POST"),
    "/<day>/confirm/<action>": (APPROVER, "GET"),
    "/<day>/sent": (EDITOR, "GET"),
    "/<day>/publish": (APPROVER, "POST"),
    "/<day>/withdraw": (APPROVER, "POST"),
    "/<day>/correction": (EDITOR, "POST"),
    "/<day>/correct": (APPROVER, "GET POST"),
    "/<day>/unapprove": (APPROVER, "POST"),
    "/<day>/give-up": (APPROVER, "POST"),
}
#: Where looking takes less than acting.
ACTING = {"/<day>/send": APPROVER}
ASK_A_PASSWORD = ("/login", "/join/<token>", "/me/password", "/me/factor")
FILLED = {
    "<day>": str(DAY),
    "<kind>": "mail",
    "<action>": "send",
    "<name>": "x",
    "<image>": "x",
    "<token>": "x",
}
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
#: What ends a session, if it is asked for with the right token.
ENDING = ("/logout", "/me/end")
NAMES = {EDITOR: "Ed", APPROVER: "Ap", ADMIN: "Ad"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder: Path = workspace(
        tmp_path_factory.mktemp("doors"), "http://127.0.0.1:9"
    )
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with (
        pytest.MonkeyPatch.context() as patch,
        App(load_workspace(folder, {}), lambda: NOW) as opened,
    ):
        patch.setattr(Staff, "_hasher", weak)
        patch.setenv(
            "PATH", ""
        )  # SpamAssassin takes a second for each look at a check
        put(opened, 1, "A story")
        opened.editions.save_source(EDITION)
        for role, name in NAMES.items():
            opened.staff.accept_invitation(
                opened.staff.invite_member(name, role, "test"), PASSWORD
            )
        yield opened


@pytest.fixture(scope="module")
def web(app: App) -> Flask:
    return create_desk_app(app)


def come(web: Flask, role: StaffRights | None) -> FlaskClient:
    client = web.test_client()
    client.get("/login", base_url=HOME)
    if role:
        assert (
            post(
                client, "/login", name=NAMES[role], password=PASSWORD
            ).status_code
            == 303
        )
    return client


def filled(rule: str) -> str:
    for name, value in FILLED.items():
        rule = rule.replace(name, value)
    return rule.replace("<path:filename>", "desk.css")


def test_every_door_is_in_the_table(web: Flask) -> None:
    doors: dict[str, set[str]] = {}
    for rule in web.url_map.iter_rules():
        path = rule.rule.replace("<day:day>", "<day>")
        doors.setdefault(path, set()).update(rule.methods - {"HEAD", "OPTIONS"})
    assert doors == {
        rule: set(methods.split()) for rule, (_, methods) in DOORS.items()
    }


def verdict(status: int, location: str) -> str:
    if status == 403 or location.startswith("/login"):
        return "shut"
    return {405: "wrong method"}.get(status, "open")


def meant(
    rule: str, method: str, role: StaffRights | None, ours: bool
) -> set[str]:
    """What may come of knocking: with a token of ours or a wrong one."""
    least, methods = DOORS[rule]
    needed = ACTING.get(rule, least) if method == "POST" else least
    inside = needed is ANYBODY or (role is not None and role.include(needed))
    if method not in methods.split():
        return {"wrong method", "shut"}
    if method != "GET" and not ours:
        return {"shut"}
    if rule in ASK_A_PASSWORD and method == "POST":
        return {"open", "shut"}
    return {"open"} if inside else {"shut"}


@pytest.mark.parametrize("role", [ANYBODY, *StaffRights])
def test_each_door_opens_to_its_roles_alone(
    web: Flask, role: StaffRights | None
) -> None:
    knock(web, role, ("GET", "POST"))


@pytest.mark.slow
@pytest.mark.parametrize("role", [ANYBODY, *StaffRights])
def test_no_door_opens_by_another_method(
    web: Flask, role: StaffRights | None
) -> None:
    knock(web, role, METHODS)


def knock(
    web: Flask, role: StaffRights | None, methods: tuple[str, ...]
) -> None:
    """Try each door by each method, with a token of ours and with a wrong one."""
    client = come(web, role)
    for rule, method, ours in product(DOORS, methods, (True, False)):
        if method == "GET" and not ours:
            continue  # carries no token
        with client.session_transaction(base_url=HOME) as session:
            form = {"csrf": session["csrf"] if ours else "wrong"}
        answer = client.open(
            filled(rule), method=method, data=form, base_url=HOME
        )
        answer.close()
        got = verdict(answer.status_code, answer.headers.get("Location", ""))
        where = f"{role} {method} {rule} {ours}: {answer.status_code}"
        assert got in meant(rule, method, role, ours), where
        assert answer.status_code < 500, where
        if method == "POST" and (rule in ENDING or rule in ASK_A_PASSWORD):
            client = come(web, role)


def test_an_address_with_a_slash_behind_it_is_none(web: Flask) -> None:
    client = come(web, ADMIN)
    for rule, method in product(DOORS, ("GET", "POST")):
        if rule != "/" and not rule.startswith("/static"):
            with client.session_transaction(base_url=HOME) as session:
                form = {"csrf": session["csrf"]}
            answer = client.open(
                f"{filled(rule)}/", method=method, data=form, base_url=HOME
            )
            answer.close()
            assert answer.status_code == 404, rule


def test_nothing_was_changed_by_all_of_that(app: App, web: Flask) -> None:
    """GET acts nowhere; what the table sent was empty."""
    before = app.editions.read_source(DAY), app.store.staff.list_members()
    client = come(web, ADMIN)
    for rule, (_, methods) in DOORS.items():
        if "GET" in methods.split():
            for query in ("", "?approve=1&send=1&do=reject&article=1"):
                client.get(filled(rule) + query, base_url=HOME).close()
    assert (
        app.editions.read_source(DAY),
        app.store.staff.list_members(),
    ) == before
    assert app.store.editions.get_approval(DAY) is None
    assert app.store.deliveries.get_delivery_report(DAY).planned == 0
