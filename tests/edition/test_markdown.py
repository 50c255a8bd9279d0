"""An edition and its Markdown file say the same thing."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.collect.feeds.clean import absolute_url, plain_text, strip_trackers
from digest.edition import dump_edition, load_edition
from digest.edition.block_operations import TOP, insert_block, shift_block
from digest.errors import EditionError
from digest.model import Edition, Lead, OtherOutlet, Pick, Section
from tests.conftest import EDITION

LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn"))
WORD = st.text(LETTERS, min_size=1, max_size=12)
SPIKES = st.sampled_from(
    ["*", "**", "_", "`", "[", "]", "(", ")", "<b>", "&amp;", "&#65;", "\\", "#", "{#x}", "{{", "%}", "!", "1.", "-",
     "{block: donate}", "‘Enough’", "Also in", "Also in a", "Gift link", "(x)", "{.opinion}", "lang=es", ",", "1)", "> q", "+", "=", "~~~", "a,b", "Also", "“…”", "https://a.example/", "![x](y)", "---", "===", "Proof:", "- Why:", "We said: x", "|", "~~", "{.button}", "&", "\\*"]
)  # fmt: skip
LINE = st.lists(WORD | SPIKES, min_size=1, max_size=6).map(
    lambda words: " ".join(" ".join(words).split())
)
LINE = LINE.filter(bool)
PATH = st.text("abcxyz019-._~!$&'()*+,;=:@%/[]", max_size=20)
URL = st.builds(
    "https://{}.example/{}?q={}".format,
    st.sampled_from(["a", "news"]),
    PATH,
    PATH,
)
UNLINKED = st.from_regex(r"unlinked:[0-9a-f]{16}", fullmatch=True)
BODY = st.lists(
    st.sampled_from(
        ["One paragraph.", "Two *lines*\nand **more**.", "- a\n- b", "1. a\n2. b", "> said", "### Small",
         "![A tap](images/tap.jpg)", "[![A tap](https://a.example/t.png)](https://a.example/)", "![A](images/a.png \"By us\"){width=200}",
         "[Go](https://a.example/b){.button}", "```\n# not a headline\n```", "\\# no", "    code"]
    ),
    max_size=4,
).map("\n\n".join).map(lambda s: s if not s.startswith(" ") else "x\n\n" + s)  # fmt: skip
LANGUAGE = st.sampled_from(["", "es", "pt-BR", "zh-Hant-TW"])
ALSO = st.lists(
    st.builds(OtherOutlet, LINE, st.just("") | URL), max_size=3
).map(tuple)
PLAIN_PICK = st.builds(Pick, LINE, URL, LINE)
FULL_PICK = st.builds(
    Pick, LINE, URL, LINE, opinion=st.booleans(), paywall=st.booleans(), language=LANGUAGE, also_in=ALSO,
    gift=st.just("") | URL, note=st.just("") | LINE, quote=st.just("") | LINE,
    proof=st.just("") | LINE, our_quotes=st.lists(LINE, max_size=2).map(tuple), reasons=st.just("") | LINE, excerpt=st.just("") | LINE,
)  # fmt: skip
UNLINKED_PICK = st.builds(Pick, LINE, UNLINKED, LINE, quote=LINE)
PICK = PLAIN_PICK | FULL_PICK | UNLINKED_PICK
KEY = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
SECTIONS = st.lists(
    st.builds(Section, KEY, LINE, st.lists(PICK, max_size=4).map(tuple)), max_size=3, unique_by=lambda s: s.key
).map(tuple)  # fmt: skip
LEADS = st.lists(
    st.builds(Lead, LINE, st.just("") | LINE, BODY), max_size=3
).map(tuple)
BLOCK_NAME = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
BLOCK_TEXTS = st.lists(
    st.tuples(BLOCK_NAME, st.text(LETTERS | st.sampled_from("\n\t \"':#\\"))), max_size=2, unique_by=lambda t: t[0]
).map(tuple)  # fmt: skip
PLAIN_EDITIONS = st.builds(
    Edition, st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.just("") | LINE, st.just("") | LINE, LEADS, SECTIONS, LANGUAGE,
    block_texts=BLOCK_TEXTS, without_blocks=st.lists(BLOCK_NAME, max_size=2, unique=True).map(tuple),
)  # fmt: skip
STEPS_DOWN = st.integers(0, 8)
BLOCKS = st.lists(
    st.tuples(BLOCK_NAME, STEPS_DOWN), max_size=4, unique_by=lambda b: b[0]
)


def with_blocks(edition: Edition, blocks: list[tuple[str, int]]) -> Edition:
    """Put blocks into an edition, each some steps below the top."""
    for name, steps in blocks:
        edition = insert_block(name, TOP)(edition)
        edition = shift_block(name, steps)(edition)
    return edition


EDITIONS = st.builds(with_blocks, PLAIN_EDITIONS, BLOCKS)


@given(EDITIONS)
@example(Edition(date(2026, 2, 27), "no", "2026-01-01"))
@example(
    Edition(
        date(2026, 2, 27),
        "'",
        '"',
        (Lead("#", "*", ""), Lead("C #", "_a_", "> q")),
    )
)
def test_an_edition_survives_its_file(edition: Edition) -> None:
    """Whatever the headlines hold, reading what was written gives the same edition."""
    assert load_edition(dump_edition(edition)) == edition


@given(EDITIONS)
def test_writing_again_gives_the_same_bytes(edition: Edition) -> None:
    text = dump_edition(edition)
    assert dump_edition(load_edition(text)) == text


ADDRESS = st.builds("https://a.example/{}".format, st.text(max_size=30)).map(
    lambda u: absolute_url(u, "")
)


@given(st.text(min_size=1).map(plain_text).filter(bool), ADDRESS.filter(bool))
def test_whatever_a_feed_gives_can_be_drafted(headline: str, url: str) -> None:
    """One odd headline or address must not keep a whole edition from being written."""
    pick = Pick(headline, strip_trackers(url), "Law & Crime (TV)")
    edition = Edition(
        date(2026, 2, 27), headline, "", (), (Section("s", "S", (pick,)),)
    )
    assert load_edition(dump_edition(edition)) == edition


def test_the_shape_of_the_file_is_the_one_promised() -> None:
    edition = load_edition(EDITION)
    assert dump_edition(edition) == EDITION
    assert edition.leads[0].headline == "Headline of the first lead"
    assert edition.leads[0].dek == "Its dek, one paragraph in italics."
    assert edition.leads[1] == Lead(
        "Headline of the second lead", "", "Paragraphs."
    )
    assert edition.sections[0].title == "{org} in the news"
    assert edition.sections[1].picks == (
        Pick("Another headline", "https://example.org/d", "NPR"),
    )


FULL = """\
- [Headline](https://example.org/d) (El País) {.opinion .paywall lang=es}
  Also in [The Hill](https://example.org/h), Smith\\, Jones
  [Gift link](https://example.org/d?gift=1)
  1\\. A note by the editor.
  > “A sentence pulled from it.”
  - Proof: The records, obtained by \\*us\\*, show it.
  - We said: “It took a year,” said Ada.
  - We said: “Too long,” she said.
  - Why: named in the headline; in 3 outlets
  - Excerpt: It took a year. …
"""


def test_a_story_line_says_more_on_the_lines_below_it() -> None:
    text = EDITION.replace(
        "- [Another headline](https://example.org/d) (NPR)\n", FULL
    )
    edition = load_edition(text)
    (pick,) = edition.sections[1].picks
    assert pick == Pick(
        "Headline", "https://example.org/d", "El País", True, True, "es",
        (OtherOutlet("The Hill", "https://example.org/h"), OtherOutlet("Smith, Jones")),
        "https://example.org/d?gift=1", "1. A note by the editor.", "“A sentence pulled from it.”",
        "The records, obtained by *us*, show it.", ("“It took a year,” said Ada.", "“Too long,” she said."),
        "named in the headline; in 3 outlets", "It took a year. …",
    )  # fmt: skip
    assert dump_edition(edition) == text
    with_blank_lines = text.replace(FULL, FULL.replace("\n  ", "\n\n  "))
    assert load_edition(with_blank_lines) == edition


def test_what_people_and_windows_type_is_read_too() -> None:
    """Star bullets, a wrapped headline, CRLF and a byte order mark are all the same edition."""
    typed = EDITION.replace("- [", "* [").replace(
        "[Another headline]", "[Another\n  headline]"
    )
    assert load_edition("\ufeff" + typed.replace("\n", "\r\n")) == load_edition(
        EDITION
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("---\ndate", "date"), "line 1: expected --- above and below date:, subject: and preheader:"),
        (("2026-02-27", "next Friday"), "line 2: date: expected a day such as 2026-02-27, found 'next Friday'"),
        (("subject: What", "subjekt: What"), "line 3: unknown key subjekt; known are date, subject, preheader, language, without"),
        (("subject: What", "subject: 'What"), "line 3: the head is not YAML"),
        (("# Headline of the first lead", "Hello\n\n# Headline"), "line 7: expected a headline (# …) or a section (## …) first"),
        (("# Headline of the second", "# Headline of *the* second"), "line 15: expected plain text"),
        ((" {#following}", ""), "line 23: expected a section's title and key: ## Title {#following}"),
        (("{#following}", "{#in_the_news}"), "line 23: section in_the_news a second time"),
        (("https://example.org/d", "javascript:alert(1)"), "line 25: expected a web address such as https://…, found 'javascript:alert(1)'"),
        (("(NPR)", ""), "line 25: expected a story line"),
        (("- [Another headline](https://example.org/d) (NPR)", "Some words."), "line 25: expected a story line"),
        (("- [Another", "- A [Another"), "line 25: expected a story line"),
        (("(NPR)", "(NPR) {.exclusive}"), "line 25: unknown mark .exclusive; known are .opinion, .paywall, lang=es"),
        (("(NPR)", "(NPR) {lang=Spanish}"), "line 25: unknown mark lang=Spanish"),
        (("(NPR)", "(NPR)\n  Also in The Hill,"), "line 26: expected outlets, with or without a link"),
        (("(NPR)", "(NPR)\n  Also in [The Hill](ftp://a.example)"), "line 26: expected a web address"),
        (("(NPR)", "(NPR)\n  [Gift link](nowhere)"), "line 26: expected a web address"),
        (("(NPR)", "(NPR)\n  A *fine* note."), "line 26: expected plain text"),
        (("(NPR)", "(NPR)\n  > said\n  A note."), "line 27: the quote (> …) comes last: move this line above it"),
        (("(NPR)", "(NPR)\n  - a list"), "line 26: expected a story line"),
        (("(NPR)", "(NPR)\n  - a list"), "or, further in, - Proof: …, - We said: …, - Why: …, - Excerpt: …"),
        (("(NPR)", "(NPR)\n  - Proof: a\n  - Proof: b"), "line 27: - Proof: stands once below a story"),
        (("(NPR)", "(NPR)\n  - Why: *this*"), "line 26: expected plain text"),
        (("(NPR)", "(NPR)\n  - Why: this\n  A note."), "line 27: the lines - Proof: …, - Excerpt: … come last: move this line above"),
        (("(NPR)", "(NPR)\n  - Why: this\n    - that"), "line 27: expected a story line"),
        (("date: 2026-02-27", "date: 2026-02-27\nlanguage: Spanish!"), "line 3: language: expected a language tag such as es, found 'Spanish!'"),
        (("Paragraphs.", "![](images/tap.jpg)"), "line 17: an image needs words for who cannot see it"),
        (("Paragraphs.", "![A tap](data:image/png;base64,AAAA)"), "line 17: expected an image of the folder images/ or an https address"),
        (("Paragraphs.", "![A tap](images/../../etc/passwd)"), "line 17: expected an image of the folder images/"),
        (("Paragraphs.", "See ![A tap](images/tap.jpg)."), "line 17: an image stands in a paragraph of its own"),
        (("(NPR)\n", "(NPR)\n\n# Late\n"), "line 27: a lead (# …) stands above the sections (## …)"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_line(
    change: tuple[str, str], problem: str
) -> None:
    assert change[0] in EDITION
    with pytest.raises(EditionError) as caught:
        load_edition(EDITION.replace(change[0], change[1], 1))
    assert problem in str(caught.value)


@given(st.text(max_size=300))
def test_no_text_is_a_crash(text: str) -> None:
    """Anything that is not an edition is refused with a line number."""
    for source in (text, EDITION + text, "---\n" + text + "\n---\n"):
        try:
            load_edition(source)
        except EditionError as e:
            assert str(e).startswith("line ")


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(EditionError, match="without losing something"):
        dump_edition(
            Edition(date(2026, 2, 27), "two\nlines", "", (Lead("a\nb"),))
        )


def test_a_story_without_an_address_has_a_place_that_tells_it_from_others() -> (
    None
):
    line = "- [Pipes of {}](unlinked:) (The Courier, page 3)\n"
    text = f"{HEAD_ONLY}\n## News {{#news}}\n\n{line.format('lead')}{line.format('iron')}"
    edition = load_edition(text)
    (lead, iron) = edition.sections[0].picks
    assert not lead.has_link
    assert lead.url != iron.url
    assert load_edition(dump_edition(edition)) == edition


HEAD_ONLY = "---\ndate: 2026-02-27\nsubject: A\npreheader: B\n---\n"


def test_a_block_that_is_left_out_is_named_in_the_head() -> None:
    head = "---\ndate: 2026-02-27\nsubject: S\npreheader:\n{}---\n"
    assert load_edition(head.format("without: donate\n")).without_blocks == (
        "donate",
    )
    listed = load_edition(head.format("without: [404, donate, donate]\n"))
    assert listed.without_blocks == ("404", "donate")
    assert load_edition(dump_edition(listed)) == listed
    with pytest.raises(EditionError, match="line 5: without: expected names"):
        load_edition(head.format("without: {a: b}\n"))
