"""Web pages of articles, built from parts, and read as the collector does."""

import json

from digest.collect.pages.extract import combined_reader
from digest.model import PageExtract
from tests.cases.feeds import PROSE

URL = "https://www.ledger.example/news/rates"
BODY = f"<article><p>{PROSE * 4}</p></article>"


def read(head: str = "", body: str = BODY, url: str = URL) -> PageExtract:
    return combined_reader(
        f"<html><head>{head}</head><body>{body}</body></html>".encode(), url
    )


def linked(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


ARTICLE = {"@type": "NewsArticle", "headline": "Rates to rise"}
