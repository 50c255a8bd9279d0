"""The mail audit of ../shared on letters and daily clips: nothing to find, as .html and as .eml."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from lxml.html import document_fromstring

from digest.app import App
from digest.delivery import EncodedEmail
from digest.demo import run_demo
from digest.model import TOKEN_PLACEHOLDER, Recipient, RenderedEdition
from digest.preflight.mail import GMAIL_MAX_BYTES
from digest.render import render_edition
from digest.settings import Settings, load_workspace
from digest.settings.theme import Theme
from tests.cases.audit_editions import Letter, letters, tap
from tests.cases.clips_editions import clips_letters, clips_settings
from tests.conftest import SHARED, needs_shared
from tests.mail_structure import structural_faults
from tests.render.test_render import as_edition
from tests.render.test_section_looks import ACCOUNTS

TOOL = SHARED / "tools" / "email_audit"
NEEDED = ("node", "npm", "java", "chromium", "spamassassin")
MISSING = [program for program in NEEDED if not shutil.which(program)]
NOON = datetime(2026, 2, 27, 17, tzinfo=UTC)

SEED_BUTTON = "\n[Learn more about what we learned from the records](https://example.org/b){.button}\n"


def seed() -> str:
    """The seed newsletter as an edition; its last sentence of the first lead is a button there."""
    text = as_edition(
        (SHARED / "seed-newsletter.txt").read_text("utf-8").splitlines()
    )
    return text.replace(
        "\nLearn more about what we learned from the records.\n", SEED_BUTTON
    )


def write_letters(folder: Path) -> list[Path]:
    """Write every invented edition, and the seed, as .html with its .txt, and as .eml."""
    settings = load_workspace(Path(__file__).parents[2], {}).settings
    return write_all(folder, letters(seed()), settings)


def write_designs(folder: Path) -> list[Path]:
    """Write the seed in each design, with all that its footer can hold."""
    settings = load_workspace(Path(__file__).parents[2], {}).settings
    (edition,) = (
        letter.edition for letter in letters(seed()) if letter.name == "seed"
    )
    files = []
    for name in ("letter", "clips", "report"):
        theme = Theme.model_validate({"name": name, "social": ACCOUNTS})
        newsletter = settings.newsletter.model_copy(update={"theme": theme})
        in_design = settings.with_newsletter(newsletter)
        built = render_edition(
            edition, "", in_design, Path("/nonexistent"), tap
        )
        files += write(folder / f"seed-{name}", built)
    return files


def write_clips(folder: Path) -> list[Path]:
    """Write every invented edition of daily clips likewise."""
    settings = clips_settings(
        load_workspace(Path(__file__).parents[2], {}).settings
    )
    return write_all(folder, clips_letters(settings), settings)


#: The audit finds a link to leave by its words, and knows no Arabic ones.
KNOWN_FAILS = {
    "right-to-left": ["unsubscribe link"],
    "clips-right-to-left": ["unsubscribe link"],
}


def write_all(
    folder: Path, editions: Iterable[Letter], settings: Settings
) -> list[Path]:
    files = []
    for one in editions:
        built = render_edition(
            one.edition, "", settings, Path("/nonexistent"), tap
        )
        files += write(folder / one.name, built)
    return files


def write(file: Path, built: RenderedEdition) -> list[Path]:
    assert (
        structural_faults(
            built.html.replace(TOKEN_PLACEHOLDER, "x"), {built.edition.subject}
        )
        == []
    )
    page, text, mail = (
        file.with_suffix(f".{kind}") for kind in ("html", "txt", "eml")
    )
    page.write_text(built.html.replace(TOKEN_PLACEHOLDER, "example"), "utf-8")
    text.write_text(built.text.replace(TOKEN_PLACEHOLDER, "example"), "utf-8")
    mail.write_bytes(
        EncodedEmail(built.letter, NOON).bytes_for(
            Recipient(0, "r@example.net", "example")
        )
    )
    return [page, mail]


def write_demo(folder: Path, work: Path) -> list[Path]:
    """Write the demo's edition; its press, on loopback there, has addresses of the open web."""
    run_demo(work, lambda _: None, open_preview=False)
    with App(load_workspace(work, {})) as app:
        day = app.editions.resolve_date()
        app.editions.save_source(
            re.sub(
                r"http://127\.0\.0\.1:\d+",
                "https://press.example",
                app.editions.read_source(day),
            )
        )
        return write(folder / "demo", app.editions.render_stored(day))


@needs_shared
@pytest.mark.shared
def test_every_audited_edition_is_sound_and_light(tmp_path: Path) -> None:
    """Under 24 KB for three leads and twenty lines; all text and links in the text part."""
    sizes = {
        f.stem: f.stat().st_size
        for f in write_letters(tmp_path)
        if f.suffix == ".html"
    }
    assert sizes["three-leads-twenty-lines"] < 24_000
    assert max(sizes.values()) < 60_000


@needs_shared
@pytest.mark.shared
def test_sixty_clips_with_all_they_may_say_are_sound_and_not_cut_off(
    tmp_path: Path,
) -> None:
    write_clips(tmp_path)
    sizes = {file.stem: file.stat().st_size for file in tmp_path.glob("*.html")}
    assert sizes["clips-60"] < GMAIL_MAX_BYTES


@needs_shared
@pytest.mark.shared
def test_links_stay_whole_in_the_raw_text_part(
    tmp_path: Path,
) -> None:
    for file in (*write_letters(tmp_path), *write_clips(tmp_path)):
        if file.suffix == ".eml":
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            page, text = (
                mail.get_body((k,)).get_content() for k in ("html", "plain")
            )
            links = set(document_fromstring(page).xpath("//a/@href"))
            links = {link for link in links if not link.startswith("#")}
            assert len(links) > 1
            assert links - set(text.split()) == set()


@pytest.mark.slow
@needs_shared
@pytest.mark.shared
@pytest.mark.skipif(
    bool(MISSING), reason=f"the audit needs {', '.join(MISSING)}"
)
def test_the_audit_finds_nothing_in_letters_and_clips(tmp_path: Path) -> None:
    tool = shutil.copytree(TOOL, tmp_path / "audit")
    subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund"], cwd=tool, check=True
    )
    (tmp_path / "letters").mkdir()
    files = write_letters(tmp_path / "letters")
    files += [
        file
        for file in write_clips(tmp_path / "letters")
        if file.stem != "clips-60"  # of the same templates, and slow
    ]
    files += write_designs(tmp_path / "letters")
    files += write_demo(tmp_path / "letters", tmp_path / "demo")
    done = subprocess.run(
        ["node", "audit.mjs", *map(str, files)],
        cwd=tool,
        capture_output=True,
        check=True,
    )
    results = json.loads(done.stdout)
    assert {r["file"]: r["fails"] for r in results} == {
        f.name: KNOWN_FAILS.get(f.stem, []) for f in files
    }
    assert [r["spam"]["score"] for r in results if r["spam"]["score"] > 0] == []
    assert [r["file"] for r in results if r["validity"]["structural"]] == []
