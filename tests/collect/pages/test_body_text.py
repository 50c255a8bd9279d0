"""The text of an article, without what is not its own."""

from tests.cases.feeds import PROSE
from tests.cases.pages import read

# Body


def test_paragraphs_that_are_the_same_are_all_kept() -> None:
    chorus = "We want the water that was promised to us, said the crowd outside the county hall."
    verses = "".join(
        f"<p>{PROSE * 2} ({n})</p><p>{chorus}</p>" for n in range(3)
    )
    assert read("", f"<article>{verses}</article>").text.count(chorus) == 3


def test_what_is_not_the_articles_is_weeded() -> None:
    extra = (
        '<div class="newsletter-signup"><p>Sign up for the letter we send on each and every day.</p></div>'
        "<p><a href='/other'>Read also: another story of this outlet altogether</a></p>"
        '<p class="author-bio">Ada Byron has covered water for twenty years for this paper.</p>'
    )
    text = read("", f"<article><h1>Head</h1><p>{PROSE * 3}</p>{extra}<p>{PROSE * 2}</p>"
                    "<h2>More from The Ledger</h2><p>Another story of today.</p></article>").text  # fmt: skip
    assert text.split("\n\n") == [(PROSE * 3).strip(), (PROSE * 2).strip()]


def test_an_article_in_several_containers_is_read_whole() -> None:
    parts = "".join(
        f'<div class="chunk"><p>Part {n}. {PROSE * 3}</p></div>'
        for n in range(4)
    )
    text = read("", f"<main>{parts}</main>").text
    assert [f"Part {n}." in text for n in range(4)] == [True] * 4
