"""What a lead says and readers could not understand or follow is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition import check_typed_text, dump_edition, load_edition
from digest.edition.saved_blocks import check_lead, check_typed_block
from digest.errors import EditionError
from digest.model import Lead, SavedBlock
from tests.conftest import EDITION

#: Where “Paragraphs.” stands in EDITION.
FIRST_LINE = 17


def refuse(body: str) -> str:
    """Return what is said of a lead's text."""
    with pytest.raises(EditionError) as caught:
        check_typed_text(EDITION.replace("Paragraphs.", body, 1))
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("a\n\n<!-- ask Ann", 2, "this comment is never closed"),
        ("![Chart](images/my chart.png)", 0, "this is no image"),
        ("[a](https://a.example/b c)", 0, "this is no link"),
        ("[a] (https://a.example/b)", 0, "this is no link"),
        ("One[^1] in nine.", 0, "[^1] has no text"),
        ("a\n\n[^1]: Nobody.", 2, "nothing names the note [^1]"),
        ("a[^1]\n\n[^1]: b\n[^1]: c", 3, "the note [^1] a second time"),
        ("a\n[the ruling][ruling]", 1, "[the ruling][ruling] has no address"),
        ("See [[Ruling]].", 0, "[[Ruling]] is no link"),
        ("Words {.opinion}", 0, "{.opinion} means nothing here"),
        ("**Words**{.red}", 0, "{.red} means nothing here"),
        ("[Go](https://a.example/){.btn}", 0, "btn means nothing behind a link"),
        ("[Go](https://a.example/){target=_blank}", 0, "target means nothing"),
        ("a ** b ** c", 0, "readers would see **"),
        ("a ~~ b", 0, "readers would see ~~"),
        ("a ==b== c", 0, "==b== marks nothing"),
        ("a\n###Small", 1, "### opens a small heading if a space follows"),
        ("> [!NOTE]\n> a", 0, "[!NOTE] means nothing"),
        ("::: warning", 0, "::: warning means nothing"),
        ("[TOC]", 0, "[TOC] means nothing"),
        ("| a | b |\n|---|\n| 1 | 2 |", 1, "this is no table"),
        ("| a | b |\n| 1 | 2 |", 0, "this is no table"),
        ("+---+\n| a |\n+---+", 0, "this is no table"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", 2, "this row has 3 cells"),
        ("a\n\n```\ncode", 2, "``` is never closed"),
        ("See [a](https://a.example/){.button}.", 0, "a button stands in a paragraph"),
        ("a\n\n- [a](https://a.example/){.button}", 2, "a button stands in a paragraph"),
        ("[](https://a.example/)", 0, "a link without words"),
        ("[a](www.press.net/b)", 0, "the link to 'www.press.net/b' leads nowhere"),
        ("[a](/x)", 0, "leads nowhere"),
        ("[a](htp://www.press.net/)", 0, "leads nowhere"),
        ("[a]()", 0, "it is empty"),
        ("[a](https://)", 0, "it names no host"),
        ("[a](https://press)", 0, "press is no host"),
        ("[a](https://www..net/)", 0, "www..net is no name"),
        ("[a](https://https://www.press.net)", 0, "https is no host"),
        ("[a](//www.press.net)", 0, "leads nowhere"),
        ("[a](#below)", 0, "a mail has no places"),
        ("[a](mailto:us)", 0, "expected an address such as mailto:"),
        ("[a](tel:)", 0, "expected a number"),
        ("[Go](javascript:x()){.button}", 0, "leads nowhere"),
    ],
)  # fmt: skip
def test_what_readers_would_see_or_never_reach_is_named(
    body: str, line: int, words: str
) -> None:
    said = refuse(body)
    assert said.startswith(f"line {FIRST_LINE + line}: ")
    assert words in said


GOOD = [
    "<!-- ask Ann -->\n\nWords <!-- and\nBen --> go on.",
    "| a | b |\n|:--|--:|\n| 1 | 2 |\n| 3 |",
    "One[^1] in ~~nine~~ **ten**.\n\n[^1]: A note.",
    "[the ruling][ruling], [ruling][] and [ruling]\n\n[ruling]: https://a.example/",
    "A\\*\\* \\~~ \\[^1\\] \\{.opinion}",
    "`a ** b <!-- {.x}`\n\n```\n| a |\n**\n```",
    "“[The county] knew,” they [sic] said (1999). 5 * 3 = 15; #MeToo; a_b_c.",
    "The keys {2, 3, 5}, {name} and 100 %.",
    "#MeToo begins a line.\n\n2 | 3 | 5",
    "[A](https://a.example/){.button} [B](https://b.example/) {.button}",
    "![A tap](images/tap.jpg) {width=200}",
    "https://a.example/x and www.press.net, a@b.example",
    "これは**「鉛の基準」**です。",
    "[a](HTTPS://www.Press.net:8080/a?b=c&d#e) [b](https://bücher.example/ü)",
    "[c](mailto:a@b.example?subject=x%20y) [d](tel:+44%201632%20960114)",
    "[e](https://user@a_b.example/(x)) [f](https://[2001:db8::1]/) [g](http://192.0.2.1/)",
]


@pytest.mark.parametrize("body", GOOD)
def test_what_is_understood_is_taken_and_read_back(body: str) -> None:
    text = EDITION.replace("Paragraphs.", body, 1)
    check_typed_text(text)
    edition = load_edition(text)
    assert edition.leads[1].body == body
    assert load_edition(dump_edition(edition)) == edition


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("Its dek", "~~Its~~ dek"), "line 9: readers would see ~~Its~~"),
        (("# Headline of the first", "# A[^1] headline of the first"), "line 7: readers would see [^1]"),
        (("(NPR)", "(NPR)\n  A note. {.opinion}"), "line 26: readers would see {.opinion}"),
        (("(NPR)", "(NPR)\n  <!-- ask Ann -->"), "line 26: a comment stands in the text of a lead only"),
        (("(NPR)", "(NPR)\n<!-- ask Ann -->"), "line 26: a comment stands in the text of a lead only"),
        (("Another headline", "Another <!-- ask --> headline"), "line 25: a comment stands in the text of a lead only"),
        (("https://example.org/d", "https://press"), "line 25: 'https://press' leads nowhere"),
        (("(NPR)", "(NPR)\n\n[ruling]: https://a.example/"), "line 27: [ruling]: … stands in a lead"),
    ],
)  # fmt: skip
def test_what_only_leads_know_is_refused_elsewhere(
    change: tuple[str, str], words: str
) -> None:
    text = EDITION.replace(change[0], change[1], 1)
    with pytest.raises(EditionError) as caught:
        check_typed_text(text)
    assert words in str(caught.value)
    load_edition(text)  # one that was stored before stays readable


def test_a_comment_above_the_first_headline_is_refused() -> None:
    with pytest.raises(EditionError, match="line 7: expected .* a comment"):
        load_edition(
            EDITION.replace("# Headline", "<!-- a -->\n\n# Headline", 1)
        )


def test_a_headline_inside_a_comment_opens_no_lead() -> None:
    body = "Words.\n\n<!--\n# An old headline\n\n## Old {#old}\n-->\n\nMore."
    edition = load_edition(EDITION.replace("Paragraphs.", body, 1))
    assert len(edition.leads) == 2
    assert edition.leads[1].body == body


def test_marks_below_a_story_are_its_marks() -> None:
    text = EDITION.replace("(NPR)", "(NPR)\n  {.opinion lang=es}\n  A note.")
    (pick,) = load_edition(text).sections[1].picks
    assert (pick.opinion, pick.language, pick.note) == (True, "es", "A note.")


def test_a_note_that_reads_like_marks_stays_a_note() -> None:
    text = EDITION.replace("(NPR)", "(NPR)\n  \\{.opinion}")
    edition = load_edition(text)
    assert edition.sections[1].picks[0].note == "{.opinion}"
    assert load_edition(dump_edition(edition)) == edition


def test_the_desk_and_saved_blocks_are_as_strict() -> None:
    with pytest.raises(EditionError, match="line 3: the link to '/x'"):
        check_lead(Lead("A", "", "a\n\n[b](/x)"))
    other = Lead("B", "", "[ruling]: https://a.example/")
    check_lead(Lead("A", "", "[the ruling][ruling]"), [other])
    block = SavedBlock("donate", "", "", "a\n\n[b](/x)")
    with pytest.raises(EditionError, match=r"blocks/donate.md, line 3: "):
        check_typed_block(block)


@given(st.text(max_size=200))
def test_no_lead_is_a_crash(body: str) -> None:
    try:
        check_lead(Lead("A", "", body))
    except EditionError as error:
        assert "line " in str(error) or "saved block" in str(error)
