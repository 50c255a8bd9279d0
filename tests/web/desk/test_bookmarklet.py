"""Addresses that a person adds to the edition."""

from collections.abc import Callable

from digest.app import App
from tests.desk_client import DAY, let_in, page, post
from tests.fakes.web import Answer, FakeWeb
from tests.web.desk.test_stories import WIRE

# One's own addresses


def test_an_address_is_added_into_the_edition(
    stocked: App, web: FakeWeb, open_app: Callable[..., App]
) -> None:
    body = (
        "<html><head><title>Found by hand</title>"
        '<meta property="article:published_time" content="2026-02-27T10:00:00Z">'
        f"</head><body><article><h1>Found by hand</h1><p>{WIRE}</p></article></body></html>"
    )
    web.answers["/story"] = Answer(
        body.encode(), headers={"Content-Type": "text/html"}
    )
    client = let_in(open_app({}))
    url = f"{web.url}/story"
    asked = page(client, f"/add?url={url}")
    assert asked.xpath("//input[@name='url']/@value") == [url]
    assert "javascript:" in asked.xpath("//a[@class='mark']/@href")[0]
    assert stocked.store.editions.list_dates() == [DAY]
    assert page(client, "/add?url=javascript:alert(1)").xpath(
        "//input[@name='url']/@value"
    ) == [""]
    assert post(client, "/add", url=url, section="following").status_code == 303
    (newest,) = set(stocked.store.editions.list_dates()) - {
        DAY
    }  # the one in work now
    sections = stocked.editing_as("").load_edition(newest).sections
    assert "Found by hand" in [p.headline for p in sections[1].picks]
    answer = post(
        client, "/add", url="http://127.0.0.1:9/nobody", title="", section=""
    )
    assert answer.status_code == 400
    assert "127.0.0.1:9/nobody" in answer.text
