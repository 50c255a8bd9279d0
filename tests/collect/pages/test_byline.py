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
        (meta("twitter:misc:Written by", "Ada Byron"), ""),
        (meta("author", "Ledger House Inc."), '<p class="byline">Ada Byron</p>'),
        (meta("author", "Ledger House") + meta("copyright", "Ledger House"), '<p class="byline">Ada Byron</p>'),
        (meta("author", "Ledger House"), '<a rel="author" href="/x">Ada Byron</a>'),
        ("", "<h1>Rates to rise</h1><p>Posted on March 4, 2025 by Ada Byron</p>"),
        ("", "<h1>Rates to rise</h1><p>Veröffentlicht am Montag, 4. März 2025, 12:30 Uhr von Ada Byron</p>"),
        ("", '<div class="byline"><span>Ada Byron 4 March 2025 at 3:15 PM</span></div>'),
        ("", "<h1>Rates to rise</h1>" + BODY * 9 + "<p>Author: Ada Byron, a mathematician in London.</p>"),
        ("", "<h1>Rates to rise</h1>" + BODY * 9 + "<p>By Ada Byron</p>"),
        ("", '<p class="vcard author"><a href="/topics/economy" rel="tag">Economy</a> <a href="/ada">Ada Byron</a></p>'),
        ("", '<a href="https://licences.example/licenses/by/3.0/">Cc By</a><p class="byline">Ada Byron</p>'),
        (linked(ARTICLE | {"author": {"name": "Ada", "description": "Ada Byron writes about engines."}}), ""),
        ("", '<a rel="nofollow author" href="/x">Ada Byron</a>'),
        ("", '<span itemprop="author creator"><span itemprop="name">Ada Byron</span></span>'),
        (linked(ARTICLE | {"author": {"name": "By Ada Byron For The Ledger On Sunday"}}), ""),
        ("", '<p class="byline">Posted by Ada Byron - Chrome Safe Browsing Team</p>'),
        ("", "<h1>Rates to rise</h1><h5>Author:</h5><div>Ada Byron/AP</div>"),
        ("", '<ul class="nav-sub-links"><li><a href="/author/mary">Mary Shelley</a></li></ul><p class="byline">Ada Byron</p>'),
        ("", '<div class="sidebar"><a rel="author" href="/m">Mary Shelley</a></div><p class="byline">Ada Byron</p>'),
        ("", '<p class="author">Recipe von</p><p class="byline">Ada Byron</p>'),
        ("", '<p class="byline">Ada Byron Published in FrontBurner</p>'),
        ("", "<p>Von: Ledger</p><h1>Rates to rise</h1><p>Text</p><li><b>Autorin/Autor</b> Ada Byron</li>"),
        ("", "<p>Written by Ada Byron | 4 March 2025</p><h1>Rates to rise</h1>"),
        (meta("author", "ada-b"), "<h1>Rates to rise</h1><p>By Ada Byron</p>"),
        (
            linked(ARTICLE | {"headline": "Rates to rise"}),
            "<h1>Notes</h1>" + "<p>A subject</p>" * 15 + "<h3>Rates to rise</h3><p>Posted by Ada Byron</p>",
        ),
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
        (meta("smartbanner:author", "Read it in our app"), ""),
        (meta("author", "publisher"), ""),
        (meta("author", "Ledger House") + meta("copyright", "Ledger House"), ""),
        ("", '<p>Some rights reserved: <a href="https://licences.example/licenses/by/3.0/">CC BY</a></p>'),
        ("", "<p>Text: three columns, two pictures.</p>"),
        ("", '<div class="post-author">Eingestellt von</div>'),
        ("", '<div class="author"><a href="/us">Über uns</a></div>'),
        ("", '<a href="/autoren/" class="post-author">Alle Beiträge</a>'),
    ],
)  # fmt: skip
def test_an_author_is_not_invented(head: str, body: str) -> None:
    assert read(head, body + BODY).authors == ()


def test_authors_in_elements_of_their_own_are_parted() -> None:
    names = "<span>Ada Byron</span> <span>Mary Ann Shelley</span> <span>Jane C. Roe</span>"
    byline = f'<div class="byline">{names}</div>'
    assert read("", byline + BODY).authors == (
        "Ada Byron",
        "Mary Ann Shelley",
        "Jane C. Roe",
    )


def test_a_blog_that_is_called_as_its_author_is_signed_by_them() -> None:
    site = meta("og:site_name", "Ada Byron’s notes")
    signed = '<a rel="author" href="/">Ada Byron</a>'
    assert read(site, signed + BODY).authors == ("Ada Byron",)
    other = '<p class="byline">Mary Shelley</p>'
    assert read(site, signed + other + BODY).authors == ("Mary Shelley",)


def test_a_single_name_is_believed_where_a_dated_line_gives_it() -> None:
    line = "<h1>Rates to rise</h1><p>Posted by Ada on March 4, 2025</p>"
    assert read("", line + BODY).authors == ("Ada",)
    undated = "<h1>Rates to rise</h1><p>By train</p>"
    assert read("", undated + BODY).authors == ()


def test_a_single_name_is_believed_behind_a_word_for_author() -> None:
    byline = '<div class="left author">Author: <b>Bo2man</b></div>'
    assert read("", byline + BODY).authors == ("Bo2man",)
    with_others = '<p class="byline">By The Ledger and Agencies</p>'
    site = meta("og:site_name", "The Ledger")
    assert "Agencies" not in read(site, with_others + BODY).authors[:1]


def test_an_outlet_that_signs_its_byline_is_the_last_to_be_taken() -> None:
    site = meta("og:site_name", "Ledger House")
    signed = '<p class="byline">Ledger House</p>'
    assert read(site, signed + BODY).authors == ("Ledger House",)
    other = "<h1>Rates</h1><p>Posted by ada on March 4, 2025</p>"
    assert read(site, signed + other + BODY).authors == ("ada",)


def test_two_authors_are_two() -> None:
    assert read(meta("author", "By Ada Byron and Mary Shelley")).authors == (
        "Ada Byron",
        "Mary Shelley",
    )


def test_the_last_of_a_list_is_not_called_and() -> None:
    byline = "By Ada Byron, Mary Shelley, and Jane Roe"
    names = ("Ada Byron", "Mary Shelley", "Jane Roe")
    assert read(meta("author", byline)).authors == names


def test_a_short_name_is_not_the_beginning_of_the_outlets() -> None:
    site = meta("og:site_name", "Adarecipes")
    assert read(site + meta("author", "Ada")).authors == ("Ada",)


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
