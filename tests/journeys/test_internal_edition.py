"""What only staff may read: drafted, changed by a person, filled again, sent; and never in public."""

import json
from collections.abc import Callable

import pytest

from digest.app import App
from digest.errors import DigestError, NotApproved
from digest.model import Severity, Subscriber
from digest.web.public import create_public_app
from tests.conftest import NOW
from tests.desk_client import let_in, page, post, put
from tests.fakes.smtp import FakeSmtp

DAY = NOW.date()
INTERNAL = {
    "DIGEST_NEWSLETTER__LAYOUT": "clips",
    "DIGEST_NEWSLETTER__AUDIENCE": json.dumps(["staff"]),
    "DIGEST_NEWSLETTER__INTERNAL": json.dumps(
        {"reasons": True, "excerpt": 100}
    ),
}
TEXT = (
    "The county met on Monday. Records obtained by Open Water show that it knew of the lead. "
    "“It took us a year,” said Maren Oduya of Open Water. Nobody at the county answered."
)


@pytest.fixture
def inside(open_app: Callable[..., App]) -> App:
    """A workspace whose newsletter is internal, with a draft of three stories."""
    app = open_app(INTERNAL)
    for number in range(3):
        put(app, number, f"Pipes of district {number}", f"{number}. {TEXT}")
    app.drafts.create_draft(DAY)
    return app


def test_a_draft_has_it_below_each_story(inside: App) -> None:
    text = inside.editions.read_source(DAY)
    assert (
        text.count(
            "  - Proof: Records obtained by Open Water show that it knew of the lead.\n"
            "  - We said: “It took us a year,” said Maren Oduya of Open Water.\n"
            "  - Why: names Open Water, source of the documents, in the body"
        )
        == 3
    )
    # what is printed as proof above is not printed again
    assert "  - Excerpt: 0. The county met on Monday. … “It took" in text
    built = inside.editions.render_stored(DAY)
    assert "3 clips from 1 outlet" in built.text


def test_what_a_person_takes_out_stays_out_when_the_draft_is_filled(
    inside: App,
) -> None:
    text = inside.editions.read_source(DAY)
    first, _, others = text.partition("  - Proof: Records")
    lines = others.split("\n")
    lines[1] = "  - We said: Ours."
    snapshot = inside.drafts.take_snapshot(DAY)
    edited = first + "\n".join(lines[1:])
    inside.drafts.store_outside_edit(edited, snapshot, "Ada")
    put(inside, 3, "News of the day", f"Just now. {TEXT}")
    inside.drafts.refresh_draft(DAY)
    edition = inside.editing_as("").load_edition(DAY)
    picks = [pick for section in edition.sections for pick in section.picks]
    assert [(bool(pick.proof), pick.our_quotes[0][:5]) for pick in picks] == [
        (pick.headline not in first, "Ours." if not pick.proof else "“It t")
        for pick in picks
    ]
    assert sum(not pick.proof for pick in picks) == 1
    assert len(picks) == 4
    assert all(pick.excerpt for pick in picks)


def test_a_public_newsletter_stores_and_prints_none_of_it(
    inside: App, open_app: Callable[..., App]
) -> None:
    """Neither by drafting, nor by picking, nor where a person copied it from an internal one."""
    copied = inside.editions.read_source(DAY)
    app = open_app({})
    app.drafts.create_draft(DAY, replace_it=True)
    app.editing_as("Ada").pick_story(DAY, 1, "following")
    drafted = app.editions.read_source(DAY)
    assert "Pipes of district" in drafted
    assert "Proof:" not in drafted
    app.editions.save_source(copied)
    musts = [
        finding
        for finding in app.preflight.list_open_musts(DAY)
        if "has lines for an internal newsletter" in finding.what
    ]
    assert [finding.severity for finding in musts] == [Severity.MUST] * 3
    assert musts[0].where == "line 9"
    built = app.editions.render_stored(DAY)
    for part in (built.html, built.text, built.page):
        assert "obtained by" not in part
    app.preflight.fix_story_lines(DAY, fetch_links=False)
    mended = app.editions.read_source(DAY)
    assert "Proof:" not in mended
    assert app.editions.render_stored(DAY).content_hash == built.content_hash


def test_an_excerpt_longer_than_the_settings_allow_is_said(
    open_app: Callable[..., App], inside: App
) -> None:
    stricter = json.dumps({"excerpt": 40})
    app = open_app(INTERNAL | {"DIGEST_NEWSLETTER__INTERNAL": stricter})
    findings = app.preflight.list_findings(DAY, links=False, spam=False)
    long = [finding for finding in findings if "an excerpt of" in finding.what]
    assert len(long) == 3
    assert "allows this newsletter 40" in long[0].why


def test_at_the_desk_a_person_rewords_it_and_the_draft_leaves_that(
    inside: App,
) -> None:
    desk = let_in(inside)
    pick = inside.editing_as("").load_edition(DAY).sections[0].picks[0]
    assert pick.proof in page(desk, f"/{DAY}/edition").text_content()
    post(
        desk,
        f"/{DAY}/story",
        url=pick.url,
        proof=" Shorter. ",
        was_proof=pick.proof,
        quotes_text="One  quote.\r\n\r\nAnother.",
        was_quotes_text=pick.quotes_text,
        excerpt="",
        was_excerpt=pick.excerpt,
    )
    inside.drafts.refresh_draft(DAY)
    reworded = inside.editing_as("").load_edition(DAY).sections[0].picks[0]
    assert reworded.proof == "Shorter."
    assert reworded.our_quotes == ("One quote.", "Another.")
    assert reworded.excerpt == ""
    assert reworded.reasons == pick.reasons


def test_the_desk_of_a_public_newsletter_takes_none_of_it(
    inside: App, open_app: Callable[..., App]
) -> None:
    app = open_app({})
    app.drafts.create_draft(DAY, replace_it=True)
    pick = app.editing_as("").load_edition(DAY).sections[0].picks[0]
    post(let_in(app), f"/{DAY}/story", url=pick.url, proof="Sneaked in.")
    assert "Sneaked in" not in app.editions.read_source(DAY)


def test_what_staff_got_stays_off_the_web_once_the_newsletter_is_public(
    inside: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    """A line of feeds.yaml less must not publish last year's clips, with proofs and excerpts."""
    inside.approval.approve_edition(DAY, "Ada")
    staff = Subscriber("a@example.org", "", "by hand", NOW, tags=("staff",))
    inside.subscribers.add_people([staff])
    sending = open_app(INTERNAL | smtp.env)
    sending.sending.send_edition(DAY)
    assert len(smtp.messages) == 1
    app = open_app(smtp.env)
    status = app.publishing.find_status(DAY)
    assert status.sent_at
    assert not status.is_public
    assert app.publishing.list_public_editions() == []
    site = create_public_app(app).test_client()
    for address in ("/", "/feed.atom", f"/{DAY}/", f"/{DAY}/version/1/"):
        assert "Pipes of district" not in site.get(address).text
    with pytest.raises(DigestError, match="was sent when .* was internal"):
        app.publishing.publish_edition(DAY, "Ada")


def test_what_was_approved_for_staff_is_not_published_as_it_was(
    inside: App, open_app: Callable[..., App]
) -> None:
    inside.approval.approve_edition(DAY, "Ada")
    app = open_app({})
    with pytest.raises(NotApproved, match="is not what Ada approved"):
        app.publishing.publish_edition(DAY, "Ada")
    app.approval.approve_edition(DAY, "Ada")
    app.publishing.publish_edition(DAY, "Ada")
    assert "obtained by" not in app.publishing.render_page(DAY)
