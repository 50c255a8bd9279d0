"""Articles in the store: one article, by whichever of its keys it is stored or found."""

from dataclasses import replace

from digest.app import App
from digest.model import Article
from tests.conftest import NOW

READ = Article(
    key="count.example/7",
    url="https://count.example/7",
    outlet="The Courier",
    title="Ferry fares rise",
)
OWN = replace(
    READ,
    key="courier.example/ferry",
    url="https://courier.example/ferry",
    title="Ferry fares rise by a third",
)


def test_an_article_is_found_by_the_key_of_its_own_address(app: App) -> None:
    stored = app.store.articles.put_article(READ, NOW)
    app.store.feeds.save_page(
        replace(stored, url=OWN.url), NOW, canonical=OWN.key
    )
    again = app.store.articles.put_article(OWN, NOW)
    assert (again.id, again.key) == (stored.id, READ.key)
    found = app.store.articles.find_article(OWN.key)
    assert found is not None
    assert (found.id, found.title) == (stored.id, OWN.title)
