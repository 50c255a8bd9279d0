"""Several newsletters in feeds.yaml: each with its own settings, and mistakes explained."""

from pathlib import Path

import pytest

from digest.errors import NotFound, SettingsError
from digest.settings import Workspace, load_workspace
from tests.conftest import FEEDS

ONE = FEEDS.format(home="https://courier.example")
START = ONE.index("newsletter:")
END = ONE.index("collect:")
BODY = ONE[START:END].removeprefix("newsletter:\n").rstrip("\n")
TOPIC = ONE.partition("  - name: ")[2].partition("\n")[0]


def an_entry(key: str, *more: str) -> str:
    """Return an entry of the list `newsletters`."""
    lines = [f"key: {key}", *BODY.replace("  ", "", 1).splitlines()]
    lines = [line.strip() for line in lines]
    return "".join(
        f"{'  - ' if index == 0 else '    '}{line}\n"
        for index, line in enumerate([*lines, *more])
    )


def with_newsletters(*entries: str) -> str:
    return f"{ONE[:START]}newsletters:\n{''.join(entries)}{ONE[END:]}"


def opened(folder: Path, text: str) -> Workspace:
    (folder / "feeds.yaml").write_text(text, "utf-8")
    return load_workspace(folder, {})


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        opened(folder, text)
    return [problem.partition(": ")[2] for problem in caught.value.problems]


def test_one_newsletter_is_the_weekly(tmp_path: Path) -> None:
    settings = opened(tmp_path, ONE).settings
    assert settings.newsletter.key == "weekly"
    assert settings.newsletters == (settings.newsletter,)
    assert [section.key for section in settings.sections] == [
        "in_the_news",
        "following",
    ]


def test_weekly_is_the_default_of_several_else_the_first(
    tmp_path: Path,
) -> None:
    several = with_newsletters(an_entry("clips"), an_entry("weekly"))
    assert opened(tmp_path, several).settings.newsletter.key == "weekly"
    others = with_newsletters(an_entry("clips"), an_entry("funders"))
    assert opened(tmp_path, others).settings.newsletter.key == "clips"


def test_each_newsletter_has_its_own_sections_or_the_shared_ones(
    tmp_path: Path,
) -> None:
    own = f"sections: [in_the_news, {{key: pipes, title: Pipes, topics: [{TOPIC}]}}]"
    workspace = opened(
        tmp_path,
        with_newsletters(an_entry("clips", own), an_entry("weekly")),
    )
    clips = workspace.for_newsletter("clips")
    assert [section.key for section in clips.settings.sections] == [
        "in_the_news",
        "pipes",
    ]
    assert clips.settings.sections[1].topics == (TOPIC,)
    # from the settings of one newsletter to those of another
    weekly = clips.for_newsletter("weekly")
    assert weekly.settings.sections == workspace.settings.sections
    assert len(weekly.settings.sections) == 2


def test_an_unknown_newsletter_is_named_with_those_there_are(
    tmp_path: Path,
) -> None:
    workspace = opened(
        tmp_path, with_newsletters(an_entry("clips"), an_entry("weekly"))
    )
    with pytest.raises(NotFound, match="there is clips, weekly"):
        workspace.for_newsletter("dayly")


def test_two_people_may_be_asked_for_one_newsletter_only(
    tmp_path: Path,
) -> None:
    workspace = opened(
        tmp_path,
        with_newsletters(
            an_entry("clips", "two_people: false"), an_entry("weekly")
        )
        + "desk: {two_people: true}\n",
    )
    assert workspace.settings.needs_two_people
    assert not workspace.for_newsletter("clips").settings.needs_two_people


def test_the_window_fits_the_cadence_unless_it_is_given(
    tmp_path: Path,
) -> None:
    workspace = opened(
        tmp_path,
        with_newsletters(
            an_entry("clips", "cadence: weekdays"),
            an_entry("weekly"),
            an_entry("funders", "cadence: by_hand", "window: 92"),
        ),
    )
    windows = {one.key: one.window for one in workspace.settings.newsletters}
    assert windows == {"clips": "since_last", "weekly": 7, "funders": 92}


def test_a_topic_that_a_section_lists_needs_no_section_of_its_own(
    tmp_path: Path,
) -> None:
    by_topic = f"sections: [{{key: pipes, title: Pipes, topics: [{TOPIC}]}}]"
    text = with_newsletters(an_entry("clips", by_topic)) + (
        "sections: [{key: in_the_news, title: News}]\n"
    )
    assert len(opened(tmp_path, text).settings.topics) == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            with_newsletters(an_entry("clips"), an_entry("clips")),
            "newsletters[clips].key: expected each once, found 'clips' a second time",
        ),
        (
            with_newsletters(an_entry("feed")),
            "newsletters[feed].key: expected another key, since 'feed' has a meaning in addresses",
        ),
        (
            ONE.replace("newsletter:\n", "newsletter:\n  key: status\n"),
            "newsletter.key: expected another key, since 'status' has a meaning in addresses",
        ),
        (
            with_newsletters(an_entry("clips").replace("key: clips\n    ", "")),
            "newsletters[0].key: expected a key such as clips, found nothing",
        ),
        (
            with_newsletters(an_entry("Clips")),
            "newsletters[Clips].key: expected a key such as weekly, which names it in commands and "
            "addresses, found 'Clips'",
        ),
        (
            f"{ONE}newsletters:\n{an_entry('clips')}",
            "newsletters: expected either newsletter or newsletters, found both",
        ),
        (
            ONE[:START] + ONE[END:],
            "newsletter: expected the newsletter itself (or newsletters, a list), found nothing",
        ),
        (
            with_newsletters(an_entry("clips", "sections: [in_the_nwes]")),
            "newsletters[clips].sections[0]: expected a shared section's key (following, in_the_news), "
            "or a section with key and title, found 'in_the_nwes'",
        ),
        (
            with_newsletters(
                an_entry(
                    "clips", "sections: [{key: x, title: X, topics: [Fish]}]"
                )
            ),
            "newsletters[clips].sections[x].topics[0]: expected a topic's name "
            f"({TOPIC}), found 'Fish'",
        ),
        (
            with_newsletters(an_entry("clips", "internal: {excerpt: 300}")),
            "newsletters[clips]: expected internal only where audience names tags: a public newsletter "
            "may not print these",
        ),
        (
            with_newsletters(an_entry("clips", "window: lately")),
            "newsletters[clips].window: expected a number of days from 1 to 366, or since_last, found "
            "'lately'",
        ),
        (
            with_newsletters(an_entry("clips", "holidays: [2026-02-30]")),
            "expected a date of the calendar such as 2026-02-27, found '2026-02-30'",
        ),
        (
            with_newsletters(an_entry("clips", "sections: [{key: pipes}]")),
            "newsletters[clips].sections[pipes].title: expected its title; {org} stands for the "
            "organisation, found nothing",
        ),
        (
            with_newsletters(
                an_entry("clips", "sections: [{key: pipes, title: P, sise: 2}]")
            ),
            "newsletters[clips].sections[pipes].sise: unknown key; did you mean size?",
        ),
    ],
)
def test_a_mistake_is_explained(
    tmp_path: Path, text: str, problem: str
) -> None:
    assert problem in problems(tmp_path, text)
