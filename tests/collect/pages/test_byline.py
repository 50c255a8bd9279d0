"""Authors, wherever a page names them."""

import pytest

from tests.cases.pages import ARTICLE, BODY, linked, meta, read

# Authors


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked(ARTICLE | {"author": {"@type": "Person", "name": "Ada Byron"}}), ""),
        (linked(ARTICLE | {"author": [{"name": "Ada Byron"}]}), ""),
        (
            linked({"@graph": [ARTICLE | {"author": {"@id": "#a"}}, {"@id": "#a", "@type": "Person", "name": "Ada Byron"}]}),
            "",
        ),
        (meta("author", "By Ada Byron"), ""),
        ('<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Ada Byron">', ""),
        ("", '<a rel="author" href="/x">Ada Byron</a>'),
        ("", '<span itemprop="author"><span itemprop="name">Ada Byron</span></span>'),
        ("", '<p class="byline">By <a href="/team/ada">Ada Byron</a>, Ph.D.</p>'),
        ("", '<p class="byline">Von Ada Byron (dpa)</p>'),
        ("", '<p class="byline"><span>By</span><b>Ada Byron</b></p>'),
        (linked(ARTICLE | {"author": [{"name": "Ada Byron"}, {"name": "Ledger.com"}]}), ""),
        ("", '<div class="post-author">Written by Ada Byron</div>'),
    ],
)  # fmt: skip
def test_an_author_is_found_wherever_one_is_named(head: str, body: str) -> None:
    assert read(head, body + BODY).authors == ("Ada Byron",)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (meta("og:site_name", "The Ledger") + meta("author", "The Ledger Newsroom"), ""),
        (meta("author", "admin"), ""),
        (meta("author", "https://www.facebook.com/ledger"), ""),
        ("", '<div class="comment"><a rel="author" href="/x">Troll Namedski</a></div>'),
        ("", '<footer><a rel="author" href="/x">Web Master</a></footer>'),
        ("", '<div class="related"><p class="byline"><a href="/y">Other Author</a></p></div>'),
        (linked({"@graph": [ARTICLE | {"author": {"@id": "#a"}}, {"@id": "#a", "name": "Redaktion ledger.de"}]}), ""),
        ("", '<p class="byline">Read more from our newsletter</p>'),
    ],
)  # fmt: skip
def test_an_author_is_not_invented(head: str, body: str) -> None:
    assert read(head, body + BODY).authors == ()


def test_two_authors_are_two() -> None:
    assert read(meta("author", "By Ada Byron and Mary Shelley")).authors == (
        "Ada Byron",
        "Mary Shelley",
    )
