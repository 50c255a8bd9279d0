"""feeds.yaml and the environment: good ones are read, bad ones explained."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import SettingsError
from digest.settings import DEFAULTS, load_workspace, settings_schema
from tests.conftest import FEEDS

GOOD = FEEDS.format(home="https://courier.example")


def problems(
    folder: Path, text: str, env: dict[str, str] | None = None
) -> list[str]:
    (folder / "feeds.yaml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load_workspace(folder, env or {})
    return caught.value.problems


#: (what is wrong, how it came to be, what is printed)
BROKEN = [
    ("a key is misspelt", ("aliases:", "aliasses:"), "feeds.yaml:3: organisation.aliasses: unknown key; did you mean aliases?"),
    ("a key is missing", ("  name: Open Water\n", ""), "feeds.yaml:1: organisation.name: expected the organisation's name as it runs in the press, found nothing"),
    ("a name is a number", ("name: Open Water\n", "name: 12\n"), "feeds.yaml:2: organisation.name: expected text (put it in quotes), found 12"),
    ("a name is empty", ("name: Open Water\n", 'name: ""\n'), "feeds.yaml:2: organisation.name: expected some text, found ''"),
    ("a list is text", ("[Maren Oduya]", "Maren Oduya"), "feeds.yaml:4: organisation.people: expected a list, found 'Maren Oduya'"),
    ("a tier does not exist", ("tier: 1", "tier: 4"), "feeds.yaml:14: outlets[The Courier].tier: expected at most 3, found 4"),
    ("a tier is a word", ("tier: 1", "tier: high"), "feeds.yaml:14: outlets[The Courier].tier: expected a whole number, found 'high'"),
    ("a feed is no address", ("/feed]", "/feed, politico]"), "feeds.yaml:13: outlets[The Courier].feeds[1]: expected a web address such as https://example.org/feed, found 'politico'"),
    ("a feed stands twice", ("/feed]", "/feed, https://courier.example/feed]"), "feeds.yaml:13: outlets[The Courier].feeds[1]: expected each once, found 'https://courier.example/feed' a second time"),
    ("there are no feeds", ("    feeds: [https://courier.example/feed]\n", ""), "feeds.yaml:11: outlets[The Courier].feeds: expected addresses of its feeds; [] if it comes by mail, in sheets or by hand, found nothing"),
    ("a weekday is misspelt", ("weekday: friday", "weekday: firday"), "feeds.yaml:21: newsletter.weekday: expected 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday' or 'sunday', found 'firday'"),
    ("an hour does not exist", ("hour: 14", "hour: 24"), "feeds.yaml:22: newsletter.hour: expected at most 23, found 24"),
    ("a colour is a word", ("hour: 14", "hour: 14\n  theme: {ink: black}"), "feeds.yaml:23: newsletter.theme.ink: expected a colour such as #1f2328: text, found 'black'"),
    ("a colour cannot be read", ("hour: 14", "hour: 14\n  theme:\n    accent: '#9ab8d8'"), "feeds.yaml:24: newsletter.theme.accent: expected a contrast of 4.5:1 or more with paper #ffffff (WCAG 2.2), #9ab8d8 has 2.1:1, found '#9ab8d8'"),
    ("dark text on dark paper", ("hour: 14", "hour: 14\n  theme: {dark_ink: '#555555'}"), "feeds.yaml:23: newsletter.theme.dark_ink: expected a contrast of 4.5:1 or more with dark_paper #16191d (WCAG 2.2), #555555 has 2.4:1, found '#555555'"),
    ("a logo is not https", ("hour: 14", "hour: 14\n  theme: {logo: 'http://o.example/l.png'}"), "feeds.yaml:23: newsletter.theme.logo: expected an https address of an image, or nothing, found 'http://o.example/l.png'"),
    ("a topic says nothing", ("any: [drinking water, lead pipes]", "none: [lead]"), "feeds.yaml:8: topics[Drinking water]: expected phrases under any or all"),
    ("a weight is nobody's", ("any: [drinking water, lead pipes]", "any: [drinking water]\n    weights: {lead: 2}"), "feeds.yaml:8: topics[Drinking water]: expected weights of its own phrases, found 'lead'"),
    ("an hour is a time", ("hour: 14", "hour: 14:30"), "feeds.yaml:22: newsletter.hour: expected a whole number, found '14:30'"),
    ("a mail address is none", ("hello@openwater.example", "hello at openwater"), "feeds.yaml:18: newsletter.reply_to: expected a mail address such as press@example.org, found 'hello at openwater'"),
    ("the sender is text", ("{name: Open Water, address: letter@openwater.example}", "Open Water"), "feeds.yaml:17: newsletter.sender: expected keys and values, found 'Open Water'"),
    ("a time zone is none", ("hour: 14", "hour: 14\n  time_zone: Mars/Olympus"), "feeds.yaml:23: newsletter.time_zone: expected a time zone such as America/New_York, found 'Mars/Olympus'"),
    ("a template names nothing", ("hour: 14", 'hour: 14\n  subject: "{{ headlin }}"'), "feeds.yaml:23: newsletter.subject: expected only the variables date, headline, org, outlet, title, not headlin, found '{{ headlin }}'"),
    ("a template is unclosed", ("hour: 14", 'hour: 14\n  subject: "{{ headline"'), "feeds.yaml:23: newsletter.subject: expected a Jinja template (unexpected end of template, expected 'end of print statement'.), found '{{ headline'"),
    ("a transport is unknown", ("smtp: {rate: 1000000 a minute}", "transport: pigeon"), "feeds.yaml:28: delivery.transport: expected 'outbox', 'smtp' or 'sendgrid', found 'pigeon'"),
    ("a secret stands in it", ("smtp: {rate: 1000000 a minute}", "sendgrid: {api_key: SG.x}"), "feeds.yaml:28: delivery.sendgrid.api_key: secrets do not belong in this file; set SENDGRID_API_KEY or SMTP_PASSWORD in .env"),
    ("a topic feeds no section", ("any: [drinking water, lead pipes]", "any: [lead]\n    section: folowing"), "feeds.yaml:10: topics[Drinking water].section: expected a section's key (following, in_the_news), found 'folowing'"),
    ("a switch is a word", ("allow_loopback: true", "allow_loopback: maybe"), "feeds.yaml:24: collect.allow_loopback: expected true or false, found 'maybe'"),
    ("a bracket is open", ("[Maren Oduya]", "[Maren Oduya"), "feeds.yaml:5: expected valid YAML, found: expected ',' or ']', but got ':'"),
    ("a key stands twice", ("hour: 14", "hour: 14\n  hour: 15"), 'feeds.yaml:23: expected valid YAML, found: found duplicate key "hour" with value "15" (original value: "14")'),
    ("it is empty", (GOOD, ""), "feeds.yaml:1: expected keys such as organisation:, found nothing"),
    ("it nests without end", (GOOD, "[" * 1000), "feeds.yaml: expected settings, found thousands of brackets"),
    ("a key is a number", ("topics:\n", "7: x\ntopics:\n"), "feeds.yaml:7: [7]: expected a key such as organisation, found 7"),
    ("it is a list", (GOOD, "- one\n- two\n"), "feeds.yaml:1: expected keys such as organisation:, found ['one', 'two']"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "printed"), [c[1:] for c in BROKEN], ids=[c[0] for c in BROKEN]
)
def test_a_broken_file_is_explained(
    tmp_path: Path, change: tuple[str, str], printed: str
) -> None:
    """Each mistake prints file, line, key, what was expected and what stood there."""
    assert change[0] in GOOD
    assert problems(tmp_path, GOOD.replace(change[0], change[1], 1)) == [
        printed
    ]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """One run names them all, in the order of the file."""
    text = (
        GOOD.replace("aliases:", "aliasses:")
        .replace("tier: 1", "tier: 9")
        .replace("hour: 14", "hour: 99")
    )
    assert [p.split(":")[1] for p in problems(tmp_path, text)] == [
        "3",
        "14",
        "22",
    ]


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(GOOD)
    env = {
        "DIGEST_DELIVERY__TRANSPORT": "smtp",
        "DIGEST_DELIVERY__SENDGRID__HOST": "http://127.0.0.1:9001",
        "DIGEST_DATABASE": "sqlite:///other.db",
        "DIGEST_OUTLETS__0__TIER": "3",
        "DIGEST_ORGANISATION__ALIASES": '["OW"]',
    }
    found = load_workspace(tmp_path, env).settings
    assert found.delivery.transport == "smtp"
    assert found.delivery.sendgrid.host == "http://127.0.0.1:9001"
    assert found.database == "sqlite:///other.db"
    assert found.outlets[0].tier == 3
    assert found.organisation.aliases == ("OW",)


def test_a_dotenv_file_is_read_and_loses_to_the_environment(
    tmp_path: Path,
) -> None:
    (tmp_path / "feeds.yaml").write_text(GOOD)
    (tmp_path / ".env").write_text(
        "SENDGRID_API_KEY=from-file\nSMTP_PASSWORD=from-file\n"
    )
    secrets = load_workspace(tmp_path, {"SMTP_PASSWORD": "from-env"}).secrets
    assert (secrets.sendgrid_api_key, secrets.smtp_password) == (
        "from-file",
        "from-env",
    )
    assert "from" not in repr(secrets)


@pytest.mark.parametrize(
    ("name", "value", "printed"),
    [
        ("DIGEST_DELIVERY__TRANSPORT", "pigeon", "environment: DIGEST_DELIVERY__TRANSPORT: delivery.transport: expected 'outbox', 'smtp' or 'sendgrid', found 'pigeon'"),
        ("DIGEST_OUTLETS__7__TIER", "1", "environment: DIGEST_OUTLETS__7__TIER: no such setting as outlets[7].tier"),
        ("DIGEST_DELIVERI", "x", "environment: DIGEST_DELIVERI: deliveri: unknown key; did you mean delivery?"),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named(
    tmp_path: Path, name: str, value: str, printed: str
) -> None:
    assert problems(tmp_path, GOOD, {name: value}) == [printed]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match="not found; `digest init` makes one"
    ):
        load_workspace(tmp_path, {})


def test_the_shipped_settings_are_those_of_the_first_user() -> None:
    shipped = load_workspace(DEFAULTS, {}).settings
    assert shipped.organisation.name == "American Oversight"
    assert [o.name for o in shipped.outlets] == [
        "Politico", "Texas Tribune", "The New Republic", "Law & Crime",
        "Government Executive", "NPR", "NBC News", "The Hill",
    ]  # fmt: skip


@given(st.integers(0, 0xFFFFFF), st.integers(0, 0xFFFFFF))
def test_contrast_is_that_of_wcag(one: int, other: int) -> None:
    from digest.settings.theme import contrast_ratio

    first, second = f"#{one:06x}", f"#{other:06x}"
    assert (
        1
        <= contrast_ratio(first, second)
        == contrast_ratio(second, first)
        <= 21
    )
    assert contrast_ratio("#000000", "#ffffff") == 21
    assert round(contrast_ratio("#777777", "#ffffff"), 2) == 4.48


def test_the_schema_describes_every_key_and_the_file_names_it() -> None:
    document = json.loads(settings_schema())
    described = [
        p for d in document["$defs"].values() for p in d["properties"].values()
    ]
    assert all(p.get("description") for p in described)
    assert (
        "$schema=feeds.schema.json"
        in (DEFAULTS / "feeds.yaml").read_text().splitlines()[0]
    )
    kept = (DEFAULTS / "feeds.schema.json").read_text()
    assert kept == settings_schema(), (
        "run `digest config schema > feeds.schema.json`"
    )
