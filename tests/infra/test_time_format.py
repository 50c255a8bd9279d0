"""Every time that is shown carries its zone, and is right in it."""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.cli import cli
from digest.infra.i18n import babel_locale
from digest.infra.logging import configure_logging
from digest.infra.time_format import (
    format_in_words,
    format_minute,
    local_day,
    zone_name,
)
from digest.model import Subscriber
from digest.web.public import create_public_app
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, let_in, page, post

ROOT = Path(__file__).parents[2]
MADRID = {"DIGEST_NEWSLETTER__TIME_ZONE": "Europe/Madrid"}
ZONES = (
    "UTC",
    "Europe/Madrid",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "America/New_York",
)


@pytest.fixture
def madrid(open_app: Callable[..., App], folder: Path) -> App:
    text = (folder / "feeds.yaml").read_text()
    zoned = text.replace(
        "newsletter:\n", "newsletter:\n  time_zone: Europe/Madrid\n"
    )
    (folder / "feeds.yaml").write_text(zoned)
    return open_app()


def run(app: App, *words: str) -> str:
    told = CliRunner().invoke(cli, ["-C", str(app.workspace.folder), *words])
    assert told.exit_code == 0, told.output
    return told.output


@given(
    seconds=st.integers(
        631_152_000, 2_051_222_400
    ),  # of the years 1990 to 2034
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_time_is_the_same_moment_wherever_it_is_told(
    seconds: int, zone: ZoneInfo
) -> None:
    """Whichever zone the value came in, what is printed is that moment in the zone it names."""
    at = datetime.fromtimestamp(seconds // 60 * 60, UTC)
    fold = at.astimezone(zone).fold
    for other in (UTC, ZoneInfo("Asia/Tokyo"), zone):
        told = format_minute(at.astimezone(other), zone)
        local = datetime.strptime(told[:16], "%Y-%m-%d %H:%M").replace(
            tzinfo=zone, fold=fold
        )
        assert local.astimezone(UTC) == at
        assert told[17:] == zone_name(at, zone)
        assert told[17:]


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("UTC", "UTC", "UTC"),
        ("Europe/Madrid", "CET", "CEST"),
        ("America/New_York", "EST", "EDT"),
        ("America/Sao_Paulo", "UTC-03:00", "UTC-03:00"),
        ("Asia/Kathmandu", "UTC+05:45", "UTC+05:45"),
    ],
)
def test_a_zone_is_named_as_people_know_it(
    zone: str, winter: str, summer: str
) -> None:
    said = [
        zone_name(NOW + timedelta(days=days), ZoneInfo(zone))
        for days in (0, 150)
    ]
    assert said == [winter, summer]


def test_a_day_is_the_one_that_it_is_in_the_zone() -> None:
    late = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)
    assert local_day(late, ZoneInfo("Europe/Madrid")).day == 28
    assert format_in_words(
        late, ZoneInfo("Europe/Madrid"), babel_locale("es")
    ).startswith("28 feb 2026, 0:30") or (
        format_in_words(late, ZoneInfo("Europe/Madrid"), babel_locale("es"))
        == "28 feb 2026, 00:30 CET"
    )


def test_status_tells_the_newsletters_hours_with_their_zone(
    madrid: App,
) -> None:
    """Its hour, 14, is told as 14 o'clock in Madrid, and never as UTC."""
    told = run(madrid, "status")
    assert re.search(r"to be sent \d{4}-\d\d-\d\d 14:00 CES?T\b", told), told
    assert "UTC" not in told
    leaves = json.loads(run(madrid, "status", "--json"))["next"]["leaves_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT14:00:00\+0[12]:00", leaves)


def test_tables_and_json_of_people_tell_zone_and_offset(madrid: App) -> None:
    consent = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)
    madrid.subscribers.add_people(
        [Subscriber("ada@r.example", consent_at=consent)]
    )
    madrid.subscribers.suppress_address("gone@r.example", "asked")
    assert "2026-02-28 00:30 CET" in run(madrid, "subscribers", "list")
    [ada] = json.loads(run(madrid, "subscribers", "list", "--json"))
    assert ada["consent_at"] == "2026-02-27T23:30:00+00:00"
    assert "2026-02-27 16:00 CET" in run(madrid, "subscribers", "suppressed")


def test_a_schedule_is_written_down_and_refused_with_its_zone(
    madrid: App,
) -> None:
    madrid.editions.save_source(EDITION)
    client = let_in(madrid)
    post(client, f"/{DAY}/schedule", at="2026-02-28T09:00")
    assert "scheduled for 2026-02-28 09:00 CET" in [
        d.what for d in madrid.store.staff.list_actions(DAY)
    ]
    refused = post(client, f"/{DAY}/schedule", at="2026-02-27T09:00")
    assert "2026-02-27 09:00 CET is past" in refused.text


@pytest.mark.parametrize(
    "path",
    [
        f"/{DAY}/send",
        f"/{DAY}/history",
        f"/{DAY}/edition",
        "/audit",
        "/status",
        "/history",
    ],
)
def test_each_time_on_a_page_of_the_desk_names_its_zone(
    madrid: App, path: str
) -> None:
    madrid.editions.save_source(EDITION)
    madrid.editing_as("Ada").change_heading(
        DAY, {"subject": "New"}, {"subject": "What the records show"}
    )
    madrid.approval.approve_edition(DAY, "Ada")
    madrid.send_schedule.schedule_send(DAY, NOW + timedelta(hours=3), "Ada")
    shown = " ".join(" ".join(page(let_in(madrid), path).itertext()).split())
    times = re.findall(r"\b\d\d:\d\d\b", shown)
    zoned = re.findall(r"\b\d\d:\d\d CES?T\b", shown)
    assert len(times) == len(zoned)
    if path != "/history":
        assert zoned, shown


def test_a_reader_sees_when_they_agreed_with_the_zone(madrid: App) -> None:
    madrid.subscribers.add_people(
        [Subscriber("ada@r.example", "", "a form", NOW)]
    )
    token = madrid.tokens.sign_subscriber(
        madrid.subscribers.find_subscriber("ada@r.example").id
    )
    shown = create_public_app(madrid).test_client().get(f"/p/{token}").text
    assert "27 Feb 2026, 16:00 CET" in shown


def test_a_log_line_carries_the_offset(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = logging.getLogger().handlers[:]
    try:
        configure_logging("text", logging.INFO)
        logging.getLogger("digest").warning("hello")
    finally:
        logging.getLogger().handlers[:] = before
    assert re.match(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4} WARNING",
        capsys.readouterr().err,
    )


def test_no_other_place_writes_times_for_people() -> None:
    """A time for people comes from `digest.infra.time_format`; these write for machines, or name UTC."""
    known = {
        "digest/infra/time_format.py",
        "digest/infra/logging.py",  # with its offset
        "digest/services/signup.py",  # a consent record, which says UTC
        "digest/web/desk/sending_page.py",  # the value of a field whose label names the zone
        "digest/delivery/transports/sendgrid.py",  # the provider's own form
    }
    hours = re.compile(r"%H:%M|format_datetime\(|format_time\(")
    found = {
        str(f.relative_to(ROOT))
        for f in (ROOT / "digest").rglob("*")
        if f.suffix in (".py", ".html") and hours.search(f.read_text("utf-8"))
    }
    mails = {
        "digest/delivery/message.py",
        "digest/demo/press_server.py",
    }  # RFC 5322, with its offset
    assert found - mails == known
