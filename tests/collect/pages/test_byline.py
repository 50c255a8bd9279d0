"""Authors, wherever a page names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("", '<article><footer><a rel="author" href="/x">Ada Byron</a></footer></article>'),
        ("", '<div class="entry-meta author"><p>Alle Artikel</p><span class="authorName">Ada Byron</span></div>'),
        ("", '<cite class="story-writer">Ada Byron</cite>'),
        ("", '<h1>Rates to rise</h1><p>A comment by Ada Byron</p>'),
        ("", '<h1>Rates to rise</h1><div>Ein Kommentar von Ada Byron</div>'),
        ("", '<p class="byline">Ada Byron Staff Writer</p>'),
        ("", '<div class="caption"><span class="author">Cam Era</span></div><p class="author">Ada Byron</p>'),
        ("", '<div class="with-comments"><h1>Rates</h1><p class="byline">Ada Byron</p></div>'),
        (linked(ARTICLE | {"author": {"name": "The Ledger"}}) + meta("og:site_name", "The Ledger"), '<p class="byline">Ada Byron</p>'),
        (meta("og:site_name", "The Ledger") + meta("author", "The Ledger") + meta("author", "Ada Byron"), ""),
        (linked({"@type": "SatiricalArticle", "author": {"name": "Ada Byron"}}), ""),
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
        ("", '<div class="author"><a href="#content">Zum Inhalt springen</a></div>'),
        ("", '<figure><figcaption class="author">Cam Era</figcaption></figure>'),
        (meta("author", "Super User"), ""),
    ],
)  # fmt: skip
def test_an_author_is_not_invented(head: str, body: str) -> None:
    assert read(head, body + BODY).authors == ()


def test_two_authors_are_two() -> None:
    assert read(meta("author", "By Ada Byron and Mary Shelley")).authors == (
        "Ada Byron",
        "Mary Shelley",
    )


def test_an_author_of_one_word_is_taken_from_the_link_to_their_page() -> None:
    link = '<p><a href="https://www.ledger.example/author/ada/">Ada</a></p>'
    assert read("", link + BODY).authors == ("Ada",)
    all_of_them = '<p><a href="/author/">Columnists</a></p>'
    assert read("", all_of_them + BODY).authors == ()


def test_a_name_without_capitals_is_a_whole_name() -> None:
    assert read("", '<p class="writer">高木浩光</p>' + BODY).authors == (
        "高木浩光",
    )


def test_a_particle_is_part_of_a_name() -> None:
    byline = '<p class="byline">By Ada von Byron</p>'
    assert read("", byline + BODY).authors == ("Ada von Byron",)


def test_all_accounts_that_signed_are_authors() -> None:
    graph = [
        ARTICLE | {"author": [{"@id": "#a"}, {"@id": "#m"}]},
        {"@id": "#a", "@type": "Person", "name": "Ada Byron"},
        {"@id": "#m", "@type": "Person", "name": "Mary Shelley"},
    ]
    assert read(linked({"@graph": graph})).authors == (
        "Ada Byron",
        "Mary Shelley",
    )


def test_the_outlet_in_linked_data_counts_if_the_page_names_nobody() -> None:
    head = linked(ARTICLE | {"author": {"name": "The Ledger"}})
    site = meta("og:site_name", "The Ledger")
    assert read(head + site).authors == ("The Ledger",)


@given(
    st.text(max_size=80),
    st.sampled_from(
        [
            '<p class="byline">{}</p>',
            "<h1>{0}</h1><p>By {0}</p>",
            '<a href="/author/{0}" rel="author">{0}</a>',
            '<script type="application/ld+json">{{"@type":"Article","author":"{}",}}</script>',
            '<meta name="author" content="{}">',
        ]
    ),
)
def test_no_byline_breaks_the_reader(text: str, markup: str) -> None:
    authors = read("", markup.format(text) + BODY).authors
    assert all(author.strip() == author and author for author in authors)
