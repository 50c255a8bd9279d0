"""A lead's Markdown is shown as it is meant, in the mail, on the page and as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from digest.edition.saved_blocks import check_lead
from digest.errors import EditionError
from digest.model import Lead
from digest.render.lead_body import Block, body_blocks, find_references
from digest.render.lead_html import BodyStyle

LOOK = BodyStyle("#0b5394", "ltr", 552)


def body(source: str, direction: str = "ltr") -> tuple[Block, ...]:
    look = BodyStyle("#0b5394", direction, 552)
    return body_blocks(source, look, lambda src: (src, 0, 0))


def words(block: Block) -> str:
    return " ".join(fragment_fromstring(str(block.bare_html), "div").itertext())


TABLE = "| Year | Homes |\n|------|------:|\n| 2024 | 312 |\n| 2025 | [1,940](https://a.example/) |"


def test_a_table_is_a_table_and_columns_of_text() -> None:
    (block,) = body(TABLE)
    assert (
        '<th style="text-align:right;overflow-wrap:normal;word-break:normal" scope="col">Homes</th>'
        in block.bare_html
    )
    assert "border-bottom:1px solid" in block.html
    assert "text-align:left;text-align:right" in block.html
    assert block.plain == (
        "Year  Homes\n2024  312\n2025  1,940\n  1,940: https://a.example/"
    )


def test_a_wide_table_is_written_row_by_row() -> None:
    long = "The readings of lead in drinking water, by district and by school"
    (block,) = body(
        f"| Year | {long} |\n|---|---|\n| 2024 | 312 |\n| 2025 | 7 |"
    )
    assert block.plain == f"Year: 2024\n{long}: 312\n\nYear: 2025\n{long}: 7"


def test_only_long_words_in_a_table_may_break() -> None:
    (block,) = body(
        "| A | B |\n|---|---|\n| 2024 | Trinkwasserversorgungsgesellschaft |"
    )
    assert block.html.count("overflow-wrap:anywhere") == 1


def test_short_words_leave_their_room_to_long_ones() -> None:
    (block,) = body(
        "| District | Pipes | Pounds | Trinkwasserversorgung |\n|---|---|---|---|\n| Fellside | 40 | 12,000 | a |"
    )
    assert block.html.count("overflow-wrap:anywhere") == 1


def test_a_head_without_words_heads_nothing() -> None:
    (block,) = body("|  | B |\n|---|---|\n| a | b |")
    assert block.bare_html.count("<th") == 2  # thead, and B


def test_a_table_from_right_to_left_is_mirrored() -> None:
    (block,) = body(TABLE, "rtl")
    assert "padding:6px 0 6px 12px" in block.html
    assert "text-align:right" in block.html


def test_notes_are_small_numbers_and_text_behind_the_lead() -> None:
    source = "One[^a] in nine[^b], one[^a].\n\n[^b]: https://a.example/r\n[^a]: Page 12."
    (block,) = body(source)
    assert words(block).split() == (
        "One 1 in nine 2 , one 1 . 1 Page 12. 2 https://a.example/r".split()
    )
    assert "#fn" not in block.html
    assert block.plain == (
        "One[1] in nine[2], one[1].\n\n[1] Page 12.\n\n[2] https://a.example/r\n  https://a.example/r"
    )


def test_struck_words_look_struck() -> None:
    (block,) = body("~~forty~~ four hundred")
    assert "<s>forty</s>" in block.html
    assert block.plain == "~~forty~~ four hundred"


def test_comments_reach_nobody() -> None:
    blocks = body(
        "A <!-- x --> b.\n\n<!-- y\n\nz -->\n\n[Go](https://a.example/){.button} <!-- w -->"
    )
    shown = [(block.html, block.bare_html, block.plain) for block in blocks]
    assert "<!--" not in str(shown)
    assert [block.button for block in blocks] == [False, True]


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("At https://a.example/b.", "https://a.example/b"),
        ("At (https://a.example/b(c)).", "https://a.example/b(c)"),
        ("见https://a.example/b。", ""),
        ("见：https://a.example/b。", "https://a.example/b"),
        ("« https://a.example/b »", "https://a.example/b"),
        ("www.press.net, and", "https://www.press.net"),
        ("write to a.b@press.net!", "mailto:a.b@press.net"),
        ("<https://a.example/?a=1&b=2>", "https://a.example/?a=1&b=2"),
        ("`https://a.example/b`", ""),
        ("user@host and http:// and www.", ""),
    ],
)
def test_bare_addresses_are_links(typed: str, url: str) -> None:
    (block,) = body(typed)
    links = fragment_fromstring(str(block.html), "div").xpath("//a/@href")
    assert links == [url] * bool(url)


def test_an_address_stands_once_on_a_line_of_text() -> None:
    (block,) = body(
        "At <https://a.example/b>: [https://a.example/c](https://a.example/c)."
    )
    assert block.plain.split("\n") == [
        "At https://a.example/b: https://a.example/c.",
        "  https://a.example/b",
        "  https://a.example/c",
    ]


def test_small_headings_are_headings() -> None:
    (block,) = body("##### How\n\n###### Why\n\n> # Loud")
    assert "<h5 style=" in block.html
    assert "<h6 style=" in block.html
    assert "<h3 style=" in block.html


def test_stars_count_beside_letters_without_spaces() -> None:
    (block,) = body("これは**「鉛の基準」**です。그것은 ~~“납”~~은")
    assert "<strong>「鉛の基準」</strong>" in block.html
    assert "<s>“납”</s>" in block.html


def test_a_reference_of_another_lead_is_known() -> None:
    references = find_references(
        ["[r]: https://a.example/1", "[r]: https://a.example/2"]
    )
    (block,) = body_blocks(
        "[the ruling][r]", LOOK, lambda src: (src, 0, 0), references
    )
    assert 'href="https://a.example/1"' in block.html
    (own,) = body_blocks(
        "[the ruling][r]\n\n[r]: https://a.example/3",
        LOOK,
        lambda src: (src, 0, 0),
        references,
    )
    assert 'href="https://a.example/3"' in own.html


def test_buttons_may_stand_side_by_side() -> None:
    blocks = body(
        "[A](https://a.example/){.button}\n[B](tel:+441632960114) {.button}"
    )
    assert [(block.text, block.url) for block in blocks] == [
        ("A", "https://a.example/"),
        ("B", "tel:+441632960114"),
    ]


def test_boxes_are_boxes() -> None:
    (block,) = body("- [ ] a\n- [x] b\n- [sic] c")
    assert words(block).split() == "☐ a ☑ b [sic] c".split()


PLAIN_WORDS = st.text("abcxyz", min_size=1, max_size=6)
PIECES = st.sampled_from(
    [
        "{0}", "**{0}**", "*{0}*", "~~{0}~~", "`{0}`", "### {0}", "###### {0}", "- {0}\n- [x] {0}", "> {0}", "1. {0}",
        "| {0} | b |\n|---|:-:|\n| {0} | c |", "{0}[^1]\n\n[^1]: {0}", "[{0}](https://a.example/)", "[{0}](https://a.example/){{.button}}",
        "<!-- hidden -->", "{0} <!-- hidden --> {0}", "```\n{0}\n```", "**「{0}」**です", "www.{0}.example", "{0}@a.example", "---",
        "{0}\n{0}", "![{0}](images/a.png)", "![{0}", "**{0}", "~~{0}", "[{0}]", "| {0} |", "{0}[^2]", "{{.button}}", "<b>{0}</b>",
    ]
)  # fmt: skip
LEADS = st.lists(
    st.builds(str.format, PIECES, PLAIN_WORDS), min_size=1, max_size=5
).map("\n\n".join)
MARKS = ("**", "~~", "<!--", "[^", "{.", "hidden", "|--", "](")


@given(LEADS)
def test_no_lead_loses_a_word_or_shows_a_mark(source: str) -> None:
    """Unless it is refused; and what is refused is still shown whole."""
    blocks = body(source)
    shown = " ".join(
        [words(one) if one.bare_html else one.plain for one in blocks]
    )
    for word in source.replace("hidden", "").split():
        letters = "".join(filter(str.isalpha, word))
        if letters in ("", "x", "https", "imagesapng", "button", "example"):
            continue
        if word.isalpha():
            assert word in shown
            assert word in " ".join(one.plain for one in blocks)
    try:
        check_lead(Lead("A", "", source))
    except EditionError:
        return
    assert not [mark for mark in MARKS if mark in shown]


# Other languages


ARABIC = "قالت: كنا نعلم منذ 12 شهرا!"


def test_a_quote_in_another_script_runs_and_is_read_as_its_language_is() -> (
    None
):
    (block,) = body(f"She wrote:\n\n> {ARABIC}\n\nThat is all.")
    for html in (block.html, block.bare_html):
        before, _, quote = str(html).partition("<blockquote")
        assert "dir=" not in before
        tag = quote.partition(">")[0]
        assert 'dir="rtl"' in tag
        assert 'lang="ar"' in tag
        assert quote.count("dir=") == 1
    assert "text-align:right" in block.html
    assert ARABIC in block.html


def test_a_list_in_another_direction_is_indented_on_its_side() -> None:
    (block,) = body(f"- {ARABIC}\n- {ARABIC}\n")
    assert "margin:0 24px 14px 0" in block.html
    (block,) = body("- The council\n", "ltr")
    assert "margin:0 0 14px 24px;padding:0" in block.html
    assert "dir=" not in block.html


def test_a_paragraph_that_only_begins_with_a_foreign_word_keeps_its_language() -> (
    None
):
    (block,) = body("The word سلام stands in an English sentence.")
    assert "lang=" not in block.html


def test_code_stays_inside_the_mail() -> None:
    """What cannot be broken scrolls inside itself."""
    (block,) = body("```\n" + "x" * 200 + "\n```\n")
    tag = str(block.html).partition(">")[0]
    assert "overflow-x:auto" in tag
    assert "white-space:pre-wrap" in tag


@pytest.mark.parametrize(
    ("direction", "side"), [("ltr", "left"), ("rtl", "right")]
)
def test_a_quote_that_begins_with_a_small_heading_is_a_pull_quote(
    direction: str, side: str
) -> None:
    (block,) = body("> ### “They knew.”\n> Maren Oduya", direction)
    assert f"border-{side}:4px solid #0b5394" in block.html
    assert "font-size:23px" in block.html
    assert words(block).split() == ["“They", "knew.”", "Maren", "Oduya"]
    (plain,) = body("> “They knew.”", direction)
    assert "border-" not in plain.html
