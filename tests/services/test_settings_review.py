"""What is wrong around feeds.yaml, as `digest config check` says it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.app import App
from tests.command_line import invoke
from tests.conftest import EDITION
from tests.several_newsletters import add_newsletters


@pytest.mark.parametrize("several", [False, True])
def test_a_saved_block_that_is_missing_is_told_with_its_line(
    folder: Path, *, several: bool
) -> None:
    """Every edition would fail, and nobody knew before the first was built."""
    if several:
        add_newsletters(folder, clips={"blocks": {"end": ["donate"]}})
        path = "newsletters[clips].blocks.end[0]"
    else:
        file = folder / "feeds.yaml"
        text = file.read_text("utf-8").replace(
            "  weekday: friday\n",
            "  weekday: friday\n  blocks: {end: [donate]}\n",
        )
        file.write_text(text, "utf-8")
        path = "newsletter.blocks.end[0]"
    said = invoke(folder, "config", "check")
    assert said.exit_code == 2
    assert f": {path}: there is no saved block 'donate'" in said.output
    assert "feeds.yaml:" in said.output
    (folder / "blocks").mkdir()
    block = folder / "blocks" / "donate.md"
    block.write_text("{block: other}\n", "utf-8")
    said = invoke(folder, "config", "check")
    assert "a saved block cannot hold another one" in said.output
    block.write_bytes(b"\xff")
    assert "expected UTF-8" in invoke(folder, "config", "check").output
    block.write_text("Please give.\n", "utf-8")
    assert invoke(folder, "config", "check").exit_code == 0


def test_a_section_that_nothing_leads_to_is_warned_of(folder: Path) -> None:
    idle = {"key": "policy", "title": "Policy"}
    water = {"key": "water", "title": "Water", "topics": ["Drinking water"]}
    sections = ["in_the_news", water, idle]
    add_newsletters(folder, clips={"sections": sections})
    said = invoke(folder, "config", "check")
    assert said.exit_code == 0
    assert "no topic leads to the section 'policy'" in said.output
    assert "newsletters[clips].sections[policy]" in said.output
    assert said.output.count("no topic leads to") == 1


def test_a_topic_may_lead_to_a_shared_section(folder: Path) -> None:
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8") + (
        "sections:\n  - {key: in_the_news, title: News}\n"
        "  - {key: policy, title: Policy}\n  - {key: idle, title: Idle}\n"
    )
    topic = "  - name: Drinking water\n"
    text = text.replace(topic, f"{topic}    section: policy\n")
    file.write_text(text, "utf-8")
    said = invoke(folder, "config", "check").output
    assert "sections[idle]: no topic leads to the section 'idle'" in said
    assert said.count("no topic leads to") == 1


def test_what_is_stored_of_a_key_that_is_gone_is_warned_of(
    folder: Path, open_app: Callable[..., App]
) -> None:
    add_newsletters(folder, clips={"title": "Clips"})
    (folder / "digest.db").unlink(missing_ok=True)
    assert invoke(folder, "config", "check").exit_code == 0
    assert not (folder / "digest.db").exists()  # a check makes no database
    open_app().for_newsletter("clips").editions.save_source(EDITION)
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8").replace("key: clips", "key: cuttings")
    file.write_text(text, "utf-8")
    said = invoke(folder, "config", "check")
    assert said.exit_code == 0
    assert "there is no newsletter 'clips' in feeds.yaml" in said.output
    assert "stored of it: 0 subscribers and 1 edition" in said.output


def test_a_mailbox_without_a_password_is_warned_of_with_the_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8") + (
        "sources:\n  mail:\n"
        "    - {name: alerts, host: imap.example, username: press@example.org}\n"
        "    - {name: saved, path: mails}\n"
    )
    file.write_text(text, "utf-8")
    monkeypatch.delenv("MAIL_PASSWORD", raising=False)
    said = invoke(folder, "config", "check")
    assert said.exit_code == 0
    assert (
        "sources.mail[alerts]: the mailbox 'alerts' cannot be read"
        in said.output
    )
    assert "set MAIL_PASSWORD_ALERTS" in said.output
    assert "mailbox 'saved'" not in said.output  # files need none
    monkeypatch.setenv("MAIL_PASSWORD", "an app password")
    assert "cannot be read" not in invoke(folder, "config", "check").output


def speak(folder: Path, language: str) -> None:
    """Let the newsletter be in a language."""
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8").replace(
        "  weekday: friday\n",
        f"  weekday: friday\n  language: {language}\n",
    )
    file.write_text(text, "utf-8")


def test_a_language_that_lacks_words_is_warned_of(folder: Path) -> None:
    speak(folder, "fi")
    said = invoke(folder, "config", "check")
    assert said.exit_code == 0
    assert ": newsletter.language: " in said.output
    assert "no translation into 'fi', such as 'opinion'" in said.output


@pytest.mark.parametrize("language", ["en-GB", "es", "pt-BR", "ar"])
def test_a_language_that_is_spoken_is_not_warned_of(
    folder: Path, language: str
) -> None:
    speak(folder, language)
    assert "translation" not in invoke(folder, "config", "check").output


def test_a_word_of_ones_own_template_needs_a_translation(folder: Path) -> None:
    speak(folder, "es")
    (folder / "templates").mkdir(exist_ok=True)
    template = folder / "templates" / "subject.txt"
    template.write_text("{% trans %}From us{% endtrans %}: {{ subject }}\n")
    said = invoke(folder, "config", "check").output
    assert "such as 'From us'" in said
    (folder / "locale").mkdir()
    catalogue = folder / "locale" / "es.po"
    catalogue.write_text('msgid "From us"\nmsgstr "De nosotros"\n')
    assert "From us" not in invoke(folder, "config", "check").output


def test_a_broken_catalogue_is_refused_with_its_line(folder: Path) -> None:
    (folder / "locale").mkdir()
    (folder / "locale" / "es.po").write_text("Unsubscribe = Adiós\n", "utf-8")
    said = invoke(folder, "config", "check")
    assert said.exit_code == 2
    assert "locale/es.po:1: " in said.output
