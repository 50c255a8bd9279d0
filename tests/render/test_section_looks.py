"""Every theme shipped can be read by everybody, is light, and says what the default says."""

from itertools import pairwise
from pathlib import Path

import pytest
from lxml.html import document_fromstring
from pydantic import ValidationError

from digest.edition import load_edition
from digest.edition.saved_blocks import read_block
from digest.model import TOKEN_PLACEHOLDER, RenderedEdition
from digest.preflight.contrast import check_contrast
from digest.preflight.image_weight import check_images
from digest.render import WELCOME, render_edition, render_notice
from digest.settings import Settings, load_workspace
from digest.settings.designs import DESIGNS
from digest.settings.theme import (
    MIN_TEXT_CONTRAST,
    Theme,
    contrast_ratio,
)
from tests.cases.audit_editions import letters, tap
from tests.conftest import EDITION, workspace
from tests.mail_structure import structural_faults, visible_text

NOWHERE = Path("/nonexistent")
STYLES = ("lines", "outlets", "cards")
ACCOUNTS = [
    {"name": "Videos", "url": "https://video.example/w", "shape": "video"},
    {"name": "Talk", "url": "https://talk.example/w", "shape": "talk"},
]
#: Bytes of three leads and twenty lines, all but plain of 30 KB: Gmail cuts behind 102.
HEAVIEST = {"plain": 24_000}
HEAVIEST_OTHER = 30 * 1024


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = workspace(tmp_path_factory.mktemp("w"), "https://courier.example")
    return load_workspace(folder, {}).settings


def with_theme(rules: Settings, theme: object) -> Settings:
    newsletter = rules.newsletter.model_copy(
        update={"theme": Theme.model_validate(theme)}
    )
    return rules.with_newsletter(newsletter)


def render(rules: Settings, theme: object) -> RenderedEdition:
    settings = with_theme(rules, theme)
    return render_edition(load_edition(EDITION), "", settings, NOWHERE)


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("style", STYLES)
def test_every_edition_is_sound_and_readable_under_each_theme(
    rules: Settings, name: str, style: str
) -> None:
    theme = {"name": name, "stories": style, "social": ACCOUNTS}
    settings = with_theme(rules, theme)
    for letter in letters(EDITION):
        built = render_edition(letter.edition, "", settings, NOWHERE, tap)
        typed = {letter.edition.subject}
        assert structural_faults(built.html, typed) == []
        findings = check_contrast(built, settings.newsletter.theme)
        assert [finding.what for finding in findings] == []
        assert [finding.what for finding in check_images(built, [])] == []


@pytest.mark.parametrize("name", DESIGNS)
def test_three_leads_and_twenty_lines_are_light(
    rules: Settings, name: str
) -> None:
    settings = with_theme(rules, name)
    edition = {one.name: one.edition for one in letters(EDITION)}
    built = render_edition(
        edition["three-leads-twenty-lines"], "", settings, NOWHERE, tap
    )
    assert len(built.html.encode()) <= HEAVIEST.get(name, HEAVIEST_OTHER)


@pytest.mark.parametrize("name", DESIGNS)
def test_colours_of_each_theme_have_contrast_on_paper_and_in_boxes(
    name: str,
) -> None:
    theme = Theme.model_validate(name)
    for prefix in ("", "dark_"):
        for background in ("paper", "tint"):
            for colour in ("ink", "accent", "quiet"):
                ratio = contrast_ratio(
                    getattr(theme, prefix + colour),
                    getattr(theme, prefix + background),
                )
                assert ratio >= MIN_TEXT_CONTRAST


@pytest.mark.parametrize("name", ["letter", "clips", "report"])
def test_the_title_is_larger_than_a_lead_and_a_lead_than_a_list(
    rules: Settings, name: str
) -> None:
    page = document_fromstring(render(rules, name).html)
    headings = page.xpath("//h1") + page.xpath("//h2")[:1]
    headings += page.xpath("//h2")[-1:]
    sizes = [
        int(heading.get("style").partition("font-size:")[2].partition("px")[0])
        for heading in headings
    ]
    assert all(larger > smaller for larger, smaller in pairwise(sizes))


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("style", STYLES)
def test_no_style_loses_a_headline_an_outlet_or_a_link(
    rules: Settings, name: str, style: str
) -> None:
    built = render(rules, {"name": name, "stories": style})
    for part in (built.html, built.page):
        links = document_fromstring(part).xpath("//a/@href")
        for section in built.edition.sections:
            for pick in section.picks:
                assert pick.headline in visible_text(part)
                assert pick.outlet in visible_text(part)
                assert {pick.url, pick.gift} & set(links)


def test_a_section_has_a_style_and_an_introduction_of_its_own(
    rules: Settings,
) -> None:
    first, *others = rules.sections
    dressed = first.model_copy(
        update={"style": "cards", "intro": "What the press wrote of us."}
    )
    settings = rules.model_copy(update={"sections": (dressed, *others)})
    built = render_edition(load_edition(EDITION), "", settings, NOWHERE)
    assert "border-radius:6px" in built.html
    assert "<li " in built.html
    for part in (built.html, built.text, built.page):
        assert "What the press wrote of us." in part


def test_the_footer_leads_to_what_the_settings_name(rules: Settings) -> None:
    theme = {"name": "letter", "social": ACCOUNTS, "tag_line": "Every Friday"}
    built = render(rules, theme)
    links = document_fromstring(built.html).xpath("//a/@href")
    site = rules.newsletter.public_url.rstrip("/")
    own = f"{site}/p/{TOKEN_PLACEHOLDER}"
    assert {
        f"{site}/subscribe",
        "https://video.example/w",
        own,
    } <= set(links)
    assert [link for link in links if link.startswith("mailto:?subject=")]
    assert own in built.text
    assert "Every Friday" in built.text
    assert TOKEN_PLACEHOLDER not in built.page
    shown = document_fromstring(built.html).xpath("//img/@src")
    assert all(src.startswith(f"{site}/images/") for src in shown)
    assert {picture.name for picture in built.pictures} == {
        "shape-video.png",
        "shape-talk.png",
    }


BOXES = {
    "donate": "# Help us sue {.donate}\n\nSoon.\n\n[Give](https://a.example/g){.button}\n",
    "event": "# Meet us {.event}\n\nTown hall. [Come](https://a.example/c).\n",
    "sponsor": "# {.sponsor}\n\nWith help of [a fund](https://a.example/f).\n",
    "author": "# Maren Oduya {.author}\n\n![Maren](images/m.png)\n\nDirector.\n",
}


@pytest.mark.parametrize("name", DESIGNS)
def test_boxes_can_be_read_in_light_and_dark_under_each_theme(
    rules: Settings, name: str
) -> None:
    blocks = [read_block(*one) for one in BOXES.items()]
    marks = "\n".join(f"{{block: {one}}}" for one in BOXES)
    settings = with_theme(rules, name)
    edition = load_edition(f"{EDITION}\n{marks}\n")
    built = render_edition(edition, "", settings, NOWHERE, tap, blocks)
    assert structural_faults(built.html) == []
    findings = check_contrast(built, settings.newsletter.theme)
    assert [finding.what for finding in findings] == []
    for part in (built.html, built.page):
        seen = visible_text(part)
        for words in ("Help us sue", "Town hall.", "With help of", "Director."):
            assert words in seen
        assert "{." not in seen


def test_each_theme_has_notices(rules: Settings) -> None:
    for name in DESIGNS:
        notice = render_notice(
            WELCOME,
            with_theme(rules, {"name": name, "social": ACCOUNTS}),
            NOWHERE,
        )
        assert structural_faults(notice.html) == []


def test_the_dark_logo_takes_the_place_of_the_other(rules: Settings) -> None:
    theme = {
        "logo": "https://w.example/a.png",
        "dark_logo": "https://w.example/b.png",
    }
    html = render(rules, theme).html
    assert ".unlit { display: block" in html
    images = document_fromstring(html).xpath("//img")
    assert [image.get("alt") for image in images] == ["Open Water"] * 2
    assert "display:none" in images[1].get("style")


def test_a_theme_is_a_name_or_a_name_with_what_differs() -> None:
    assert Theme.model_validate("report").band == "#142a4c"
    theme = Theme.model_validate({"name": "report", "band": ""})
    assert (theme.band, theme.stories) == ("", "cards")
    assert Theme.model_validate({}).name == "plain"
    with pytest.raises(ValidationError, match="plain"):
        Theme.model_validate("baroque")
    with pytest.raises(ValidationError, match="contrast"):
        Theme.model_validate({"name": "report", "band_ink": "#33415c"})


def test_colours_of_ones_own_need_only_be_readable_on_ones_own_paper() -> None:
    theme = Theme.model_validate({"accent": "#757575"})
    assert theme.tint == theme.paper
