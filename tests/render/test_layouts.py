"""Daily clips: the outlet first and what proves the mention; and nothing of it in public."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from digest.errors import RenderError
from digest.model import TOKEN_PLACEHOLDER, Edition, Pick, Section
from digest.render import render_edition
from digest.settings import Settings, load_workspace
from tests.cases.clips_editions import clips_edition, clips_settings
from tests.conftest import workspace
from tests.mail_structure import structural_faults, visible_text

NOWHERE = Path("/nonexistent")
PICK = Pick(
    "County knew of lead",
    "https://example.org/a",
    "Politico",
    opinion=True,
    proof="Emails obtained by Open Water show it.",
    our_quotes=("“It took a year,” said Maren Oduya.",),
    reasons="names Open Water, source of the documents",
    excerpt="Managers learned in spring.",
)
SECRETS = (PICK.proof, *PICK.our_quotes, PICK.reasons, PICK.excerpt)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = workspace(tmp_path_factory.mktemp("w"), "https://courier.example")
    return load_workspace(folder, {}).settings


@pytest.fixture(scope="module")
def internal(public: Settings) -> Settings:
    return clips_settings(public)


def with_layout(settings: Settings, layout: str) -> Settings:
    newsletter = settings.newsletter.model_copy(update={"layout": layout})
    return settings.with_newsletter(newsletter)


def edition_of(*picks: Pick, language: str = "") -> Edition:
    section = Section("in_the_news", "{org} in the news", picks)
    return Edition(
        date(2026, 12, 4), "Clips", sections=(section,), language=language
    )


def seen(html: str) -> str:
    """Return what a reader sees, in which bold names are a part of their sentence."""
    return visible_text(html.replace("<strong>", "").replace("</strong>", ""))


def test_a_clip_has_the_outlet_first_then_headline_proof_and_quotes(
    internal: Settings,
) -> None:
    built = render_edition(edition_of(PICK), "", internal, NOWHERE)
    clip = (
        "1 clip from 1 outlet Open Water in the news (1) Politico ·\u00a0opinion County knew of lead "
        "Emails obtained by Open Water show it. “It took a year,” said Maren Oduya. "
        "Excerpt: Managers learned in spring. Why: names Open Water, source of the documents"
    )
    for html in (built.html, built.page):
        assert clip.replace("\u00a0", " ") in seen(html)
        assert "obtained by <strong>Open Water</strong> show" in html
    assert (
        built.text.partition("in the news (1)\n\n")[2].partition("\n\n")[0]
        == """\
- Politico: County knew of lead [opinion]
  https://example.org/a
  Emails obtained by Open Water show it.
  > “It took a year,” said Maren Oduya.
  Excerpt: Managers learned in spring.
  Why: names Open Water, source of the documents"""
    )


def test_many_clips_have_an_overview_that_leads_to_each_section(
    internal: Settings,
) -> None:
    few, many = (
        render_edition(clips_edition(internal, n), "", internal, NOWHERE)
        for n in (4, 14)
    )
    assert 'href="#courts"' not in few.html
    for html in (many.html, many.page):
        assert 'href="#courts"' in html
        assert 'id="courts"' in html
    overview = "14 clips from 13 outlets\n\n- Open Water in the news (7)\n- Courts and records (4)\n"
    assert overview in many.text
    assert structural_faults(many.html) == []


def test_an_empty_day_counts_nothing_and_says_so(internal: Settings) -> None:
    newsletter = internal.newsletter.model_copy(update={"empty": "send"})
    settings = internal.with_newsletter(newsletter)
    built = render_edition(edition_of(), "", settings, NOWHERE)
    for words in (seen(built.html), seen(built.page), built.text):
        assert "Nothing to report" in words
        assert "clips from" not in words
    assert structural_faults(built.html) == []


@pytest.mark.parametrize("layout", ["letter", "clips"])
def test_a_public_newsletter_prints_nothing_that_is_internal(
    public: Settings, internal: Settings, layout: str
) -> None:
    """Also where its edition was copied from an internal one: it is the same as if it were clean."""
    settings = with_layout(public, layout)
    copied, clean = (
        render_edition(edition, "", settings, NOWHERE)
        for edition in (
            edition_of(PICK),
            edition_of(PICK.without_internal_content()),
        )
    )
    assert copied.content_hash == clean.content_hash
    for part in (copied.html, copied.text, copied.page, copied.mjml):
        assert [words for words in SECRETS if words in part] == []
    inside = render_edition(
        edition_of(PICK), "", with_layout(internal, layout), NOWHERE
    )
    assert [words for words in SECRETS if words not in inside.text] == []
    for html in (inside.html, inside.page):
        assert [words for words in SECRETS if words not in seen(html)] == []


@pytest.mark.parametrize("layout", ["letter", "clips"])
def test_an_internal_mail_leads_to_no_page_but_the_way_out(
    internal: Settings, layout: str
) -> None:
    settings = with_layout(internal, layout)
    built = render_edition(edition_of(PICK), "", settings, NOWHERE)
    home = settings.newsletter.public_url
    for part in (built.html, built.text):
        assert f"/u/{TOKEN_PLACEHOLDER}" in part
        assert home not in part.replace(built.letter.unsubscribe_url, "")
        assert "on the web" not in part
        assert "please do not pass it on" in part
    assert home not in built.page


def test_reasons_are_marked_as_english_in_another_language(
    internal: Settings,
) -> None:
    built = render_edition(
        edition_of(PICK, language="es"), "", internal, NOWHERE
    )
    assert "1 noticia de 1 medio" in visible_text(built.html)
    assert 'Por qué: <span lang="en" dir="ltr">names Open' in built.html
    assert "Por qué: names Open Water" in built.text


# Templates of one newsletter


def test_templates_of_a_newsletter_win_over_those_of_all(
    public: Settings, tmp_path: Path
) -> None:
    (tmp_path / "weekly").mkdir()
    (tmp_path / "board").mkdir()
    (tmp_path / "footer.txt").write_text("of all\n{{ unsubscribe_url }}\n")
    (tmp_path / "weekly" / "footer.txt").write_text(
        "of weekly, not {% include 'default:footer.txt' %}"
    )
    weekly = render_edition(edition_of(PICK), "", public, tmp_path)
    board = public.newsletter.model_copy(update={"key": "board"})
    others = render_edition(
        edition_of(PICK), "", public.with_newsletter(board), tmp_path
    )
    assert "of weekly, not --" in weekly.text
    assert "of all" not in weekly.text
    assert others.text.endswith(f"of all\n{others.letter.unsubscribe_url}\n")


def test_what_the_letter_changed_of_its_lines_changes_no_clips(
    internal: Settings, tmp_path: Path
) -> None:
    for name in ("edition.mjml", "story.mjml", "story.txt", "edition.txt"):
        (tmp_path / name).write_text("{{ nothing_of_this }}")
    ours = render_edition(edition_of(PICK), "", internal, tmp_path)
    shipped = render_edition(edition_of(PICK), "", internal, NOWHERE)
    assert ours.content_hash == shipped.content_hash


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("clip.mjml", "<p>\n{{ pick.nothing }}</p>", "clip.mjml:2"),
        ("clip.mjml", "<p>\n<mj-txt></mj-txt></p>", "clip.mjml:2: unknown tag"),
        ("clip.txt", "\n\n{% if %}", "clip.txt:3"),
    ],
)
def test_a_fault_is_named_with_the_folder_of_its_newsletter(
    internal: Settings, tmp_path: Path, name: str, source: str, fault: str
) -> None:
    folder = tmp_path / "templates"
    (folder / "clips").mkdir(parents=True)
    (folder / "clips" / name).write_text(source)
    with pytest.raises(RenderError, match=f"^templates/clips/{fault}"):
        render_edition(edition_of(PICK), "", internal, folder)
    (folder / "clips" / name).rename(folder / name)
    with pytest.raises(RenderError, match=f"^templates/{fault}"):
        render_edition(edition_of(PICK), "", internal, folder)


def test_nothing_is_marked_twice(internal: Settings) -> None:
    pick = replace(PICK, proof="Open Water sued. Open Water won.")
    built = render_edition(edition_of(pick), "", internal, NOWHERE)
    marked = "<strong>Open Water</strong>"
    assert f"{marked} sued. {marked} won." in built.html


@pytest.mark.parametrize("layout", ["letter", "clips"])
def test_a_story_without_an_address_has_no_link(
    public: Settings, layout: str
) -> None:
    printed = Pick("Pipes of lead", "unlinked:00", "The Courier, page 3")
    rendered = render_edition(
        edition_of(printed), "", with_layout(public, layout), NOWHERE
    )
    for shown in (rendered.html, rendered.text, rendered.page):
        assert "Pipes of lead" in shown
        assert "unlinked" not in shown
        assert 'href=""' not in shown
