"""Demo: every step from feeds to mail, with an invented press and the outbox as transport."""

import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

from digest.app import App
from digest.demo.invented_press import Outlet, load_press
from digest.demo.press_server import serve_press
from digest.edition import dump_edition
from digest.edition import load_edition as load_edition
from digest.errors import DigestError
from digest.infra.clock import utc_now
from digest.model import DeliveryState, Subscriber
from digest.settings import load_workspace

#: The file that marks a folder as a demo, which the next demo may replace.
MARKER = ".digest-demo"
PICTURE = "taps.png"
SUBJECT = "subject: They knew about the lead for eighteen months\n"
NOTE = "Close to what we have counted ourselves since 2019."
QUOTE = "“Five operators account for nearly all of them.”"
NAMES = (
    "Ada Bo Cleo Dov Elif Femi Gus Hana Ines Jun Kofi Lena Milo Noor Otto Pia Quin Rosa Sami Tove "
    "Uma Vera Wim Xenia Yara"
).split()

Say = Callable[[str], None]


def run_demo(folder: Path, say: Say, *, open_preview: bool) -> None:
    """Collect, draft, write a lead, build, import, approve, send to the outbox, preview.

    Raises DigestError if the folder holds something that is not a demo.
    """
    started_at = utc_now()
    with serve_press(started_at) as addresses:
        _make_folder(folder, addresses)
        with App(load_workspace(folder), utc_now) as app:
            day = started_at.date()
            _collect_articles(app, say)
            _draft_edition(app, day, say)
            _send_edition(app, day, say)
            if open_preview and sys.stdout.isatty():
                from digest.web.desk import serve_desk_locally

                serve_desk_locally(app, 0, say, day, open_browser=True)
    say(
        f"Look around: digest -C {folder} articles; the built edition is in {folder / 'output'}"
    )


def _collect_articles(app: App, say: Say) -> None:
    say("Collecting from an invented press …")
    report = app.collection.collect_and_fill().report
    for tally in report.values():
        message = f"  {tally.outlet}: {tally.new} articles, {tally.read} read"
        for reason, count in tally.unread.items():
            message += f", {count} unread ({reason})"
        for reason, count in tally.failures.items():
            message += f", {count} feed failed ({reason})"
        say(message)


def _draft_edition(app: App, day: date, say: Say) -> None:
    draft = app.drafts.create_draft(day)
    organisation = app.settings.organisation.name
    for section in draft.edition.sections:
        title = section.title.replace("{org}", organisation)
        say(f"  {title}:")
        for pick in section.picks:
            say(f"    - {pick.headline} ({pick.outlet})")
    for article, reason in draft.aside:
        say(f"  set aside, {reason}: {article.title}")
    app.editions.save_source(_edit_draft(app.editions.read_source(day)))
    for file in app.edition_files.write_edition(day):
        say(f"  built {file}")


def _edit_draft(source: str) -> str:
    """Write leads into a drafted edition, and a note below its first story, as staff would."""
    edition = load_edition(_insert_leads(source))
    news, *other_sections = edition.sections
    first, *other_picks = news.picks
    commented = replace(first, note=NOTE, quote=QUOTE)
    news = replace(news, picks=(commented, *other_picks))
    return dump_edition(replace(edition, sections=(news, *other_sections)))


def _insert_leads(source: str) -> str:
    """Set an edition's subject, and put the demo's leads before its first section."""
    leads = (files("digest.demo") / "lead.md").read_text("utf-8")
    head, heading, sections = source.partition("\n## ")
    head = re.sub(r"^subject:.*\n", SUBJECT, head, flags=re.MULTILINE)
    return head + leads + heading + sections


def _send_edition(app: App, day: date, say: Say) -> None:
    people = [_make_subscriber(app, name) for name in NAMES]
    counts = app.subscribers.add_people(people)
    approval = app.approval.approve_edition(day, "the demo")
    say(f"{counts.added} subscribers; approved {approval.content_hash[:12]}")
    report = app.sending.send_edition(day)
    say(f"Sent by the outbox: {report}")
    if report.counts.get(DeliveryState.ACCEPTED) != len(people):
        raise DigestError("the demo did not serve everybody")


def _make_subscriber(app: App, name: str) -> Subscriber:
    address = f"{name.lower()}@readers.example"
    return Subscriber(address, name, "the demo", app.clock())


def _make_folder(folder: Path, addresses: Mapping[str, str]) -> None:
    """Make a working folder; an earlier demo there is replaced, anything else raises DigestError."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise DigestError(
                f"{folder} is not empty and no demo; name another folder"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
    (folder / "feeds.yaml").write_text(_write_settings(addresses), "utf-8")
    (folder / "images").mkdir()
    picture = (files("digest.demo") / PICTURE).read_bytes()
    (folder / "images" / PICTURE).write_bytes(picture)


def _write_settings(addresses: Mapping[str, str]) -> str:
    """Return feeds.yaml, its outlets at the addresses where they are served."""
    settings = (files("digest.demo") / "feeds.yaml").read_text("utf-8")
    outlets, _ = load_press()
    entries = [
        _write_outlet(outlet, addresses[outlet.key]) for outlet in outlets
    ]
    return f"{settings}\noutlets:\n{''.join(entries)}"


def _write_outlet(outlet: Outlet, address: str) -> str:
    return (
        f'  - name: "{outlet.name}"\n    homepage: {address}/\n'
        f"    feeds: [{address}/feed]\n    tier: {outlet.tier}\n"
        f"    paywall: {outlet.paywall}\n"
    )
