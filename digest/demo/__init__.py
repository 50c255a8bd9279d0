"""The whole line against an invented press: what a newcomer sees in their first minute."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

from digest.app import App, now
from digest.demo.press import press, serve_press
from digest.edition import dump
from digest.edition import load as load_edition
from digest.errors import DigestError
from digest.model import Proof, State, Subscriber
from digest.settings import DEFAULTS, load

MARKER = ".digest-demo"
PICTURE = "taps.png"
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
    started = now()
    with serve_press(started) as addresses:
        _fresh(folder, addresses)
        with App(load(folder), now) as app:
            day = started.date()
            _press(app, say)
            _edition(app, day, say)
            _mail(app, day, say)
            watched = open_preview and sys.stdout.isatty()
            if watched:
                from digest.web.desk import serve

                serve(app, 0, say, day, open_browser=True)
    say(
        f"Look around: digest -C {folder} articles; the built edition is in {folder / 'output'}"
    )


def _press(app: App, say: Say) -> None:
    say("Collecting from an invented press …")
    report = app.collect()
    for tally in report.values():
        failed = "".join(
            f", {n} feed failed ({why})" for why, n in tally.failures.items()
        )
        unread = "".join(f", {n} unread ({why})" for why, n in tally.unread.items())
        say(
            f"  {tally.outlet}: {tally.new} articles, {tally.read} read{unread}{failed}"
        )


def _edition(app: App, day: date, say: Say) -> None:
    draft = app.draft(day)
    for section in draft.edition.sections:
        say(f"  {section.title.replace('{org}', app.settings.organisation.name)}:")
        for pick in section.picks:
            say(f"    - {pick.headline} ({pick.outlet})")
    for article, why in draft.aside:
        say(f"  set aside, {why}: {article.title}")
    app.save(_worked_on(app.source(day)))
    for file in app.build(day):
        say(f"  built {file}")


def _worked_on(source: str) -> str:
    """Write leads into a drafted edition, and a note below its first story, as staff would."""
    leads = (files("digest.demo") / "lead.md").read_text("utf-8")
    head, mark, sections = source.partition("\n## ")
    subject = "subject: They knew about the lead for eighteen months\n"
    lines = [
        subject if x.startswith("subject:") else x
        for x in head.splitlines(keepends=True)
    ]
    edition = load_edition("".join(lines) + leads + mark + sections)
    news, *others = edition.sections
    first, *rest = news.picks
    said = replace(
        first, note="Close to what we have counted ourselves since 2019.", quote=QUOTE
    )
    return dump(
        replace(edition, sections=(replace(news, picks=(said, *rest)), *others))
    )


def _mail(app: App, day: date, say: Say) -> None:
    people = [
        Subscriber(f"{name.lower()}@readers.example", name, "the demo", app.clock())
        for name in NAMES
    ]
    counts = app.import_subscribers(people)
    approval = app.approve(day, "the demo")
    say(f"{counts.added} subscribers; approved {approval.content_hash[:12]}")
    proof: Proof = app.send(day)
    say(f"Sent by the outbox: {proof}")
    if proof.counts.get(State.ACCEPTED) != len(people):
        raise DigestError("the demo did not serve everybody")


def _fresh(folder: Path, addresses: dict[str, str]) -> None:
    """Make a new demo folder; an earlier demo gives way, anything else does not."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            raise DigestError(f"{folder} is not empty and no demo; name another folder")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
    (folder / "feeds.yaml").write_text(_settings(addresses), "utf-8")
    shutil.copytree(DEFAULTS / "templates", folder / "templates")
    (folder / "images").mkdir()
    chart = (files("digest.demo") / PICTURE).read_bytes()
    (folder / "images" / PICTURE).write_bytes(chart)


def _settings(addresses: dict[str, str]) -> str:
    head = (files("digest.demo") / "feeds.yaml").read_text("utf-8")
    outlets = "".join(
        f'  - name: "{o.name}"\n    homepage: {addresses[o.key]}/\n'
        f"    feeds: [{addresses[o.key]}/feed]\n    tier: {o.tier}\n    paywall: {o.paywall}\n"
        for o in press()[0]
    )
    return f"{head}\noutlets:\n{outlets}"
