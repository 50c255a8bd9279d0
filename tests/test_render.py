"""An edition becomes mail, text and page, and nothing typed can break it."""

from datetime import date
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.edition import load as load_edition
from digest.errors import DigestError, RenderError
from digest.model import TOKEN, Build, Edition, Lead, Pick, Recipient, Section
from digest.render import build, subject_line
from digest.render.body import blocks
from digest.settings import Settings, load
from tests.conftest import EDITION, FEEDS, NOW, SHARED, needs_shared, workspace

NOWHERE = Path("/nonexistent")
BLUE = "#0b5394"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(workspace(tmp_path_factory.mktemp("w"), "https://courier.example"), {}).settings


def render(edition: Edition, rules: Settings, templates: Path = NOWHERE) -> Build:
    return build(edition, "", rules, templates)


class Visible(HTMLParser):
    """Collects what a reader sees, and every link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._hidden = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in ("style", "script", "title"):
            self._hidden = tag
        self.links += [v or "" for k, v in attrs if k in ("href", "src") and tag in ("a", "img")]

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


def test_a_story_line_in_the_text_part_is_the_line_of_the_newsletter(rules: Settings) -> None:
    lines = render(load_edition(EDITION), rules).text.splitlines()
    at = lines.index("- Headline as it runs (Politico)")
    assert lines[at + 1] == "  https://example.org/c"


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
    other = rules.model_copy(
        update={"newsletter": rules.newsletter.model_copy(update={"reply_to": "x@o.example"})}
    )
    assert render(edition, other).content_hash != first


def test_mail_and_text_carry_address_and_unsubscribe_link(rules: Settings) -> None:
    built = render(load_edition(EDITION), rules)
    link = f"https://letter.openwater.example/u/{TOKEN}"
    assert link in Visible(built.html).links
    assert link in built.text
    assert "12 Bicycle Lane, Northgate 40100" in built.text
    assert "12 Bicycle Lane, Northgate 40100" in Visible(built.html).text
    assert TOKEN not in built.page


HOSTILE = [
    "</mj-text><mj-raw><script>alert(1)</script></mj-raw>", "<mj-include path='/etc/passwd' />", "5 < 6 & 7 > 2",
    "{{ 7 * 7 }}", "{% include 'x' %}", 'say "no"', "it's", "<!-- x -->", "a -- b --> c", "\\n \\u{a0}", "&copy; &amp; &#8217;",
    "naïve café “q” — ‘x’", "नमस्ते", "שלום עולם", "👩‍👩‍👧 🇺🇦", "A" * 500, "a\u00a0b\u00adc\u200dd", "%% <% tag %> *|X|*", "]]>", "&lt;b&gt;",
    "AT&amp;T &copy=3 &#92;", "\u202eright to left\u202c العربية", "https://a.example/?a=1&b=2#c", "**bold** _em_ `code`",
    "🏳️‍🌈 e\u0301 ก็ नि", "%recipient% %%name%%",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: t[:20])
def test_nothing_a_feed_or_editor_types_can_break_the_mail(rules: Settings, text: str) -> None:
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


TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=40
).map(lambda t: " ".join(t.split()) or "x")


@settings(max_examples=150)
@given(TEXT, TEXT, st.text(max_size=80))
def test_any_headline_survives_to_the_reader(headline: str, outlet: str, body: str) -> None:
    rules = _rules()
    pick = Pick(headline, "https://a.example/", outlet)
    edition = Edition(
        date(2026, 2, 27), headline, "", (Lead(headline, "", body),), (Section("s", "S", (pick,)),)
    )
    built = render(edition, rules)
    seen = Visible(built.html)
    assert f"{headline} ({outlet})" in seen.text
    assert "script" not in seen.tags
    assert f"- {headline} ({outlet})" in built.text


@pytest.mark.slow
@settings(max_examples=5000)
@given(
    headlines=st.lists(st.one_of(TEXT, st.sampled_from(HOSTILE)), min_size=4, max_size=4),
    body=st.lists(st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE)), max_size=3),
)
def test_five_thousand_hostile_editions_compile_and_lose_nothing(
    headlines: list[str], body: list[str]
) -> None:
    """Nothing injected, no tag of MJML left, every visible word as it was typed."""
    first, second, outlet, dek = (" ".join(h.split()) or "x" for h in headlines)
    picks = (Pick(second, "https://a.example/?a=1&b=2", outlet),)
    edition = Edition(
        date(2026, 2, 27),
        first,
        dek,
        (Lead(first, dek, "\n\n".join(body)),),
        (Section("s", "S", picks),),
    )
    built = render(edition, _rules())
    seen = Visible(built.html)
    for words in (f"{second} ({outlet})", first, dek):
        assert _letters(words) in _letters(seen.text)
        assert words in built.text
    assert not seen.tags & {"script", "iframe", "object", "form", "mj-text", "mj-include"}
    assert all(u.startswith(("http://", "https://", "mailto:")) for u in seen.links if u)
    assert built.html.count("<html") == built.html.count("</html>") == 1


def _letters(text: str) -> str:
    """Return what is seen of a text: mail programs fold spaces and drop controls."""
    return "".join(c for c in text if c.isprintable() and not c.isspace())


def _rules() -> Settings:
    import io

    from ruamel.yaml import YAML

    tree = YAML(typ="safe").load(io.StringIO(FEEDS.format(home="https://courier.example")))
    return Settings.model_validate(tree)


def test_a_body_is_safe_markdown() -> None:
    (block,) = blocks(
        "A <script>alert(1)</script> [x](javascript:alert(1)) **b** ![p](https://a.example/p.png)",
        BLUE,
    )
    seen = Visible(str(block.html))
    assert seen.tags == {"p", "strong", "img"}
    assert "<script>" in seen.text


def test_a_button_stands_alone() -> None:
    kinds = [
        b.button
        for b in blocks(
            "One.\n\n[Go](https://a.example/){.button}\n\nTwo [x](https://b.example/).", BLUE
        )
    ]
    assert kinds == [False, True, False]


def test_a_body_as_text_keeps_paragraphs_whole_and_links_below() -> None:
    (block,) = blocks(
        "A *fine* [link](https://a.example/)\nin one paragraph.\n\n- one\n- two [b](https://b.example/)\n\n> said",
        BLUE,
    )
    assert block.plain == (
        "A fine link in one paragraph.\n  link: https://a.example/\n\n- one\n- two b\n    b: https://b.example/\n\n> said"
    )


def test_a_theme_reaches_the_mail_and_the_page(rules: Settings) -> None:
    from digest.settings.theme import Theme

    theme = Theme(
        paper="#fffdf7", accent="#7a1f1f", width=560, logo="https://openwater.example/l.png"
    )
    news = rules.newsletter.model_copy(update={"theme": theme})
    built = render(load_edition(EDITION), rules.model_copy(update={"newsletter": news}))
    for part in (built.html, built.page):
        assert "#fffdf7" in part
        assert "#7a1f1f" in part
        assert "<img" in part
        assert 'alt="Open Water"' in part
    assert 'style="color:#7a1f1f"' in built.html
    assert "0b5394" not in built.html + built.page
    assert "560px" in built.html


def test_the_token_mark_is_kept_for_links(rules: Settings) -> None:
    with pytest.raises(RenderError, match="is kept for unsubscribe links"):
        build(load_edition(EDITION), f"x {TOKEN}", rules, NOWHERE)


@pytest.mark.parametrize(
    ("name", "source", "problem"),
    [
        ("edition.mjml", "{% for x in %}", r"templates/edition.mjml:1: "),
        ("edition.txt", "a\n{{ nosuch }}", r"templates/edition.txt:2: 'nosuch' is undefined"),
        ("page.html", "a\n\n{{ theme.ink.nosuch }}", r"templates/page.html:3: "),
        ("edition.mjml", "<mjml><mj-body><mj-text a='</mj-body></mjml>", r"templates/edition.mjml: MJML cannot be compiled"),
        ("edition.mjml", "<mjml>\n<mj-body><mj-txet>x</mj-txet></mj-body></mjml>", r"templates/edition.mjml:2: unknown tag <mj-txet>; did you mean mj-text\?"),
        ("edition.mjml", "<mjml><mj-body>\n<mj-section></mj-body></mjml>", r"edition.mjml:2: <mj-section> is not closed before </mj-body>"),
        ("edition.mjml", "<mjml>\n\n<mj-body></mjml>", r"edition.mjml:3: <mj-body> is not closed before </mjml>"),
        ("edition.mjml", "<mjml><mj-body></mj-body></mjml>\n<mjml>", r"edition.mjml as rendered, line 2: <mjml> is never closed"),
        ("edition.mjml", "<mjml><mj-body></mj-body></mj-text></mjml>", r"edition.mjml:1: </mj-text> closes nothing"),
        ("edition.mjml", "<mjml><mj-body>\n<mj-section>\n<mj-column>\n<mj-text colour='red'>x</mj-text></mj-column></mj-section></mj-body></mjml>", r"edition.mjml:4: <mj-text> has no attribute colour; did you mean color\?"),
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


def test_the_shipped_template_and_comments_have_no_faults(rules: Settings, tmp_path: Path) -> None:
    (tmp_path / "edition.mjml").write_text(
        "<!-- <mj-old>\n -->{% include 'default:edition.mjml' %}"
    )
    assert render(load_edition(EDITION), rules, tmp_path).html


def test_every_fault_of_a_template_is_named_at_once(rules: Settings, tmp_path: Path) -> None:
    (tmp_path / "edition.mjml").write_text(
        "<mjml><mj-body>\n<mj-sectoin></mj-sectoin>\n<mj-spacer heihgt='3px' /></mj-body></mjml>"
    )
    with pytest.raises(RenderError) as raised:
        render(load_edition(EDITION), rules, tmp_path)
    assert [line.split(":")[1] for line in str(raised.value).splitlines()] == ["2", "3"]


def test_a_template_can_extend_the_shipped_one(rules: Settings, tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text("Hello\n{% include 'default:edition.txt' %}")
    assert render(load_edition(EDITION), rules, tmp_path).text.startswith(
        "Hello\nThe Open Water Letter\n"
    )


def test_subject_templates_know_the_first_headline(rules: Settings) -> None:
    edition = load_edition(EDITION)
    said = subject_line("{{ org }}: {{ headline }} ({{ outlet }}), {{ date }}", edition, rules)
    assert said == "Open Water: Headline of the first lead (Politico), February 27, 2026"


# Messages


def message(letter_html: str, rules: Settings, **changes: str):
    from dataclasses import replace

    from digest.deliver import Message

    letter = replace(render(load_edition(EDITION), rules).letter, html=letter_html, **changes)
    return Message(letter, NOW)


READER = Recipient(7, "ada@readers.example", "7.abc_DEF-123")


@settings(max_examples=200)
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
    html = TOKEN.join(["<p>", *pieces])
    raw = message(html, _rules()).to(READER)
    parsed = message_from_bytes(raw, policy=policy.default)
    got = parsed.get_body(("html",)).get_content().replace("\r\n", "\n")
    assert got.rstrip("\n") == html.replace(TOKEN, READER.token).rstrip("\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_headers_are_those_bulk_mail_needs(rules: Settings) -> None:
    built = render(load_edition(EDITION), rules)
    parsed = message_from_bytes(message(built.html, rules).to(READER), policy=policy.default)
    assert parsed["From"] == "Open Water <letter@openwater.example>"
    assert parsed["To"] == "ada@readers.example"
    assert parsed["Subject"] == "What the records show"
    assert parsed["List-Id"] == "Open Water <the-open-water-letter.openwater.example>"
    assert parsed["List-Unsubscribe"] == (
        f"<https://letter.openwater.example/u/{READER.token}>, "
        f"<mailto:hello@openwater.example?subject=unsubscribe%20{READER.token}>"
    )
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["Message-ID"].endswith("@openwater.example>")
    assert READER.token not in parsed["Message-ID"]
    assert parsed["Date"].datetime == NOW
    assert parsed["Auto-Submitted"] is None
    assert [p.get_content_type() for p in parsed.iter_parts()] == ["text/plain", "text/html"]


def test_a_subject_in_any_script_comes_through(rules: Settings) -> None:
    subject = "‘Enough’: नमस्ते — naïve " * 6
    parsed = message_from_bytes(
        message("x", rules, subject=subject.strip()).to(READER), policy=policy.default
    )
    assert parsed["Subject"] == subject.strip()


@pytest.mark.parametrize(
    "field", ["subject", "sender_name", "sender_address", "reply_to", "organisation"]
)
def test_a_line_break_in_a_header_is_refused(rules: Settings, field: str) -> None:
    with pytest.raises(DigestError, match="must not hold a line break"):
        message("x", rules, **{field: "a\r\nBcc: b@c.example"})


def test_a_line_break_in_an_address_is_refused(rules: Settings) -> None:
    with pytest.raises(DigestError, match="must not hold a line break"):
        message("x", rules).to(Recipient(1, "a@b.example\nBcc: c@d.example", "t"))


# The seed: a real edition of the first user


@pytest.fixture
def seed() -> list[str]:
    return (SHARED / "seed-newsletter.txt").read_text("utf-8").splitlines()


def as_edition(seed: list[str]) -> str:
    """Write the seed as an edition: leads are headline, dek or paragraph, then paragraphs."""
    second = seed.index("Destruction of Jack Smith Report Would Violate Federal Law")
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
    lines += [f"# {seed[second]}", "", *(line for p in seed[second + 1 : news] for line in (p, ""))]
    for title, key, rows in (
        ("{org} in the news", "in_the_news", seed[news + 1 : following]),
        (seed[following], "following", seed[following + 1 :]),
    ):
        lines += [f"## {title} {{#{key}}}", ""]
        for n, row in enumerate(filter(None, rows)):
            headline, _, outlet = row.removeprefix("- ").rpartition(" (")
            lines.append(f"- [{headline}](https://example.org/{key}/{n}) ({outlet}")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


@needs_shared
@pytest.mark.shared
def test_our_output_can_be_the_seed_line_for_line(seed: list[str], shipped: Path) -> None:
    """Headlines, deks, paragraphs, titles and the ten list lines, in order and to the letter."""
    built = render(load_edition(as_edition(seed)), load(shipped, {}).settings)
    lines = built.text.splitlines()
    assert [line for line in seed if line] == [line for line in lines if line in seed]
    ours = [line for line in lines if line.startswith("- ")]
    assert ours == [line for line in seed if line.startswith("- ")]
    assert len(ours) == 10
    said = [line.removeprefix("- ") for line in seed if line]
    assert in_order(Visible(built.html).text, said)
    assert in_order(Visible(built.page).text, said)
