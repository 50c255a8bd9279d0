"""A newsroom with three newsletters: clips for the staff, the weekly letter, one for funders."""

from pathlib import Path

from tests.conftest import FEEDS, workspace

HOME = "http://127.0.0.1:9"
#: In place of the one newsletter of FEEDS; the common lines stand in each entry.
COMMON = """\
    sender: {name: Open Water, address: letter@openwater.example}
    reply_to: hello@openwater.example
    postal_address: 12 Bicycle Lane, Northgate 40100
    public_url: https://letter.openwater.example
    hour: 14
"""
NEWSLETTERS = f"""\
newsletters:
  - key: clips
    title: Daily clips
{COMMON}\
    cadence: weekdays
    audience: [staff]
    layout: clips
  - key: weekly
    title: The Open Water Letter
{COMMON}\
    weekday: friday
  - key: funders
    title: The Quarter at Open Water
{COMMON}\
    cadence: by_hand
    window: 90
"""


def open_three(folder: Path, home: str = HOME, more: str = "") -> Path:
    """Give a folder the three newsletters, and what else stands in feeds.yaml."""
    workspace(folder, home)
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8")
    common = FEEDS.format(home=home)
    start = common.index("newsletter:")
    end = common.index("collect:")
    text = text.replace(common[start:end], NEWSLETTERS)
    file.write_text(text + more, "utf-8")
    return folder
