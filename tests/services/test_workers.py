"""How jobs name what they are about: those of the root newsletter as ever, others with its key."""

from pathlib import Path

from digest.model import Job
from digest.services.sending_steps import lane_job
from digest.services.workers import newsletter_args, send_lanes
from digest.settings import load_workspace
from tests.desk_client import DAY
from tests.several_newsletters import add_newsletters


def test_a_job_of_the_root_newsletter_is_as_it_was_when_there_was_no_other(
    folder: Path,
) -> None:
    """Jobs lie in the database while digest is upgraded."""
    before = Job(
        "send",
        {"workspace": "", "day": "2026-02-27", "lane": 3},
        "mail",
        priority=10,
        once="send  2026-02-27 3",
    )
    assert lane_job(load_workspace(folder, {}).settings, DAY, 3) == before
    add_newsletters(folder, clips={})
    assert lane_job(load_workspace(folder, {}).settings, DAY, 3) == before


def test_two_editions_of_one_date_have_jobs_of_their_own(folder: Path) -> None:
    add_newsletters(folder, clips={})
    weekly = load_workspace(folder, {}).settings
    clips = weekly.for_newsletter("clips")
    assert lane_job(clips, DAY, 3) == Job(
        "send",
        {
            "workspace": "",
            "newsletter": "clips",
            "day": "2026-02-27",
            "lane": 3,
        },
        "mail",
        priority=10,
        once="send  clips/2026-02-27 3",
    )
    assert newsletter_args(clips) == {"workspace": "", "newsletter": "clips"}
    # the queue looks for lanes by how their names begin
    assert not send_lanes(clips, DAY).startswith(send_lanes(weekly, DAY))
