"""The text part is wrapped for those who read it raw, and whole for those who know how."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from digest.delivery.flowed_text import WIDTH, wrap_flowed

WORD = st.text(
    st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30
)
LINE = st.lists(
    WORD | st.sampled_from([">", ">>", "From", "--", ""]), max_size=40
).map(" ".join)


def unflowed(text: str) -> str:
    """Join and un-stuff as RFC 3676, 4.1 to 4.5 tells a mail program to."""
    lines: list[str] = []
    goes_on = ""
    for row in text.split("\n"):
        marks = re.match(">*", row)[0]
        said = row[len(marks) :].removeprefix(" ")
        if goes_on:
            lines[-1] += said
        else:
            lines.append(f"{marks} {said}" if marks and said else marks + said)
        goes_on = said.endswith(" ")
    return "\n".join(lines)


def without_end(line: str) -> str:
    """No line ends in a space, not even a quote's empty one."""
    quote = line.startswith("> ") or line == ">"
    said = (line[1:].removeprefix(" ") if quote else line).rstrip(" ")
    return (f"> {said}" if said else ">") if quote else said


@given(st.lists(LINE, max_size=5).map("\n".join))
@example("From here on\n> said\n>> deeper " + "word " * 40)
def test_a_mail_program_that_knows_how_gets_every_line_whole(text: str) -> None:
    assert unflowed(wrap_flowed(text)) == "\n".join(
        map(without_end, text.split("\n"))
    )


@given(st.lists(LINE, max_size=5).map("\n".join))
def test_lines_are_short_and_words_unbroken(text: str) -> None:
    wrapped = wrap_flowed(text)
    for row in wrapped.split("\n"):
        assert (
            len(row.rstrip()) <= WIDTH + 1 or len(row.strip("> ").split()) <= 1
        )
    assert [w for w in wrapped.split() if w.strip(">")] == [
        w for w in text.split() if w.strip(">")
    ]


def test_an_address_is_never_broken() -> None:
    url = "https://example.org/" + "a-very-long-headline-" * 9
    assert f"   {url}" in wrap_flowed(
        f"- {'Headline ' * 20}(NPR)\n  {url}"
    ).split("\n")
