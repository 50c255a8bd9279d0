"""newspaper3k reader of pages: one of two in feeds.yaml, and the second opinion of the other.

The only file that imports newspaper. `fetch_images=False` matters: without it parse() fetches
the images a page names, which is slow and lets a page make us call any address.
"""

from datetime import datetime

from digest.collect.feeds.clean import (
    absolute_url,
    clean_paragraphs,
    plain_text,
    to_utc,
)
from digest.errors import PageUnread
from digest.model import PageExtract


def newspaper_reader(html: bytes, url: str) -> PageExtract:
    """Read a page with newspaper3k; an Extractor."""
    import newspaper

    page = newspaper.Article(url, fetch_images=False, memoize_articles=False)
    try:
        page.download(input_html=html)
        page.parse()
    # it raises whatever its parts raise, on empty pages among others
    except Exception as error:
        raise PageUnread(
            f"newspaper3k cannot read the page ({error})"
        ) from error
    published = None
    if isinstance(page.publish_date, datetime):  # it may also be a text
        published = to_utc(page.publish_date)
    return PageExtract(
        title=plain_text(page.title or ""),
        text=clean_paragraphs(page.text or ""),
        published=published,
        authors=tuple(plain_text(author) for author in page.authors),
        canonical=absolute_url(page.canonical_link or "", url),
        description=plain_text(page.meta_description or ""),
        image=absolute_url(page.meta_img or "", url),
        language=page.meta_lang or "",
        reader="newspaper3k",
    )
