"""Who gets which newsletter: after no sequence of events is somebody mailed what they left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from digest.app import App
from digest.model import (
    DeliveryState,
    Fate,
    Outcome,
    ProviderEvent,
    Subscriber,
)
from digest.services.signup import Signup
from digest.services.subscribers import ImportWish
from digest.settings import load_workspace
from tests.conftest import NOW
from tests.three_newsletters import open_three

PUBLIC = ("weekly", "funders")
KEYS = ("clips", *PUBLIC)
PEOPLE = ("ada@r.example", "bo@r.example")


def recipients(app: App, newsletter: str) -> set[str]:
    """Return who would be mailed a newsletter now."""
    one = app.for_newsletter(newsletter)
    return {person.address for person in one.subscribers.list_matching("")}


def join(app: App, address: str, *newsletters: str) -> None:
    """Let a person ask for newsletters by the form, and confirm those they do not get yet."""
    missing = [
        key
        for key in newsletters
        if not app.store.signups.is_mailed(address, [key])
    ]
    if not missing:
        return  # no mail is sent
    asked = app.store.signups.add_request(
        Subscriber(address, consent_source="form"), app.clock(), missing
    )
    signup = Signup(app.settings, app.store, take_mail, app.clock)
    token = signup._make_token(asked, asked.newsletters)
    signup.confirm_signup(token, "confirmed")


def take_mail(*_: object) -> Outcome:
    """Accept a notice without rendering it."""
    return Outcome(DeliveryState.ACCEPTED)


class Leaving(RuleBasedStateMachine):
    """People are imported, join, leave, complain; the model knows what each wants of us."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        folder = open_three(Path(self._folder.name))
        self.now = NOW
        self.app = App(load_workspace(folder, {}), self._clock)
        self.left: set[tuple[str, str]] = set()
        self.events = 0

    def _clock(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def teardown(self) -> None:
        self.app.__exit__(None, None, None)
        self._folder.cleanup()

    def _token(self, address: str, newsletter: str) -> str:
        person = self.app.store.subscribers.find_subscriber(address)
        if person is None:
            return ""
        tokens = self.app.for_newsletter(newsletter).tokens
        return tokens.sign_subscriber(person.id)

    @rule(
        addresses=st.sets(st.sampled_from(PEOPLE), min_size=1),
        newsletter=st.sampled_from(KEYS),
    )
    def import_list(self, addresses: set[str], newsletter: str) -> None:
        file = Path(self._folder.name) / "people.csv"
        file.write_text("\n".join(["address", *sorted(addresses)]), "utf-8")
        wish = ImportWish(newsletters=(newsletter,))
        self.app.subscribers.import_sheet(file, "a list", wish)

    @rule(
        address=st.sampled_from(PEOPLE),
        newsletters=st.sets(st.sampled_from(PUBLIC), min_size=1),
    )
    def sign_up(self, address: str, newsletters: set[str]) -> None:
        join(self.app, address, *sorted(newsletters))
        for newsletter in newsletters:
            self.left.discard((address, newsletter))
            assert address in recipients(self.app, newsletter)

    @rule(address=st.sampled_from(PEOPLE), newsletter=st.sampled_from(KEYS))
    def leave(self, address: str, newsletter: str) -> None:
        token = self._token(address, newsletter)
        if token:
            assert self.app.subscribers.unsubscribe_by_token(token)
            self.left.add((address, newsletter))

    @rule(address=st.sampled_from(PEOPLE))
    def leave_all(self, address: str) -> None:
        token = self._token(address, "weekly")
        if token:
            self.app.subscribers.unsubscribe_from_all_by_token(token)
            self.left |= {(address, newsletter) for newsletter in KEYS}

    @rule(
        address=st.sampled_from(PEOPLE),
        wanted=st.sets(st.sampled_from(KEYS)),
    )
    def choose(self, address: str, wanted: set[str]) -> None:
        person = self.app.store.subscribers.find_subscriber(address)
        if person is None:
            return
        received = {
            one.key for one in self.app.subscribers.list_received(person)
        }
        self.app.subscribers.choose_newsletters(person, wanted)
        for newsletter in received - wanted:
            self.left.add((address, newsletter))
        for newsletter in wanted:
            # internal ones come back to who has their tag, by their own choice
            if address in recipients(self.app, newsletter):
                self.left.discard((address, newsletter))

    @rule(
        address=st.sampled_from(PEOPLE),
        fate=st.sampled_from([Fate.COMPLAINED, Fate.LEFT]),
    )
    def report(self, address: str, fate: Fate) -> None:
        self.events += 1
        event = ProviderEvent(str(self.events), fate, address, self.now)
        self.app.deliveries.record_events([event])
        if self._token(address, "weekly"):
            self.left |= {(address, newsletter) for newsletter in KEYS}

    @invariant()
    def nobody_is_mailed_what_they_left(self) -> None:
        for newsletter in KEYS:
            for address in recipients(self.app, newsletter):
                assert (address, newsletter) not in self.left


Leaving.TestCase.settings = settings(
    max_examples=settings().max_examples // 5, stateful_step_count=10
)
TestLeaving = Leaving.TestCase


# What single steps do


def add(app: App, address: str, *newsletters: str, tags: str = "") -> None:
    for newsletter in newsletters:
        person = Subscriber(
            address, consent_at=NOW, tags=tuple(filter(None, [tags]))
        )
        app.for_newsletter(newsletter).subscribers.add_subscriber(person)


def titles_of(app: App, address: str) -> list[str]:
    person = app.subscribers.find_subscriber(address)
    return [one.key for one in app.subscribers.list_received(person)]


def test_who_leaves_the_last_newsletter_has_left_everything(
    folder: Path, open_app: Callable[..., App]
) -> None:
    open_three(folder)
    app = open_app()
    add(app, "ada@r.example", "clips", "weekly")
    assert titles_of(app, "ada@r.example") == ["clips", "weekly"]
    ada = app.for_newsletter("weekly").subscribers.leave_newsletter(
        "ada@r.example"
    )
    assert titles_of(app, "ada@r.example") == ["clips"]
    assert app.subscribers.find_subscriber(ada.address).left_at is None
    app.for_newsletter("clips").subscribers.leave_newsletter("ada@r.example")
    assert app.subscribers.find_subscriber(ada.address).left_at == NOW
    add_again = ImportWish(newsletters=("funders",))
    file = folder / "people.csv"
    file.write_text("address\nada@r.example\n", "utf-8")
    counts, _, _ = app.subscribers.import_sheet(file, "a list", add_again)
    assert (counts.left_earlier, titles_of(app, "ada@r.example")) == (1, [])


def test_coming_back_to_one_brings_no_other_back(
    folder: Path, open_app: Callable[..., App]
) -> None:
    open_three(folder)
    app = open_app()
    add(app, "ada@r.example", "clips", "weekly", "funders")
    app.subscribers.unsubscribe_address("ada@r.example")
    join(app, "ada@r.example", "funders")
    assert titles_of(app, "ada@r.example") == ["funders"]


def test_what_a_mail_did_not_name_its_link_does_not_confirm(
    folder: Path, open_app: Callable[..., App]
) -> None:
    """Somebody else may ask for more before the first link is used."""
    open_three(folder)
    app = open_app()
    ada = Subscriber("ada@r.example", consent_source="form")
    first = app.store.signups.add_request(ada, NOW, ["funders"])
    first_token = app.signup._make_token(first, first.newsletters)
    both = app.store.signups.add_request(ada, NOW, ["weekly"])
    both_token = app.signup._make_token(both, both.newsletters)
    assert app.signup.confirm_signup(first_token, "x").newsletters == (
        "funders",
    )
    assert titles_of(app, "ada@r.example") == ["funders"]
    assert app.signup.confirm_signup(first_token, "x") is None
    assert app.signup.confirm_signup(both_token, "x") is not None
    assert titles_of(app, "ada@r.example") == ["weekly", "funders"]


def test_who_complained_and_comes_back_to_one_gets_no_other(
    folder: Path, open_app: Callable[..., App]
) -> None:
    open_three(folder)
    app = open_app()
    add(app, "ada@r.example", "clips", "weekly", "funders")
    event = ProviderEvent("1", Fate.COMPLAINED, "ada@r.example", NOW)
    app.deliveries.record_events([event])
    assert recipients(app, "weekly") == set()
    join(app, "ada@r.example", "funders")
    assert titles_of(app, "ada@r.example") == ["funders"]
