"""Findings of the check, each leading to its place."""

from flask.testing import FlaskClient

from digest.app import App
from tests.conftest import EDITION
from tests.desk_client import DAY, page

# Looking


def test_each_finding_leads_to_its_place(
    desk: FlaskClient, stocked: App
) -> None:
    text = EDITION.replace(
        "subject: What the records show", 'subject: "RE: records"'
    )
    stocked.editions.save_source(text.replace("[Headline as it runs]", "[TK]"))
    shown = page(desk, f"/{DAY}/edition")
    anchors = {
        a.split("#")[1] for a in shown.xpath("//*[@id='findings']//a/@href")
    }
    assert {"head", "p-in_the_news-0"} <= anchors
    ids = set(shown.xpath("//@id"))
    assert anchors <= ids


def test_one_finding_of_several_places_is_told_once(
    desk: FlaskClient, stocked: App
) -> None:
    stocked.editions.save_source(
        EDITION.replace("https://example.org/c", "http://127.0.0.1/c").replace(
            "https://example.org/d", "http://127.0.0.1/d"
        )
    )
    told = page(desk, f"/{DAY}/check").xpath(
        "//article[contains(., 'is no public address')]"
    )
    assert len(told) == 1
    assert len(told[0].xpath(".//a")) == 2
