"""Templates of one's own beside those shipped, as `digest templates` tells of them."""

from pathlib import Path

import pytest

from digest.services.own_templates import ORIGINS, SHIPPED
from tests.command_line import invoke
from tests.several_newsletters import add_newsletters


def said(folder: Path, *words: str, code: int = 0) -> str:
    result = invoke(folder, "templates", *words)
    assert result.exit_code == code, result.output
    return result.output


def template(folder: Path, name: str, text: str = "") -> Path:
    file = folder / "templates" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or (SHIPPED / file.name).read_text("utf-8"), "utf-8")
    return file


def test_a_copy_tells_later_what_the_shipped_one_has_since(
    folder: Path,
) -> None:
    said(folder, "copy", "story.mjml")
    shipped = (SHIPPED / "story.mjml").read_text("utf-8")
    copy = folder / "templates" / "story.mjml"
    assert copy.read_text("utf-8") == shipped
    assert "as shipped" in said(folder, "list")
    copy.write_text(shipped + "{# ours #}\n", "utf-8")
    assert "yours: changed here" in said(folder, "list")
    # as if it was copied from an earlier version, which had one more line
    origin = folder / "templates" / ORIGINS / "story.mjml"
    origin.write_text(shipped + "{# gone since #}\n", "utf-8")
    assert "and the shipped one since it was copied" in said(folder, "list")
    told = said(folder, "diff")
    since, _, ours = told.partition("changed here")
    assert "-{# gone since #}" in since
    assert "+{# ours #}" not in since
    assert "+{# ours #}" in ours
    said(folder, "merged", "story.mjml")
    since, _, ours = said(folder, "diff", "story.mjml").partition(
        "changed here"
    )
    assert "nothing changed" in since
    assert "+{# ours #}" in ours


def test_a_copy_of_unknown_origin_is_compared_with_the_shipped_one(
    folder: Path,
) -> None:
    template(folder, "rule.mjml", "{# ours #}\n")
    told = said(folder, "diff", "rule.mjml")
    assert "what it was copied from is not known" in told
    assert "-{# ours #}" in told


def test_nothing_is_overwritten(folder: Path) -> None:
    template(folder, "rule.mjml", "{# ours #}\n")
    assert "is there already" in said(folder, "copy", "rule.mjml", code=1)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stroy.mjml", "did you mean story.mjml?"),
        ("../feeds.yaml", "there is no shipped template"),
        ("bord/story.mjml", "there is no shipped template"),
    ],
)
def test_only_what_is_shipped_is_copied(
    folder: Path, name: str, words: str
) -> None:
    assert words in said(folder, "copy", name, code=1)
    assert not (folder / "templates").exists()


def test_one_newsletter_may_have_a_copy_of_its_own(folder: Path) -> None:
    add_newsletters(folder, clips={})
    said(folder, "copy", "clips/footer.mjml")
    assert (folder / "templates" / "clips" / "footer.mjml").exists()
    assert "clips/footer.mjml" in said(folder, "list")
    assert "clips/footer.mjml: as shipped" in said(folder, "tidy")


def test_what_nobody_changed_may_go(folder: Path) -> None:
    """A workspace of an earlier `digest init` has copies of all."""
    template(folder, "rule.mjml")
    template(folder, "footer.mjml", "{# ours #}\n")
    earlier = template(folder, "subject.txt", "{{ subject }} \n")
    told = said(folder, "tidy")
    assert "rule.mjml: as shipped" in told
    assert "footer.mjml" not in told
    assert "1 template may go" in told
    assert earlier.exists()
    said(folder, "tidy", "--remove")
    names = {file.name for file in (folder / "templates").glob("*.*")}
    assert names == {"footer.mjml", "subject.txt"}


def test_a_copy_of_an_earlier_version_is_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "digest.services.own_templates._parse_versions",
        lambda: [
            ("0e9d2ea3d7ee4bd0", "rule.mjml"),
            (hashed("old\n"), "rule.mjml"),
        ],
    )
    template(folder, "rule.mjml", "old\n")
    assert "as an earlier version shipped it" in said(folder, "tidy")


def hashed(text: str) -> str:
    from digest.services.own_templates import hash_content

    return hash_content(text.encode())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("stroy.mjml", "did you mean story.mjml?"),
        ("Footer.mjml", "did you mean footer.mjml?"),
        ("clps/footer.mjml", "newsletters are weekly"),
    ],
)
def test_a_misnamed_template_is_named(
    folder: Path, name: str, hint: str
) -> None:
    template(folder, name, "{# ours #}\n")
    told = invoke(folder, "config", "check").output
    assert f"templates/{name}: no template has this name" in told
    assert hint in told
    assert "used by nothing" in said(folder, "list")


def test_a_file_that_a_template_includes_is_none_misnamed(
    folder: Path,
) -> None:
    template(folder, "banner.mjml", "{# ours #}\n")
    template(folder, "notes.md", "For us.\n")
    template(folder, "rule.mjml", "{% include 'banner.mjml' %}\n")
    assert "banner" not in invoke(folder, "config", "check").output
    assert "notes" not in said(folder, "list")
    assert "included by a template of yours" in said(folder, "list")


def test_a_new_language_is_written_to_be_translated(folder: Path) -> None:
    assert "texts to translate" in said(folder, "translate", "fi")
    file = folder / "locale" / "fi.po"
    text = file.read_text("utf-8")
    assert 'msgid "Unsubscribe"' in text
    assert "nplurals=2" in text
    unsubscribe = 'msgid "Unsubscribe"\nmsgstr ""'
    translated = unsubscribe.replace('""', '"Peru tilaus"')
    file.write_text(text.replace(unsubscribe, translated), "utf-8")
    said(folder, "translate", "fi")
    assert translated in file.read_text("utf-8")
    assert "nothing lacks" in said(folder, "translate", "de")
    assert "is no language" in said(folder, "translate", "xx", code=1)
