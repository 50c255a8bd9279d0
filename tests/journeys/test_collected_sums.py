"""Sums of `digest collect`: whatever a feed brings, each article is in one place, and that is said."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from digest.services.new_articles import KNOWN_ALREADY, NO_MENTION, TOO_OLD
from tests.cases.feeds import PROSE, item, page, rss
from tests.command_line import invoke
from tests.conftest import workspace
from tests.fakes.web import Answer, FakeWeb

PROOF = f"{PROSE * 4}It was obtained by Open Water. {PROSE}"
#: Where an article of each kind belongs; "" is nowhere, since it is no new one.
PLACES = {
    "mention": "in_the_news",
    "undated": "undated",
    "to come": "dated in the future",
    "old": TOO_OLD,
    "other": NO_MENTION,
    "unread": NO_MENTION,
    "twice": "",
    "same page": KNOWN_ALREADY,
}
DAY = timedelta(days=1)


def written(time: datetime) -> str:
    return f"{time:%a, %d %b %Y %H:%M:%S} GMT"


def serve(web: FakeWeb, kinds: list[str]) -> None:
    """Let a feed have an article of each of these kinds, behind one that others repeat."""
    now = datetime.now(UTC) - timedelta(hours=2)
    dates = {"undated": "", "to come": written(now + 30 * DAY), "old": written(now - 400 * DAY)}  # fmt: skip
    items = [item("The first", "/first", written(now))]
    web.answers = {"/first": Answer(undated_page("The first", PROSE * 8))}
    for number, kind in enumerate(kinds):
        path = f"/{number}"
        title = f"Number {number} of the day"
        if kind == "twice":
            path, title = "/first?utm_source=rss", "The first"
        items.append(item(title, path, dates.get(kind, written(now))))
        text = PROSE * 8 if kind in ("other", "same page") else PROOF
        if kind not in ("unread", "twice"):
            web.answers[path] = Answer(undated_page(title, text))
        if kind == "same page":
            web.answers[path] = Answer(page_of_first(web))
    web.answers["/feed"] = Answer(rss(*items))


def undated_page(title: str, text: str) -> bytes:
    return page(title, text).replace(b"2026-02-26T09:00:00Z", b"")


def page_of_first(web: FakeWeb) -> bytes:
    canonical = f'<link rel="canonical" href="{web.url}/first"></head>'
    whole = undated_page("The first", PROSE * 8)
    return whole.replace(b"</head>", canonical.encode())


# a whole run for each mix: a few of them, the first with all kinds
@given(st.lists(st.sampled_from(sorted(PLACES)), max_size=12))
@example(sorted(PLACES) * 2)
@hypothesis_settings(max_examples=2, deadline=None, derandomize=True)
def test_each_new_article_is_in_the_place_where_it_belongs(
    kinds: list[str],
) -> None:
    with TemporaryDirectory() as place, FakeWeb() as web:
        folder = Path(place)
        workspace(folder, web.url)
        serve(web, kinds)
        (row,) = json.loads(invoke(folder, "collect", "--json").output)
    (places,) = row["new_by_newsletter"].values()
    expected = Counter(PLACES[kind] for kind in kinds if PLACES[kind])
    expected[NO_MENTION] += 1  # the first
    assert Counter(places) == expected
    assert expected.total() == row["new"]
