"""What a site is called, by its titles."""

import pytest

from digest.collect.feeds.site_names import name_site

SITE = "https://site.example/"


@pytest.mark.parametrize(
    ("page", "feed", "name"),
    [
        ("Home | Valley Sun", "Valley Sun", "Valley Sun"),
        ("Home", "Port Gazette", "Port Gazette"),
        ("Inicio – El Faro", "", "El Faro"),
        ("The Hallam Courier: news of the county", "", "The Hallam Courier"),
        ("County news | Valley Sun", "Valley Sun", "Valley Sun"),
        ("Welcome to Port Gazette", "", "Port Gazette"),
        ("", "Port Gazette - RSS", "Port Gazette"),
        ("", "RSS: Port Gazette", "Port Gazette"),
        ("", "News - Port Gazette", "Port Gazette"),
        ("", "Latest news from Port Gazette", "Port Gazette"),
        ("", "Port Gazette RSS Feed", "Port Gazette"),
        ("", "Port Gazette » Feed", "Port Gazette"),
        ("Just a moment...", "Feed the Valley", "Feed the Valley"),
        ("Home", "RSS", ""),
    ],
)
def test_a_name_is_what_is_left_of_titles(
    page: str, feed: str, name: str
) -> None:
    assert name_site("", page, feed, SITE) == name


def test_what_a_page_says_it_is_called_comes_first() -> None:
    assert name_site("WBUR | News", "Home", "x", SITE) == "WBUR"
    assert name_site("Fifty-Fifty – Notes", "", "", SITE) == (
        "Fifty-Fifty – Notes"
    )


def test_the_part_that_the_host_is_made_of_is_the_name() -> None:
    address = "https://www.valleysun.example/"
    assert name_site("", "Port County | Valley Sun", "", address) == (
        "Valley Sun"
    )
