"""An edition becomes mail, text and page, and nothing typed can break it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from digest.edition import dump_edition, load_edition
from digest.errors import DigestError, RenderError
from digest.infra.running_text import close_directions
from digest.model import (
    TOKEN_PLACEHOLDER,
    Edition,
    Lead,
    OtherOutlet,
    Pick,
    Recipient,
    RenderedEdition,
    Section,
)
from digest.render import (
    CONFIRM,
    NOTICES,
    WELCOME,
    render_edition,
    render_notice,
    subject_line,
)
from digest.render.lead_body import Block, body_blocks
from digest.render.lead_html import BodyStyle
from digest.settings import Settings, load_workspace
from tests.conftest import EDITION, FEEDS, NOW, SHARED, needs_shared, workspace
from tests.delivery.test_flowed_text import unflowed
from tests.mail_structure import structural_faults, visible_text

NOWHERE = Path("/nonexistent")
LOOK = BodyStyle("#0b5394", "ltr", 552)


def body(source: str) -> tuple[Block, ...]:
    return body_blocks(source, LOOK, lambda src: (src, 0, 0))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_workspace(
        workspace(tmp_path_factory.mktemp("w"), "https://courier.example"), {}
    ).settings


def render(
    edition: Edition, rules: Settings, templates: Path = NOWHERE
) -> RenderedEdition:
    return render_edition(edition, "", rules, templates)


class Visible(HTMLParser):
    """Collects what a reader sees, and every link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._hidden = ""
        self.feed(html)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        self.tags.add(tag)
        if tag in ("style", "script", "title"):
            self._hidden = tag
        self.links += [
            v or ""
            for k, v in attrs
            if k in ("href", "src") and tag in ("a", "img")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def in_order(text: str, parts: list[str]) -> bool:
    """Whether all parts stand in the text, one after the other."""
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


SAID = [
    "Headline of the first lead", "Its dek, one paragraph in italics.", "Paragraphs of Markdown with links",
    "Learn more from the records", "Headline of the second lead", "Open Water in the news",
    "Headline as it runs", "(Politico)", "Other stories we’re following", "Another headline", "(NPR)",
]  # fmt: skip


def test_every_part_says_the_same_in_the_same_order(rules: Settings) -> None:
    built = render(load_edition(EDITION), rules)
    assert in_order(Visible(built.html).text, SAID)
    assert in_order(Visible(built.page).text, SAID)
    assert in_order(built.text, SAID)


def test_text_and_newsletter_share_each_story_line(
    rules: Settings,
) -> None:
    lines = render(load_edition(EDITION), rules).text.splitlines()
    at = lines.index("- Headline as it runs (Politico)")
    assert lines[at + 1] == "  https://example.org/c"


SAYS_MORE = Pick(
    "Titular de la semana", "https://example.org/c", "El País", True, True, "es",
    (OtherOutlet("The Hill", "https://example.org/h"), OtherOutlet("NPR")), "", "The editor’s sentence.", "“Pulled.”",
)  # fmt: skip


def with_picks(*picks: Pick, language: str = "") -> Edition:
    section = Section("in_the_news", "{org} in the news", picks)
    return Edition(date(2026, 2, 27), "Subject", "", (), (section,), language)


def test_a_story_line_says_in_every_part_what_the_editor_added(
    rules: Settings,
) -> None:
    built = render(with_picks(SAYS_MORE), rules)
    for html in (built.html, built.page):
        said = "Titular de la semana (El País) · opinion · in Spanish · paywall The editor’s sentence. “Pulled.” Also in The Hill , NPR"
        assert said in Visible(html).text
        assert "https://example.org/h" in Visible(html).links
        assert 'lang="es" hreflang="es"' in html
        assert "<blockquote" in html
    lines = built.text.splitlines()
    at = lines.index(
        "- Titular de la semana (El País) [opinion, in Spanish, paywall]"
    )
    assert lines[at + 1 : at + 6] == [
        "  https://example.org/c",
        "  The editor’s sentence.",
        "  > “Pulled.”",
        "  Also in The Hill: https://example.org/h",
        "  Also in NPR",
    ]


def test_a_gift_link_is_what_readers_open(rules: Settings) -> None:
    built = render(
        with_picks(replace(SAYS_MORE, gift="https://example.org/gift")), rules
    )
    for html in (built.html, built.page):
        assert "https://example.org/gift" in Visible(html).links
        assert "https://example.org/c" not in Visible(html).links
        assert "gift link" in html
        assert "paywall" not in html
    assert "  https://example.org/gift" in built.text.splitlines()


def test_an_edition_speaks_its_own_language(rules: Settings) -> None:
    """Dates, footers and marks; a story in the edition's own language has no mark of one."""
    built = render(with_picks(SAYS_MORE, language="es"), rules)
    assert '<html lang="es" dir="ltr"' in built.html
    for text in (Visible(built.html).text, Visible(built.page).text):
        assert "27 de febrero de 2026" in text
        assert "(El País) · opinión · de pago" in text
        assert "También en" in text
    assert "Darse de baja con un clic: https://" in built.text
    english = render(
        with_picks(replace(SAYS_MORE, language="en"), language="es"), rules
    )
    assert "en inglés" in english.text


def test_an_edition_from_right_to_left_is_mirrored(rules: Settings) -> None:
    lead = Lead(
        "عنوان الخبر", "", "- واحد\n\n[المزيد](https://example.org/b){.button}"
    )
    built = render(
        replace(with_picks(SAYS_MORE, language="ar"), leads=(lead,)), rules
    )
    assert '<html lang="ar" dir="rtl"' in built.html
    assert '<html lang="ar" dir="rtl"' in built.page
    assert "margin:0 24px 14px 0;padding:0" in built.html
    assert "14px 24px" not in built.html
    assert "0 0 24px" not in built.html
    assert (
        "text-align:left"
        not in built.html.partition("<ul")[2].partition("</ul>")[0]
    )
    assert 'lang="es" hreflang="es" dir="ltr"' in built.html


def test_a_quote_runs_as_its_language_does(rules: Settings) -> None:
    pick = Pick(
        "חדשות",
        "https://example.org/c",
        "Haaretz",
        language="he",
        quote="“כן!”",
    )
    built = render(with_picks(pick), rules)
    for html in (built.html, built.page):
        (quote,) = document_fromstring(html).iter("blockquote")
        assert (quote.get("lang"), quote.get("dir")) == ("he", "rtl")


def test_what_is_written_from_the_right_runs_so_without_being_marked(
    rules: Settings,
) -> None:
    lead = Lead("عنوان الخبر", "", "نص")
    pick = Pick("عنوان آخر", "https://example.org/c", "Haaretz")
    built = render(replace(with_picks(pick), leads=(lead,)), rules)
    for html in (built.html, built.page):
        page = document_fromstring(html)
        (headline,) = page.xpath("//h2[contains(., 'عنوان الخبر')]")
        assert headline.xpath("ancestor::*[@dir][1]/@dir") == ["rtl"]
        assert page.xpath("//a[contains(., 'عنوان آخر')]/@dir") == ["rtl"]


def test_a_mark_of_direction_ends_with_its_headline(rules: Settings) -> None:
    pick = Pick("Readings \u202edevomer", "https://example.org/c", "Gazette")
    built = render(with_picks(pick), rules)
    for part in (built.html, built.page, built.text):
        assert "\u202edevomer\u202c" in part


def test_spaces_that_do_not_break_are_kept_everywhere(rules: Settings) -> None:
    text = EDITION.replace(
        "What the records show", "L’eau coûte 4\u202f500\u00a0€\u00a0!"
    )
    text = text.replace("Another headline", "水道水\u3000鉛の基準")
    text = text.replace(
        "(NPR)", "(Le\u00a0Courrier)\n  À\u00a0lire\u00a0: tout"
    )
    edition = load_edition(text)
    assert load_edition(dump_edition(edition)) == edition
    built = render(edition, rules)
    assert built.letter.subject == "L’eau coûte 4\u202f500\u00a0€\u00a0!"
    for part in (built.html, built.page, built.text):
        for words in (
            "水道水\u3000鉛の基準",
            "(Le\u00a0Courrier)",
            "À\u00a0lire\u00a0: tout",
        ):
            assert words in unescape(part)


def test_right_to_left_stories_fit_an_english_edition(
    rules: Settings,
) -> None:
    pick = Pick("כותרת", "https://example.org/c", "Haaretz", language="he")
    assert (
        'lang="he" hreflang="he" dir="rtl"'
        in render(with_picks(pick), rules).html
    )


def test_the_subject_line_can_be_dressed_by_a_template(
    rules: Settings, tmp_path: Path
) -> None:
    (tmp_path / "subject.txt").write_text("[{{ org }}]\n  {{ subject }}\n")
    built = render(load_edition(EDITION), rules, tmp_path)
    assert built.letter.subject == "[Open Water] What the records show"
    (tmp_path / "subject.txt").write_text("\n")
    with pytest.raises(
        RenderError, match=r"templates/subject.txt: it gives an empty subject"
    ):
        render(load_edition(EDITION), rules, tmp_path)


@pytest.mark.parametrize("name", NOTICES)
@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_notices_are_whole_mails(
    rules: Settings, name: str, language: str
) -> None:
    """Only who confirms gets a link to confirm, and only a subscriber one to leave."""
    news = rules.newsletter.model_copy(update={"language": language})
    made = render_notice(name, rules.with_newsletter(news), NOWHERE)
    assert "The Open Water Letter" in made.subject
    assert made.subject not in made.text.splitlines()
    for part in (made.html, made.text):
        assert "12 Bicycle Lane, Northgate 40100" in part
        assert (f"/c/{TOKEN_PLACEHOLDER}" in part) == (name == CONFIRM)
        assert (f"/u/{TOKEN_PLACEHOLDER}" in part) == (name == WELCOME)
    assert f'<html lang="{language}"' in made.html
    assert ("Friday" in made.text) == (name == WELCOME and language == "en")


def test_a_fault_in_a_notice_is_named(rules: Settings, tmp_path: Path) -> None:
    source = "{% extends 'base.mjml' %}\n{% block content %}\n<mj-sectoin>{% endblock %}"
    (tmp_path / "welcome.mjml").write_text(source)
    with pytest.raises(
        RenderError, match=r"templates/welcome.mjml:3: unknown tag <mj-sectoin>"
    ):
        render_notice(WELCOME, rules, tmp_path)


def test_the_same_edition_gives_the_same_bytes(rules: Settings) -> None:
    edition = load_edition(EDITION)
    assert render(edition, rules) == render(edition, rules)


def test_whatever_a_reader_can_see_is_in_the_hash(rules: Settings) -> None:
    edition = load_edition(EDITION)
    first = render(edition, rules).content_hash
    for text in (
        EDITION.replace("Paragraphs.", "Paragraphs!"),
        EDITION.replace("What the", "What our"),
    ):
        assert render(load_edition(text), rules).content_hash != first
    newsletter = rules.newsletter.model_copy(update={"reply_to": "x@o.example"})
    other = rules.with_newsletter(newsletter)
    assert render(edition, other).content_hash != first


def test_mail_and_text_carry_address_and_unsubscribe_link(
    rules: Settings,
) -> None:
    built = render(load_edition(EDITION), rules)
    link = f"https://letter.openwater.example/u/{TOKEN_PLACEHOLDER}"
    assert link in Visible(built.html).links
    assert link in built.text
    assert "12 Bicycle Lane, Northgate 40100" in built.text
    assert "12 Bicycle Lane, Northgate 40100" in Visible(built.html).text
    assert TOKEN_PLACEHOLDER not in built.page


HOSTILE = [
    "</mj-text><mj-raw><script>alert(1)</script></mj-raw>", "<mj-include path='/etc/passwd' />", "5 < 6 & 7 > 2",
    "{{ 7 * 7 }}", "{% include 'x' %}", 'say "no"', "it's", "<!-- x -->", "a -- b --> c", "\\n \\u{a0}", "&copy; &amp; &#8217;",
    "naïve café “q” — ‘x’", "नमस्ते", "שלום עולם", "👩‍👩‍👧 🇺🇦", "A" * 500, "a\u00a0b\u00adc\u200dd", "%% <% tag %> *|X|*", "]]>", "&lt;b&gt;",
    "AT&amp;T &copy=3 &#92;", "\u202eright to left\u202c العربية", "https://a.example/?a=1&b=2#c", "**bold** _em_ `code`",
    "🏳️‍🌈 e\u0301 ก็ नि", "%recipient% %%name%%",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: t[:20])
def test_nothing_a_feed_or_editor_types_can_break_the_mail(
    rules: Settings, text: str
) -> None:
    edition = Edition(
        date(2026, 2, 27), text, text, (Lead(text, text, ""),),
        (Section("in_the_news", text, (Pick(text, "https://a.example/?q=1&copy=2", text),)),),
    )  # fmt: skip
    built = render(edition, rules)
    for html in (built.html, built.page):
        seen = Visible(html)
        assert seen.text.count(" ".join(text.split())) >= 4
        assert "script" not in seen.tags
        assert "https://a.example/?q=1&copy=2" in seen.links
    assert text in built.text


#: Hypothesis tries what it reads in our source; the mark for tokens is refused, and tested above.
TYPED = st.text(max_size=60).filter(lambda t: TOKEN_PLACEHOLDER not in t)
TEXT = (
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")),
        min_size=1,
        max_size=40,
    )
    .map(lambda t: " ".join(t.split()) or "x")
    .filter(lambda t: TOKEN_PLACEHOLDER not in t)
)


@given(TEXT, TEXT, TYPED)
def test_any_headline_survives_to_the_reader(
    headline: str, outlet: str, body: str
) -> None:
    rules = _rules()
    pick = Pick(headline, "https://a.example/", outlet)
    edition = Edition(
        date(2026, 2, 27),
        headline,
        "",
        (Lead(headline, "", body),),
        (Section("s", "S", (pick,)),),
    )
    built = render(edition, rules)
    seen = Visible(built.html)
    headline, outlet = close_directions(headline), close_directions(outlet)
    assert f"{headline} ({outlet})" in seen.text
    assert "script" not in seen.tags
    assert f"- {headline} ({outlet})" in built.text


WORDS = st.one_of(
    TEXT, st.sampled_from(HOSTILE).map(lambda t: " ".join(t.split()))
)
HOSTILE_PICKS = st.builds(
    Pick, WORDS, st.just("https://a.example/?a=1&b=2"), WORDS, st.booleans(), st.booleans(), st.sampled_from(["", "es", "ar", "xx"]),
    st.lists(st.builds(OtherOutlet, WORDS, st.sampled_from(["", "https://a.example/?copy=1&reg=2"])), max_size=2).map(tuple),
    st.sampled_from(["", "https://a.example/gift"]), st.just("") | WORDS, st.just("") | WORDS,
)  # fmt: skip
HOSTILE_EDITIONS = st.builds(
    Edition, st.just(date(2026, 2, 27)), WORDS, WORDS,
    st.lists(st.builds(Lead, WORDS, WORDS, st.lists(st.one_of(TYPED, WORDS), max_size=3).map("\n\n".join)), max_size=2).map(tuple),
    st.lists(st.builds(Section, st.just("s"), WORDS, st.lists(HOSTILE_PICKS, max_size=3).map(tuple)), max_size=2).map(tuple),
    st.sampled_from(["", "en", "es", "ar", "xx"]),
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=5000)
@given(HOSTILE_EDITIONS)
def test_five_thousand_hostile_editions_compile_and_lose_nothing(
    edition: Edition,
) -> None:
    """As parsed back from the message: structure sound, every visible word byte for byte."""
    check_hostile(edition)


@given(HOSTILE_EDITIONS)
def test_some_hostile_editions_compile_and_lose_nothing(
    edition: Edition,
) -> None:
    check_hostile(edition)


def check_hostile(edition: Edition) -> None:
    rules = _rules()
    built = render(edition, rules)
    raw = message(built.html, rules, text=built.text).bytes_for(READER)
    parsed = message_from_bytes(raw, policy=policy.default)
    mail = parsed.get_body(("html",)).get_content()
    assert structural_faults(mail, {edition.subject}) == []
    assert edition.subject in document_fromstring(mail).xpath("//*/@aria-label")
    plain = parsed.get_body(("plain",)).get_content().replace("\r\n", "\n")
    seen, read = visible_text(mail), unflowed(plain)
    for words in visible(edition):
        closed = close_directions(words)
        # the outlet stands in brackets, and is closed inside them
        if words.startswith("(") and words.endswith(")"):
            closed = f"({close_directions(words[1:-1])})"
        assert closed in seen, words
        assert closed in read, words


def visible(edition: Edition) -> Iterator[str]:
    """Yield every text of an edition that readers see, but for the leads' own Markdown."""
    for lead in edition.leads:
        yield from (lead.headline, lead.dek)
    for section in (s for s in edition.sections if s.picks):
        yield section.title.replace("{org}", "Open Water")
        for pick in section.picks:
            yield from (
                pick.headline,
                f"({pick.outlet})",
                pick.note,
                pick.quote,
            )
            yield from (other.outlet for other in pick.also_in)


def _rules() -> Settings:
    import io

    from ruamel.yaml import YAML

    tree = YAML(typ="safe").load(
        io.StringIO(FEEDS.format(home="https://courier.example"))
    )
    return Settings.model_validate(tree)


def test_a_body_is_safe_markdown() -> None:
    (block,) = body(
        "A <script>alert(1)</script> [x](javascript:alert(1)) **b** ![p](https://a.example/p.png)"
    )
    seen = Visible(str(block.html))
    assert seen.tags == {"p", "strong"}
    assert "<script>" in seen.text


def test_a_button_stands_alone() -> None:
    found = body(
        "One.\n\n[Go](https://a.example/){.button}\n\nTwo [x](https://b.example/)."
    )
    assert [b.button for b in found] == [False, True, False]


def test_a_body_as_text_keeps_paragraphs_whole_and_links_below() -> None:
    (block,) = body(
        "A *fine* [link](https://a.example/)\nin one paragraph.\n\n- one\n- two [b](https://b.example/)\n\n> said"
    )
    assert block.plain == (
        "A fine link in one paragraph.\n  link: https://a.example/\n\n- one\n- two b\n    b: https://b.example/\n\n> said"
    )


def test_a_theme_reaches_the_mail_and_the_page(rules: Settings) -> None:
    from digest.settings.theme import Theme

    theme = Theme(
        paper="#fffdf7",
        accent="#7a1f1f",
        width=560,
        logo="https://openwater.example/l.png",
    )
    news = rules.newsletter.model_copy(update={"theme": theme})
    built = render(load_edition(EDITION), rules.with_newsletter(news))
    for part in (built.html, built.page):
        assert "#fffdf7" in part
        assert "#7a1f1f" in part
        assert "<img" in part
        assert 'alt="Open Water"' in part
    assert 'style="color:#7a1f1f"' in built.html
    assert "0b5394" not in built.html + built.page
    assert "560px" in built.html


@pytest.mark.parametrize(
    "typed",
    [
        TOKEN_PLACEHOLDER,
        TOKEN_PLACEHOLDER.replace("-", "\\-"),
        "@&#64;digest-token@@",
    ],
)
@pytest.mark.parametrize(
    "where", ["What the records show", "Another headline", "Paragraphs."]
)
def test_the_token_mark_is_kept_for_links(
    rules: Settings, where: str, typed: str
) -> None:
    """However it is written, nobody's own link can be made to show elsewhere."""
    typed = (
        f"x{TOKEN_PLACEHOLDER}" if where.startswith("What") else typed
    )  # YAML knows no such escapes
    edition = load_edition(EDITION.replace(where, typed))
    with pytest.raises(RenderError, match="is reserved for unsubscribe links"):
        render(edition, rules)


@pytest.mark.parametrize(
    ("name", "source", "problem"),
    [
        ("edition.mjml", "{% for x in %}", r"templates/edition.mjml:1: "),
        ("edition.txt", "a\n{{ nosuch }}", r"templates/edition.txt:2: 'nosuch' is undefined"),
        ("page.html", "a\n\n{{ theme.ink.nosuch }}", r"templates/page.html:3: "),
        ("edition.mjml", "<mjml><mj-body><mj-text a='</mj-body></mjml>", r"templates/edition.mjml:1: <mj-text is not closed by a >; is a quote missing\?"),
        ("edition.mjml", "<mjml>\n<mj-body><mj-txet>x</mj-txet></mj-body></mjml>", r"templates/edition.mjml:2: unknown tag <mj-txet>; did you mean mj-text\?"),
        ("edition.mjml", "<mjml><mj-body>\n<mj-section></mj-body></mjml>", r"edition.mjml:2: <mj-section> is not closed before </mj-body>"),
        ("edition.mjml", "<mjml>\n\n<mj-body></mjml>", r"edition.mjml:3: <mj-body> is not closed before </mjml>"),
        ("edition.mjml", "<mjml><mj-body></mj-body></mjml>\n<mjml>", r"edition.mjml:2: <mjml> is never closed"),
        ("edition.mjml", "<mjml><mj-body></mj-body></mj-text></mjml>", r"edition.mjml:1: </mj-text> closes nothing"),
        ("edition.mjml", "<mjml><mj-body>\n<mj-section>\n<mj-column>\n<mj-text colour='red'>x</mj-text></mj-column></mj-section></mj-body></mjml>", r"edition.mjml:4: <mj-text> has no attribute colour; did you mean color\?"),
        ("edition.mjml", "<mjml><mj-body>\n<mj-section>\nWords<mj-column></mj-column></mj-section></mj-body></mjml>", r"edition.mjml:2: “Words” stands directly in <mj-section>; put it into <mj-text>"),
        ("edition.mjml", "<mjml><mj-body>\n<mj-section padding='28'></mj-section></mj-body></mjml>", r"edition.mjml:2: <mj-section>: padding=.28. needs a unit, such as 28px"),
        ("edition.mjml", "<mjml>\n<mj-body><!-- a </mj-body></mjml>", r"edition.mjml:2: a comment behind this tag is never closed"),
        ("edition.mjml", "{% extends 'default:edition.mjml' %}\n{% block mastehad %}{% endblock %}", r"templates/edition.mjml:2: default:edition.mjml has no block mastehad; did you mean masthead\?"),
        ("edition.txt", "{% extends 'default:edition.txt' %}\nBye", r"templates/edition.txt:2: “Bye” stands outside of blocks"),
        ("edition.mjml", "{% include 'part.mjml' %}", r"part.mjml not found"),
        ("edition.txt", "{{ ''.__class__.__mro__ }}", r"templates/edition.txt"),
        ("edition.txt", "{% include '../feeds.yaml' %}", r"not found"),
    ],
)  # fmt: skip
def test_a_bad_template_is_named(
    rules: Settings, tmp_path: Path, name: str, source: str, problem: str
) -> None:
    (tmp_path / name).write_text(source)
    with pytest.raises(RenderError, match=problem):
        render(load_edition(EDITION), rules, tmp_path)


def test_the_shipped_template_and_comments_have_no_faults(
    rules: Settings, tmp_path: Path
) -> None:
    (tmp_path / "edition.mjml").write_text(
        "<!-- <mj-old>\n -->{% include 'default:edition.mjml' %}"
    )
    assert render(load_edition(EDITION), rules, tmp_path).html


def test_every_fault_of_a_template_is_named_at_once(
    rules: Settings, tmp_path: Path
) -> None:
    (tmp_path / "edition.mjml").write_text(
        "<mjml><mj-body>\n<mj-sectoin></mj-sectoin>\n<mj-spacer heihgt='3px' /></mj-body></mjml>"
    )
    with pytest.raises(RenderError) as raised:
        render(load_edition(EDITION), rules, tmp_path)
    assert [line.split(":")[1] for line in str(raised.value).splitlines()] == [
        "2",
        "3",
    ]


def test_a_designer_overrides_one_part_or_one_block(
    rules: Settings, tmp_path: Path
) -> None:
    (tmp_path / "story.mjml").write_text(
        '<li><a href="{{ pick.url }}">{{ pick.headline }}</a></li>'
    )
    (tmp_path / "edition.mjml").write_text(
        "{% extends 'default:edition.mjml' %}\n{% block masthead %}\n"
        "<mj-section><mj-column><mj-text>Ours</mj-text></mj-column></mj-section>{% endblock %}"
    )
    seen = Visible(render(load_edition(EDITION), rules, tmp_path).html).text
    assert "Ours Headline of the first lead" in seen
    assert "Headline as it runs" in seen
    assert "(Politico)" not in seen


@pytest.mark.parametrize(
    ("name", "source", "problem"),
    [
        ("story.mjml", "\n<li>\n<b>{{ pick.headline }}</li>", "templates/story.mjml:3: <b> is not closed before </li> (templates/story.mjml:3)"),
        ("lead.mjml", "<mj-section><mj-column>\n<mj-txt>x</mj-txt></mj-column></mj-section>", "templates/lead.mjml:2: unknown tag <mj-txt>; did you mean mj-text?"),
        ("footer.mjml", "{% if true %}\n{% if 1 <2 %}<mj-section>{% endif %}{% endif %}", "templates/footer.mjml:2: <mj-section> is not closed before </mj-body> (templates/base.mjml:"),
        ("masthead.mjml", "\n\n<mj-section><mj-column><mj-image src=x /></mj-column></mj-section>", "templates/masthead.mjml:3: <mj-image>: the value of src needs quotes"),
        ("masthead.mjml", "\n<mj-section><mj-column><mj-text>5 < 6</mj-text></mj-column></mj-section>", "templates/masthead.mjml:2: behind this tag stands a < that opens none; write &lt;"),
        ("masthead.mjml", "<mj-section><mj-column>\n<mj-divider>x</mj-divider></mj-column></mj-section>", "templates/masthead.mjml:2: MJML cannot be compiled: unexpected token"),
        ("masthead.mjml", "<!-- a -- b -->", "a comment must not hold --"),
    ],
)  # fmt: skip
def test_a_fault_is_named_in_the_part_where_it_was_written(
    rules: Settings, tmp_path: Path, name: str, source: str, problem: str
) -> None:
    (tmp_path / name).write_text(source)
    with pytest.raises(RenderError) as raised:
        render(load_edition(EDITION), rules, tmp_path)
    assert problem in str(raised.value)


def test_what_is_to_be_translated_may_hold_tags(
    rules: Settings, tmp_path: Path
) -> None:
    """Notes of places would make it another text than the translator's."""
    (tmp_path / "footer.mjml").write_text(
        "<mj-section><mj-column><mj-text>{% trans %}<b>All</b> editions{% endtrans %}"
        "</mj-text></mj-column></mj-section>"
    )
    assert (
        "<b>All</b> editions"
        in render(load_edition(EDITION), rules, tmp_path).html
    )


def test_a_template_can_extend_the_shipped_one(
    rules: Settings, tmp_path: Path
) -> None:
    (tmp_path / "edition.txt").write_text(
        "Hello\n{% include 'default:edition.txt' %}"
    )
    assert render(load_edition(EDITION), rules, tmp_path).text.startswith(
        "Hello\nThe Open Water Letter\n"
    )


def test_subject_templates_know_the_first_headline(rules: Settings) -> None:
    edition = load_edition(EDITION)
    said = subject_line(
        "{{ org }}: {{ headline }} ({{ outlet }}), {{ date }}", edition, rules
    )
    assert (
        said
        == "Open Water: Headline of the first lead (Politico), February 27, 2026"
    )


# Messages


def message(letter_html: str, rules: Settings, **changes: str):
    from digest.delivery import EncodedEmail

    letter = replace(
        render(load_edition(EDITION), rules).letter, html=letter_html, **changes
    )
    return EncodedEmail(letter, NOW)


READER = Recipient(7, "ada@readers.example", "7.abc_DEF-123")


@given(
    st.lists(
        st.text(
            st.characters(
                exclude_categories=("Cs",),
                exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029",
            )
        ),
        max_size=4,
    )
)
def test_joined_segments_parse_back_to_the_message(pieces: list[str]) -> None:
    """The token is exactly where it belongs, whatever stands around it."""
    html = TOKEN_PLACEHOLDER.join(["<p>", *pieces])
    raw = message(html, _rules()).bytes_for(READER)
    parsed = message_from_bytes(raw, policy=policy.default)
    got = parsed.get_body(("html",)).get_content().replace("\r\n", "\n")
    assert got.rstrip("\n") == html.replace(
        TOKEN_PLACEHOLDER, READER.token
    ).rstrip("\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_headers_are_those_bulk_mail_needs(rules: Settings) -> None:
    built = render(load_edition(EDITION), rules)
    parsed = message_from_bytes(
        message(built.html, rules).bytes_for(READER), policy=policy.default
    )
    assert parsed["From"] == "Open Water <letter@openwater.example>"
    assert parsed["To"] == "ada@readers.example"
    assert parsed["Subject"] == "What the records show"
    assert (
        parsed["List-Id"]
        == "Open Water <the-open-water-letter.openwater.example>"
    )
    assert parsed["List-Unsubscribe"] == (
        f"<https://letter.openwater.example/u/{READER.token}>, "
        f"<mailto:hello@openwater.example?subject=unsubscribe%20{READER.token}>"
    )
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["Message-ID"].endswith("@openwater.example>")
    assert READER.token not in parsed["Message-ID"]
    assert parsed["Date"].datetime == NOW
    assert parsed["Auto-Submitted"] is None
    plain, rich = parsed.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == (
        "text/plain",
        "text/html",
    )
    assert plain.get_param("format") == "flowed"
    assert [part.get_content_charset() for part in (plain, rich)] == [
        "utf-8",
        "utf-8",
    ]


def test_a_subject_in_any_script_comes_through(rules: Settings) -> None:
    subject = "‘Enough’: नमस्ते — naïve " * 6
    parsed = message_from_bytes(
        message("x", rules, subject=subject.strip()).bytes_for(READER),
        policy=policy.default,
    )
    assert parsed["Subject"] == subject.strip()


HEADERS = [
    "subject",
    "sender_name",
    "sender_address",
    "reply_to",
    "organisation",
]


@pytest.mark.parametrize("field", HEADERS)
def test_a_line_break_in_a_header_is_refused_by_every_transport(
    rules: Settings, field: str
) -> None:
    from digest.delivery.transports.sendgrid_payload import Payload

    injected = {field: "a\r\nBcc: b@c.example"}
    letter = replace(render(load_edition(EDITION), rules).letter, **injected)
    for encode in (
        lambda: message("x", rules, **injected),
        lambda: Payload(letter).encode_request([READER], {}),
    ):
        with pytest.raises(DigestError, match="must not hold a line break"):
            encode()


def test_a_line_break_in_an_address_is_refused_by_every_transport(
    rules: Settings,
) -> None:
    from digest.delivery.transports.sendgrid_payload import Payload

    letter = render(load_edition(EDITION), rules).letter
    reader = Recipient(1, "a@b.example\nBcc: c@d.example", "t")
    for encode in (
        lambda: message("x", rules).bytes_for(reader),
        lambda: Payload(letter).encode_request([reader], {}),
    ):
        with pytest.raises(DigestError, match="must not hold a line break"):
            encode()


# The seed: a real edition of the first user


@pytest.fixture
def seed() -> list[str]:
    return (SHARED / "seed-newsletter.txt").read_text("utf-8").splitlines()


def as_edition(seed: list[str]) -> str:
    """Write the seed as an edition: leads are headline, dek or paragraph, then paragraphs."""
    second = seed.index(
        "Destruction of Jack Smith Report Would Violate Federal Law"
    )
    news = seed.index("American Oversight in the news")
    following = seed.index("Other stories we’re following")
    lines = [
        "---",
        "date: 2026-02-27",
        "subject: What the records show",
        "preheader: Emails",
        "---",
        "",
    ]
    lines += [f"# {seed[0]}", "", f"*{seed[1]}*", ""]
    lines += [line for p in seed[2:second] for line in (p, "")]
    lines += [
        f"# {seed[second]}",
        "",
        *(line for p in seed[second + 1 : news] for line in (p, "")),
    ]
    for title, key, rows in (
        ("{org} in the news", "in_the_news", seed[news + 1 : following]),
        (seed[following], "following", seed[following + 1 :]),
    ):
        lines += [f"## {title} {{#{key}}}", ""]
        for n, row in enumerate(filter(None, rows)):
            headline, _, outlet = row.removeprefix("- ").rpartition(" (")
            lines.append(
                f"- [{headline}](https://example.org/{key}/{n}) ({outlet}"
            )
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


@needs_shared
@pytest.mark.shared
def test_our_output_can_be_the_seed_line_for_line(
    seed: list[str], shipped: Path
) -> None:
    """Headlines, deks, paragraphs, titles and the ten list lines, in order and to the letter."""
    built = render(
        load_edition(as_edition(seed)), load_workspace(shipped, {}).settings
    )
    lines = built.text.splitlines()
    assert [line for line in seed if line] == [
        line for line in lines if line in seed
    ]
    ours = [line for line in lines if line.startswith("- ")]
    assert ours == [line for line in seed if line.startswith("- ")]
    assert len(ours) == 10
    said = [line.removeprefix("- ") for line in seed if line]
    assert in_order(Visible(built.html).text, said)
    assert in_order(Visible(built.page).text, said)


# What single mail programs need


def test_a_preview_ends_with_the_preheader(rules: Settings) -> None:
    """Without filling, a mailbox shows the mail's first words behind it."""
    edition = replace(with_picks(SAYS_MORE), preheader="What the papers wrote")
    html = render(edition, rules).html
    hidden = html.partition("display:none;")[2].partition("</div>")[0]
    _, _, filling = hidden.partition("What the papers wrote")
    assert "mso-hide:all" in hidden
    assert len(filling) >= 2 * (100 - len("What the papers wrote"))
    assert set(filling) == {"\u2007", "\u034f"}
    bare = render(replace(edition, preheader=""), rules).html
    assert "\u034f" not in bare


def test_outlook_scales_and_apple_recolours_nothing(rules: Settings) -> None:
    """Without its namespace Outlook does not read the resolution that the head sets."""
    html = render(with_picks(SAYS_MORE), rules).html
    assert 'xmlns:o="urn:schemas-microsoft-com:office:office"' in html
    assert 'xmlns:v="urn:schemas-microsoft-com:vml"' in html
    assert "<o:PixelsPerInch>96</o:PixelsPerInch>" in html
    assert 'name="format-detection"' in html
    assert "a[x-apple-data-detectors]" in html


def test_buttons_are_readable_in_the_dark_of_outlook_com(
    rules: Settings,
) -> None:
    html = render(with_picks(SAYS_MORE), rules).html
    assert "[data-ogsc] .ink .button a, .button a[data-ogsc]" in html
    assert ".button [data-ogsb]" in html


@pytest.mark.parametrize(
    ("language", "parts"), [("de", True), ("nl-BE", True), ("en", False)]
)
def test_long_words_are_parted_on_a_phone_by_language(
    rules: Settings, language: str, parts: bool
) -> None:
    html = render(with_picks(SAYS_MORE, language=language), rules).html
    assert ("hyphens: auto" in html) == parts


def test_lists_are_indented_by_a_margin(rules: Settings) -> None:
    """Outlook classic knows no padding of a list."""
    html = render(with_picks(SAYS_MORE), rules).html
    assert '<ul style="margin:12px 0 0 24px;padding:0">' in html
