"""The life of an edition: draft, approved, frozen, sent, public, corrected."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from lxml import etree, html
from sqlalchemy import update

from digest.app import App
from digest.cli import cli
from digest.delivery.manifest import verify_manifest
from digest.errors import (
    AlreadySent,
    DigestError,
    NotApproved,
    NotFound,
    TransportDown,
)
from digest.model import (
    ROOT_NEWSLETTER,
    Approval,
    DeliveryState,
    EditionKey,
    Lead,
    Subscriber,
)
from digest.store.tables import approval, edition
from digest.web.public import create_public_app
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, let_in, page, post
from tests.earlier_schemas import put_back
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.smtp import FakeSmtp

PATH = f"/{DAY}/"
EMPTY = re.sub(
    r"- \[.*\n",
    "",
    re.sub(r"# Headline.*?## ", "## ", EDITION, flags=re.DOTALL, count=1),
)


def run(app: App, *words: str, stdin: str = "", **env: str) -> Result:
    command = ["-C", str(app.workspace.folder), *words]
    return CliRunner().invoke(cli, command, input=stdin, env=env)


@pytest.fixture
def approved(app: App, audience: list[str]) -> App:
    app.approval.approve_edition(DAY, "Ada")
    return app


@pytest.fixture
def sent(approved: App, open_app: Callable[..., App], smtp: FakeSmtp) -> App:
    """What was mailed by SMTP to twenty-five people, at its hour."""
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    return app


def public(app: App) -> FlaskClient:
    return create_public_app(app).test_client()


def is_public(app: App) -> bool:
    """Say whether the page, the list and the feed show the edition; they agree."""
    client = public(app)
    there = client.get(PATH).status_code == 200
    lists = [client.get(path) for path in ("/", "/feed.atom")]
    assert {answer.status_code for answer in lists} == {200}
    listed = [PATH in answer.text for answer in lists]
    assert listed == [there, there]
    return there


# What the public sees


def test_a_rehearsal_an_approval_and_a_send_to_nobody_are_not_public(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    later = NOW + timedelta(days=2)
    assert not is_public(open_app(now=later))
    approved.sending.send_edition(DAY)
    assert not is_public(open_app(now=later))
    with_smtp = open_app(smtp.env)
    for person in list(with_smtp.store.subscribers.iterate_subscribers()):
        with_smtp.subscribers.unsubscribe_address(person.address)
    with_smtp.sending.send_edition(DAY)
    assert not is_public(open_app(now=later))


def test_what_everybody_left_before_is_not_public(
    approved: App,
    audience: list[str],
    open_app: Callable[..., App],
    smtp: FakeSmtp,
) -> None:
    """Frozen, then everybody unsubscribed: each was left out, and nobody has it."""
    app = open_app(smtp.env)
    app.sending.send_edition(DAY, stop=lambda: True)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }
    assert not is_public(app)
    for address in audience:
        app.subscribers.unsubscribe_address(address)
    app.sending.send_edition(DAY)
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.EXCLUDED: 25
    }
    assert not is_public(app)


def test_mailed_editions_stay_public_once_pruned(
    sent: App, open_app: Callable[..., App]
) -> None:
    assert is_public(sent)
    old = open_app({"DIGEST_KEEP__DELIVERIES": "90"}, NOW + timedelta(days=200))
    assert old.retention.delete_expired()["deliveries"] == 25
    assert is_public(old)


def test_it_is_public_from_the_first_mail_on(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    """Its readers follow the link to its page while others are still being mailed."""
    app, seen = open_app(smtp.env), []
    app.sending.send_edition(
        DAY, lambda _n: seen.append(public(app).get(PATH).status_code)
    )
    assert set(seen) == {200}


def test_publishing_by_hand_and_withdrawing(
    app: App,
) -> None:
    app.editions.save_source(EDITION)
    with pytest.raises(NotApproved, match="not approved"):
        app.publishing.publish_edition(DAY, "Ada")
    app.approval.approve_edition(DAY, "Ada")
    assert run(app, "publish", str(DAY), stdin="n\n").exit_code == 1
    assert not is_public(app)
    told = run(app, "publish", str(DAY), stdin="y\n")
    assert told.exit_code == 0, told.output
    assert is_public(app)
    with pytest.raises(AlreadySent, match="--withdraw"):
        app.editions.save_source(EDITION.replace("Paragraphs.", "Other words."))
    assert run(app, "publish", str(DAY), "--withdraw", "--yes").exit_code == 0
    assert not is_public(app)
    app.editions.save_source(EDITION.replace("Paragraphs.", "Other words."))
    with pytest.raises(NotApproved, match="has changed"):
        app.publishing.publish_edition(DAY, "Ada")


def test_where_two_must_say_yes_one_cannot_publish(
    open_app: Callable[..., App],
) -> None:
    app = open_app({"DIGEST_DESK__TWO_PEOPLE": "true"})
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "Ada")
    with pytest.raises(NotApproved, match="a second person"):
        app.publishing.publish_edition(DAY, "Ada")
    app.approval.approve_edition(DAY, "Ben")
    app.publishing.publish_edition(DAY, "Ben")
    assert is_public(app)


def test_a_sent_edition_is_withdrawn_and_put_back_as_it_was(sent: App) -> None:
    before = public(sent).get(PATH).text
    sent.publishing.withdraw_edition(DAY, "Ada")
    assert not is_public(sent)
    with pytest.raises(AlreadySent):
        sent.editions.save_source(
            EDITION.replace("Paragraphs.", "Other words.")
        )
    sent.publishing.publish_edition(DAY, "Ada")
    assert public(sent).get(PATH).text == before


def test_links_lead_on_from_what_was_sent_and_from_nothing_unsent(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    client = public(approved)
    assert client.get(f"{PATH}to/0").status_code == 404
    approved.sending.send_edition(DAY)
    assert client.get(f"{PATH}to/0").status_code == 404
    open_app(smtp.env).sending.send_edition(DAY)
    assert (
        client.get(f"{PATH}to/0").headers["Location"] == "https://example.org/c"
    )


def test_test_mails_link_to_stories_and_count_nothing(
    open_app: Callable[..., App], audience: list[str], smtp: FakeSmtp
) -> None:
    app = open_app(smtp.env | {"DIGEST_NEWSLETTER__COUNT_LINKS": "true"})
    app.sending.send_test(DAY, "me@readers.example")
    [(_, mail)] = smtp.messages
    body = mail.get_body(("html",)).get_content()
    assert 'href="https://example.org/c"' in body
    assert f"{PATH}to/" not in body


# What was sent stays


def test_nothing_edits_approves_or_undoes_what_was_sent(sent: App) -> None:
    before = public(sent).get(PATH).text
    desk = sent.editing_as("Ben")
    changed = EDITION.replace("Paragraphs.", "Other words.")
    tries: tuple[Callable[[], object], ...] = (
        lambda: sent.editions.save_source(changed),
        lambda: sent.drafts.create_draft(DAY, replace_it=True),
        lambda: sent.approval.approve_edition(DAY, "Ben"),
        lambda: desk.undo_last_change(DAY),
        lambda: desk.change_heading(
            DAY, {"subject": "New"}, {"subject": "What the records show"}
        ),
        lambda: desk.write_lead(
            DAY, 0, Lead("New"), desk.load_edition(DAY).leads[0]
        ),
        lambda: desk.remove_story(DAY, "https://example.org/c"),
    )
    for attempt in tries:
        with pytest.raises(AlreadySent, match=f"digest correct {DAY}"):
            attempt()
    assert sent.editions.read_source(DAY) == EDITION
    assert public(sent).get(PATH).text == before


@pytest.mark.parametrize(
    "words",
    [
        ("edit",),
        ("edit", "--from"),
        ("draft", "--replace"),
        ("approve", "--yes"),
    ],
)
def test_commands_that_would_edit_what_was_sent_name_the_two_ways(
    sent: App, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "new.md").write_text(
        EDITION.replace("Paragraphs.", "Other words.")
    )
    more = [str(tmp_path / "new.md")] if "--from" in words else []
    day = (
        ["--date", str(DAY)]
        if words[0] == "draft"
        else []
        if more
        else [str(DAY)]
    )
    told = run(sent, *words, *more, *day)
    assert told.exit_code == 1
    assert "--mail" in told.output
    assert "--note" in told.output


def test_what_was_sent_is_shown_as_it_left_whatever_templates_are_since(
    sent: App, open_app: Callable[..., App]
) -> None:
    """Page, preview, files, history and manifest; also an edition changed behind our back."""
    page_before, manifest = (
        public(sent).get(PATH).text,
        verify_manifest(sent.manifests.signed_manifest(DAY)),
    )
    client = let_in(sent)
    mail_before = client.get(
        f"{PATH}view/mail", base_url="http://127.0.0.1:8000"
    ).text
    folder = sent.workspace.folder
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "templates" / "story.txt").write_text("another look\n")
    behind_our_back(
        sent, EDITION.replace("What the records show", "What nobody got")
    )
    later = open_app(
        {"DIGEST_NEWSLETTER__THEME__ACCENT": "#7a0019"}, NOW + timedelta(days=9)
    )
    assert (
        later.editions.render_stored(DAY).content_hash
        != manifest["sent"]["content_hash"]
    )
    assert public(later).get(PATH).text == page_before
    assert "What nobody got" not in public(later).get("/feed.atom").text
    assert verify_manifest(later.manifests.signed_manifest(DAY)) == manifest
    anew = let_in(later)
    assert (
        anew.get(f"{PATH}view/mail", base_url="http://127.0.0.1:8000").text
        == mail_before
    )
    assert "What the records show" in page(anew, "/history").text_content()
    later.edition_files.write_edition(DAY)
    assert (
        folder / "output" / str(DAY) / "index.html"
    ).read_text() == page_before
    assert later.sending.plan_send(DAY).subject == "What the records show"
    assert later.sending.plan_send(DAY).served


def behind_our_back(app: App, source: str) -> None:
    """Change an edition's text and its approval as an older digest, or another program, could."""
    key = EditionKey(ROOT_NEWSLETTER, DAY)
    with app.store._engine.begin() as c:
        c.execute(
            update(edition).where(edition.c.key == key).values(source=source)
        )
        c.execute(
            update(approval)
            .where(approval.c.edition == key)
            .values(by="Mallory")
        )


# In the middle of a send

ONE_LINE = {
    "DIGEST_DELIVERY__SMTP__CONNECTIONS": "1",
    "DIGEST_DELIVERY__SENDGRID__AT_ONCE": "1",
}


@dataclass
class Halfway:
    """A send that was interrupted when some have the mail and some do not."""

    app: App
    server: FakeSmtp | FakeSendgrid
    everybody: set[str]
    reopen: Callable[..., App]

    def restarted(self, **env: str) -> App:
        """Return what a new process would have: nothing in memory."""
        return self.reopen(self.server.env | ONE_LINE | env)

    def mailed(self) -> Counter[str]:
        """Count how often each address was mailed."""
        if isinstance(self.server, FakeSmtp):
            return Counter(to for to, _ in self.server.messages)
        return self.server.mailed()

    def bodies(self) -> set[str]:
        """Return what people got, each once, but for what is a reader's own."""
        if isinstance(self.server, FakeSendgrid):
            return {
                json.dumps([p["subject"], p["content"]])
                for p in self.server.payloads
            }
        return {_without_token(m) for _, m in self.server.messages}


def _without_token(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body
    text = re.sub(r"/u/[^\s\"<]+", "/u/", body.get_content())
    return f"{mail['Subject']} {text}"


@pytest.fixture(params=["smtp", "sendgrid"])
def halfway(
    request: pytest.FixtureRequest,
    approved: App,
    audience: list[str],
    open_app: Callable[..., App],
) -> Halfway:
    server = request.getfixturevalue(request.param)
    more = [
        f"more{n}@readers.example"
        for n in range(1100 if request.param == "sendgrid" else 0)
    ]
    approved.subscribers.add_people(
        [Subscriber(a, consent_at=NOW) for a in more]
    )
    app = open_app(server.env | ONE_LINE)
    handed: list[int] = []
    app.sending.send_edition(DAY, handed.append, stop=lambda: bool(handed))
    counts = app.store.deliveries.get_delivery_report(DAY).counts
    assert counts[DeliveryState.QUEUED]
    assert counts[DeliveryState.ACCEPTED]
    return Halfway(app, server, {*audience, *more}, open_app)


def edit_everything(app: App) -> None:
    """Change text, template, subject and approval, by every way there is."""
    with pytest.raises(AlreadySent):
        app.editions.save_source(EDITION.replace("Paragraphs.", "Other words."))
    behind_our_back(app, EDITION.replace("Paragraphs.", "Other words."))
    with pytest.raises(AlreadySent):
        app.approval.approve_edition(DAY, "Ben")
    folder = app.workspace.folder / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "subject.txt").write_text("Another subject")


def test_whatever_is_edited_in_the_middle_everybody_gets_the_same(
    halfway: Halfway,
) -> None:
    approved_as = halfway.app.store.sent_contents.get_content(DAY).approval
    edit_everything(halfway.app)
    rest = halfway.restarted(DIGEST_NEWSLETTER__THEME__ACCENT="#7a0019")
    proof = rest.sending.send_edition(DAY)
    assert proof.counts == {DeliveryState.ACCEPTED: len(halfway.everybody)}
    assert halfway.mailed() == Counter(halfway.everybody)
    assert len(halfway.bodies()) == 1
    manifest = verify_manifest(rest.manifests.signed_manifest(DAY))
    assert (
        manifest["approved"]["content_hash"] == manifest["sent"]["content_hash"]
    )
    assert manifest["approved"]["by"] == [approved_as.by] == ["Ada"]


def test_a_pause_an_edit_and_a_resume_change_nothing_of_what_leaves(
    halfway: Halfway,
) -> None:
    halfway.app.halting.pause_send(DAY, "Ben")
    edit_everything(halfway.app)
    rest = halfway.restarted()
    rest.halting.resume_send(DAY, "Ben")
    rest.sending.send_edition(DAY)
    assert halfway.mailed() == Counter(halfway.everybody)
    assert len(halfway.bodies()) == 1


def test_what_is_due_goes_on_by_itself_after_an_edit(halfway: Halfway) -> None:
    """What cron and workers ask: is it due, and may it be sent?"""
    edit_everything(halfway.app)
    rest = halfway.restarted()
    assert rest.send_schedule.due_editions() == [DAY]
    plan = rest.sending.plan_send(DAY)
    assert (plan.approved, plan.subject) == (True, "What the records show")
    assert (
        plan.remaining
        == rest.store.deliveries.get_delivery_report(DAY).counts[
            DeliveryState.QUEUED
        ]
    )


def test_the_fallback_takes_the_rest_as_it_was_frozen(
    approved: App,
    audience: list[str],
    open_app: Callable[..., App],
    smtp: FakeSmtp,
    sendgrid: FakeSendgrid,
) -> None:
    env = (
        smtp.env
        | sendgrid.env
        | ONE_LINE
        | {"DIGEST_DELIVERY__FALLBACK": "smtp"}
    )
    sendgrid.status = 401
    app = open_app(env)
    handed: list[int] = []
    app.sending.send_edition(DAY, handed.append, stop=lambda: bool(handed))
    assert smtp.messages
    edit_everything(app)
    open_app(env).sending.send_edition(DAY)
    assert Counter(to for to, _ in smtp.messages) == Counter(audience)
    assert len({_without_token(m) for _, m in smtp.messages}) == 1


def test_of_what_nothing_left_the_newest_approval_counts(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    """A wrong password, a typo found meanwhile: it is no correction, since nobody has it."""
    nowhere = smtp.env | {"DIGEST_DELIVERY__SMTP__PORT": "9"}
    with pytest.raises(TransportDown):
        open_app(nowhere).sending.send_edition(DAY)
    app = open_app(smtp.env)
    app.editions.save_source(
        EDITION.replace("Paragraphs.", "Without the typo.")
    )
    app.approval.approve_edition(DAY, "Ben")
    app.sending.send_edition(DAY)
    bodies = {_without_token(m) for _, m in smtp.messages}
    assert len(smtp.messages) == 25
    assert len(bodies) == 1
    assert "Without the typo." in bodies.pop()
    assert verify_manifest(app.manifests.signed_manifest(DAY))["approved"][
        "by"
    ] == ["Ben"]


def test_an_edit_that_nobody_approved_does_not_replace_what_was_frozen(
    approved: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    nowhere = smtp.env | {"DIGEST_DELIVERY__SMTP__PORT": "9"}
    with pytest.raises(TransportDown):
        open_app(nowhere).sending.send_edition(DAY)
    app = open_app(smtp.env)
    app.editions.save_source(EDITION.replace("Paragraphs.", "Half a thought."))
    app.sending.send_edition(DAY)
    assert len(smtp.messages) == 25
    assert all(
        "Half a thought." not in _without_token(m) for _, m in smtp.messages
    )


def test_what_was_begun_by_mail_does_not_end_in_the_outbox(
    halfway: Halfway,
) -> None:
    with pytest.raises(DigestError, match="outbox would mail nobody"):
        halfway.reopen().sending.send_edition(DAY)
    assert halfway.app.store.deliveries.get_delivery_report(DAY).counts[
        DeliveryState.QUEUED
    ]


# Corrections


def test_a_correction_goes_only_to_those_who_got_it(
    sent: App, audience: list[str], smtp: FakeSmtp, open_app: Callable[..., App]
) -> None:
    sent.subscribers.add_people(
        [Subscriber("late@readers.example", consent_at=NOW)]
    )
    smtp.messages.clear()
    told = run(sent, "correct", str(DAY), "--mail", **smtp.env)
    assert told.exit_code == 0, told.output
    assert "for the 25 people who got 2026-02-27" in told.output
    [new] = set(sent.store.editions.list_dates()) - {DAY}
    draft = sent.editing_as("").load_edition(new)
    assert draft.subject == "Correction: What the records show"
    assert "February 27, 2026" in draft.leads[0].body
    assert any("TK" in f.what for f in sent.preflight.list_open_musts(new))
    sent.editions.save_source(
        sent.editions.read_source(new).replace("TK", "twelve pipes")
    )
    assert sent.sending.plan_send(new).audience == 25
    sent.approval.approve_edition(new, "Ada")
    open_app(smtp.env, NOW + timedelta(days=3)).sending.send_edition(new)
    assert Counter(to for to, _ in smtp.messages) == Counter(audience)
    told_of = [d.what for d in sent.store.staff.list_actions(DAY)]
    assert f"drafted a correction for its readers, dated {new}" in told_of


def test_a_correction_leaves_the_usual_weekday_to_the_usual_edition(
    sent: App, open_app: Callable[..., App]
) -> None:
    thursday = open_app(now=NOW + timedelta(days=6))
    days = [thursday.publishing.draft_correction(DAY, "Ada") for _ in range(2)]
    assert [d.isoformat() for d in days] == ["2026-03-05", "2026-03-07"]
    with pytest.raises(DigestError, match="there is an edition"):
        thursday.publishing.draft_correction(DAY, "Ada", days[0])


def test_only_what_was_mailed_has_readers_to_correct(approved: App) -> None:
    approved.sending.send_edition(DAY)
    with pytest.raises(DigestError, match="not mailed by digest"):
        approved.publishing.draft_correction(DAY, "Ada")


def test_a_correction_that_would_reach_nobody_is_not_begun(
    sent: App, audience: list[str]
) -> None:
    for address in audience:
        sent.subscribers.unsubscribe_address(address)
    with pytest.raises(DigestError, match="nobody can get a correction"):
        sent.publishing.draft_correction(DAY, "Ada")


def test_a_corrected_page_says_so_and_leads_to_the_version_before(
    sent: App, open_app: Callable[..., App], tmp_path: Path
) -> None:
    first = public(sent).get(PATH).text
    later = open_app(
        {"DIGEST_NEWSLETTER__TIME_ZONE": "Europe/Madrid"},
        NOW + timedelta(days=1),
    )
    file = tmp_path / "right.md"
    file.write_text(EDITION.replace("Paragraphs.", "Twelve, not <ten>."))
    note = "We said ten; it were <b>twelve</b>."
    words = ("correct", str(DAY), "--note", note, "--from", str(file))
    assert run(sent, *words, stdin="n\n").exit_code == 1
    assert public(sent).get(PATH).text == first
    later.publishing.correct_page(DAY, file.read_text(), note, "Ada")
    client = public(later)
    shown = html.fromstring(client.get(PATH).text)
    notice = shown.find(".//aside")
    assert notice.text_content().split() == (
        f"Correction (28 Feb 2026, 16:00 CET): {note} The version before".split()
    )
    assert notice.find(".//b") is None
    assert "Twelve, not <ten>." in shown.text_content()
    way = (
        notice.find(".//a")
        .get("href")
        .removeprefix("https://letter.openwater.example")
    )
    before = client.get(way)
    assert "Paragraphs." in before.text
    assert "earlier version" in before.text
    assert before.headers["X-Robots-Tag"] == "noindex"
    without = re.sub(r"\n<aside.*?</aside>\n", "", before.text, flags=re.DOTALL)
    assert without == first
    assert client.get(f"{PATH}version/2/").status_code == 404
    mail = later.publishing.load_sent_edition(DAY)
    assert mail
    assert "Paragraphs." in mail.text
    assert later.store.sent_contents.get_content(DAY).page == first


def test_the_feed_tells_of_a_correction_under_the_same_id(
    sent: App, open_app: Callable[..., App]
) -> None:
    def entry(app: App) -> dict[str, str]:
        feed = etree.fromstring(public(app).get("/feed.atom").data)
        names = ("id", "published", "updated", "summary")
        return {n: feed.findtext(f"{{*}}entry/{{*}}{n}") or "" for n in names}

    before, later = entry(sent), open_app(now=NOW + timedelta(days=1))
    text = EDITION.replace("Paragraphs.", "Twelve.")
    later.publishing.correct_page(DAY, text, "Twelve, not ten.", "Ada")
    after = entry(later)
    assert (after["id"], after["published"]) == (
        before["id"],
        before["published"],
    )
    assert before["updated"] < after["updated"]
    assert after["summary"].startswith("Correction: Twelve, not ten.")


def test_each_correction_is_a_version_and_all_stay(sent: App) -> None:
    for word in ("Eleven.", "Twelve."):
        text = EDITION.replace("Paragraphs.", word)
        sent.publishing.correct_page(DAY, text, f"It is {word}", "Ada")
    client = public(sent)
    assert "Twelve." in client.get(PATH).text
    assert client.get(PATH).text.count("Correction</strong>") == 2
    assert "Paragraphs." in client.get(f"{PATH}version/1/").text
    assert "Eleven." in client.get(f"{PATH}version/2/").text
    assert len(sent.publishing.find_status(DAY).corrections) == 2


@pytest.mark.parametrize(
    ("text", "note", "said"),
    [
        (EDITION, "A note.", "the same as before"),
        (EDITION.replace("Paragraphs.", "x"), "  ", "says what was wrong"),
        (
            EDITION.replace("2026-02-27", "2026-02-28"),
            "A note.",
            "is dated 2026-02-28",
        ),
        ("nonsense", "A note.", "line 1"),
    ],
)
def test_a_correction_that_is_none_is_refused(
    sent: App, text: str, note: str, said: str
) -> None:
    with pytest.raises(DigestError, match=said):
        sent.publishing.correct_page(DAY, text, note, "Ada")
    assert sent.publishing.find_status(DAY).corrections == ()


def test_what_is_not_public_has_no_page_to_correct(approved: App) -> None:
    with pytest.raises(NotFound, match="not public"):
        approved.publishing.correct_page(DAY, EDITION + "x", "A note.", "Ada")
    assert run(approved, "correct", str(DAY), "--note", "x").exit_code == 1
    assert run(approved, "correct", str(DAY)).exit_code == 2


# Empty


def test_an_empty_edition_is_neither_approved_nor_sent(
    app: App, audience: list[str], open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    app.editions.save_source(EMPTY)
    assert app.editing_as("").load_edition(DAY).is_empty
    for words in (("approve", "--yes"), ("send", "--yes")):
        told = run(app, *words, **smtp.env)
        assert told.exit_code == 1
        assert "is empty: it has no lead and no story" in told.output
    client = let_in(app)
    content = app.sending.plan_send(DAY).content_hash
    form = {"hash": content, "confirmed": "yes", "musts": "99", "by": "Ada"}
    assert post(client, f"{PATH}approve", **form).status_code == 400
    assert "no lead and no story" in page(client, f"{PATH}send").text_content()
    assert app.store.editions.get_approval(DAY) is None


def test_an_empty_edition_approved_before_an_upgrade_stays(
    app: App, audience: list[str], open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    app.editions.save_source(EMPTY)
    built = app.editions.render_stored(DAY)
    app.store.editions.save_approval(
        Approval(DAY, built.content_hash, "Ada", NOW), built
    )
    with_smtp = open_app(smtp.env)
    with pytest.raises(NotApproved, match="is empty"):
        with_smtp.sending.send_edition(DAY)
    with pytest.raises(NotApproved, match="is empty"):
        with_smtp.sending.enqueue_send(DAY)
    assert not with_smtp.sending.plan_send(DAY).approved
    assert smtp.messages == []


# Asked once


def test_the_command_line_says_what_is_open_and_asks(
    app: App, audience: list[str]
) -> None:
    app.editions.save_source(EDITION.replace("Paragraphs.", "TK"))
    told = run(app, "approve", str(DAY), stdin="n\n")
    assert told.exit_code == 1
    for said in (
        "must    line",
        "must be fixed. Approve anyway?",
        "to 25 people",
    ):
        assert said in told.output
    assert app.store.editions.get_approval(DAY) is None
    told = run(app, "approve", str(DAY), "--yes")
    assert told.exit_code == 0
    assert "must    line" in told.output
    told = run(app, "send", str(DAY), stdin="n\n")
    for said in (
        "What the records show",
        "Open Water <letter@",
        "must    line",
        "25 people by",
    ):
        assert said in told.output
    assert app.store.deliveries.get_delivery_report(DAY).planned == 0


def test_the_desk_mails_nobody_unless_it_was_confirmed(
    desk: FlaskClient, stocked: App, audience: list[str]
) -> None:
    stocked.approval.approve_edition(DAY, "Ada")
    plan = stocked.sending.plan_send(DAY)
    shown = {
        "hash": plan.content_hash,
        "people": "25",
        "transport": plan.transport,
    }
    for form in (
        {"hash": plan.content_hash},
        shown,
        shown | {"confirmed": "no"},
    ):
        answer = post(desk, f"{PATH}send", **form)
        assert answer.status_code == 303
        assert f"{PATH}confirm/send" in answer.headers["Location"]
    for wrong in (
        {"people": "24"},
        {"people": "x"},
        {"people": ""},
        {"transport": "smtp"},
    ):
        answer = post(
            desk, f"{PATH}send", **shown | {"confirmed": "yes"} | wrong
        )
        assert f"{PATH}confirm/send" in answer.headers["Location"]
    assert stocked.store.deliveries.get_delivery_report(DAY).planned == 0


def test_if_more_people_subscribed_meanwhile_the_desk_asks_again(
    desk: FlaskClient, stocked: App, audience: list[str]
) -> None:
    stocked.approval.approve_edition(DAY, "Ada")
    asked = page(desk, f"{PATH}confirm/send")
    names = ("hash", "people", "transport", "confirmed", "musts")
    form = {
        n: asked.xpath(
            f"//form[contains(@action, '/send')]/input[@name='{n}']/@value"
        )[0]
        for n in names
    }
    assert form["people"] == "25"
    stocked.subscribers.add_people(
        [Subscriber("late@readers.example", consent_at=NOW)]
    )
    answer = post(desk, f"{PATH}send", **form)
    again = page(desk, answer.headers["Location"])
    assert "asked about 25 people; by now there are 26" in again.text_content()
    assert stocked.store.deliveries.get_delivery_report(DAY).planned == 0


def test_what_is_asked_names_people_subject_sender_transport_and_musts(
    desk: FlaskClient, stocked: App, audience: list[str]
) -> None:
    stocked.editions.save_source(EDITION.replace("Paragraphs.", "TK"))
    stocked.approval.approve_edition(DAY, "Ada")
    for path in (f"{PATH}confirm/send", f"{PATH}send"):
        asked = page(desk, path).text_content()
        for said in (
            "Mail this to 25 people?",
            "What the records show",
            "Open Water <letter@openwater.example>",
            "outbox",
            "must be fixed first:",
            "Cancel",
        ):
            assert said in asked, (path, said)


def test_approving_asks_before_musts_and_immediate_sends(
    open_app: Callable[..., App], audience: list[str]
) -> None:
    def approve(app: App, **more: str) -> int:
        form = {
            "hash": app.sending.plan_send(DAY).content_hash,
            "by": "Ada",
        } | more
        answer = post(let_in(app), f"{PATH}approve", **form)
        return "confirm/approve" in answer.headers["Location"]

    early = open_app(now=NOW - timedelta(days=1))
    clean = early.preflight.list_open_musts(DAY)
    early.editions.save_source(EDITION.replace("Paragraphs.", "TK"))
    musts = len(early.preflight.list_open_musts(DAY))
    assert musts > len(clean)
    assert approve(early)
    assert approve(early, confirmed="yes", musts=str(musts - 1))
    assert early.store.editions.get_approval(DAY) is None
    assert not approve(early, confirmed="yes", musts=str(musts))
    late = open_app(now=NOW)
    late.editions.save_source(EDITION)
    assert late.send_schedule.due_at(DAY) <= NOW
    assert approve(late)


# The desk


def test_the_desk_shows_what_was_sent_and_offers_both_ways(
    sent: App, open_app: Callable[..., App]
) -> None:
    client = let_in(sent)
    answer = client.get(f"{PATH}edition", base_url="http://127.0.0.1:8000")
    assert answer.headers["Location"] == f"{PATH}sent"
    shown = page(client, f"{PATH}sent").text_content()
    for said in (
        "This edition was sent on 27 Feb 2026, 15:00 UTC",
        "Draft a correction for its readers",
        "Correct the web page",
    ):
        assert said in " ".join(
            shown.replace("Feb 27, 2026", "27 Feb 2026").split()
        )
    assert page(client, f"{PATH}finds").xpath("//form[@id='undo']") == []
    refused = post(
        client,
        f"{PATH}head",
        subject="New",
        was_subject="What the records show",
    )
    assert refused.status_code == 409
    assert f'href="{PATH}sent"' in refused.text
    assert "New" in refused.text  # what was typed is not lost
    assert post(client, f"{PATH}undo", here="edition").status_code == 409


def test_the_web_page_is_corrected_in_the_desk_field_by_field(
    sent: App,
) -> None:
    client = let_in(sent)
    form = page(client, f"{PATH}correct").xpath(
        "//form[contains(@action, 'correct')]"
    )[0]
    fields = dict(form.form_values())
    fields |= {
        "lead1_body": "Twelve.",
        "in_the_news0_headline": "As it should run",
    }
    looked = post(client, f"{PATH}correct", **fields | {"do": "look"})
    assert "Twelve." in looked.text
    assert sent.publishing.find_status(DAY).corrections == ()
    assert (
        post(client, f"{PATH}correct", **fields | {"note": ""}).status_code
        == 400
    )
    fields |= {"note": "It was twelve.", "following0_out": "yes"}
    assert post(client, f"{PATH}correct", **fields).status_code == 303
    shown = public(sent).get(PATH).text
    for said in ("Twelve.", "As it should run", "It was twelve."):
        assert said in shown
    assert "Another headline" not in shown
    assert "Its dek, one paragraph in italics." in shown
    history = page(client, f"{PATH}history").text_content()
    assert "corrected the web page: It was twelve." in history
    assert "Headline as it runs" in history  # what was sent


def test_a_correction_by_mail_begins_in_the_desk(
    sent: App, smtp: FakeSmtp
) -> None:
    client = let_in(sent)
    answer = post(client, f"{PATH}correction")
    assert answer.headers["Location"] == "/2026-02-28/edition"
    shown = page(client, "/2026-02-28/send").text_content()
    assert "goes to those who got the edition of February 27, 2026" in shown


def test_publishing_and_withdrawing_in_the_desk(app: App) -> None:
    app.editions.save_source(EDITION)
    client = let_in(app)
    assert post(client, f"{PATH}publish").status_code == 400
    app.approval.approve_edition(DAY, "Ada")
    assert "Put it on the web" in page(client, f"{PATH}send").text_content()
    post(client, f"{PATH}publish")
    assert is_public(app)
    assert (
        "This edition was published on"
        in page(client, f"{PATH}sent").text_content()
    )
    post(client, f"{PATH}withdraw")
    assert not is_public(app)
    assert page(client, f"{PATH}edition").xpath("//form[@id='head']")


# Upgrading


@pytest.mark.sqlite
def test_an_upgrade_keeps_sent_editions_public_only(
    sent: App, open_app: Callable[..., App], folder: Path
) -> None:
    """Put back what the migration did, and open it again."""
    week = DAY + timedelta(days=-7)
    sent.editions.save_source(EDITION.replace("2026-02-27", week.isoformat()))
    sent.approval.approve_edition(week, "Ada")
    before, manifest = (
        public(sent).get(PATH).text,
        sent.manifests.signed_manifest(DAY),
    )
    sent.store.close()
    put_back(folder / "digest.db", "0010")
    again = open_app(now=NOW + timedelta(days=3))
    assert public(again).get(PATH).text == before
    assert again.publishing.list_public_dates() == [DAY]
    assert verify_manifest(
        again.manifests.signed_manifest(DAY)
    ) == verify_manifest(manifest)
    assert again.sending.plan_send(DAY).served
    assert again.store.sent_contents.get_approval(
        DAY
    ) == again.store.editions.get_approval(DAY)
    assert page(let_in(again), f"{PATH}sent").text_content()
    again.publishing.publish_edition(week, "Ada")
    assert again.publishing.list_public_dates() == [DAY, week]


@pytest.mark.sqlite
def test_a_send_that_an_older_digest_began_goes_on(
    halfway: Halfway, folder: Path
) -> None:
    """It kept no mail: the same text gives the same bytes, or it says why it cannot go on."""
    halfway.app.store.close()
    with sqlite3.connect(folder / "digest.db") as c:
        c.execute("UPDATE sent_content SET letter = ''")
    behind_our_back(
        halfway.restarted(), EDITION.replace("Paragraphs.", "Other words.")
    )
    with pytest.raises(DigestError, match="begun by an older version"):
        halfway.restarted(
            DIGEST_NEWSLETTER__THEME__ACCENT="#7a0019"
        ).sending.send_edition(DAY)
    halfway.restarted().sending.send_edition(DAY)
    assert halfway.mailed() == Counter(halfway.everybody)
    assert len(halfway.bodies()) == 1
