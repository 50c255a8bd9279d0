"""The sender's domain as mailboxes look at it, asked of a real name server on loopback."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from digest.cli import cli
from digest.delivery.domain_check import check_domain
from digest.delivery.domain_check.dns import make_lookup
from digest.model import Finding
from digest.settings import load_workspace
from tests.fakes.dns import FakeDns

DOMAIN = "openwater.example"
LONG, SHORT, TINY = (b64encode(bytes(size)).decode() for size in (294, 162, 94))
WELL = {
    (DOMAIN, "TXT"): ['"v=spf1 include:mail.example ~all"', '"something else"'],
    ("mail.example", "TXT"): ['"v=spf1 ip4:192.0.2.1 -all"'],
    (f"k1._domainkey.{DOMAIN}", "TXT"): [
        f'"v=DKIM1; k=rsa; " "p={LONG[:200]}" "{LONG[200:]}"'
    ],
    (f"_dmarc.{DOMAIN}", "TXT"): [
        '"v=DMARC1; p=reject; rua=mailto:d@openwater.example"'
    ],
    (DOMAIN, "MX"): ["10 mx.openwater.example."],
}


@pytest.fixture
def dns() -> Iterator[FakeDns]:
    with FakeDns() as server:
        server.records = dict(WELL)
        yield server


@pytest.fixture
def found(folder: Path, dns: FakeDns) -> Callable[..., list[Finding]]:
    def run(problem: str = "", **env: str) -> list[Finding]:
        usual = {"DIGEST_DELIVERY__DKIM_SELECTORS": '["k1"]'}
        settings = load_workspace(folder, usual | env).settings
        return check_domain(
            settings, make_lookup([dns.server]), lambda _: problem
        )

    return run


def said(findings: list[Finding]) -> list[str]:
    return [f"{f.severity} {f.where}: {f.what}" for f in findings]


def test_a_domain_in_order_gives_no_findings(
    found: Callable[..., list[Finding]],
) -> None:
    assert said(found()) == []


def txt(name: str, *records: str) -> dict:
    return {(name, "TXT"): [f'"{r}"' for r in records]}


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (txt(DOMAIN), f"should {DOMAIN}: there is no SPF record"),
        (txt(DOMAIN, "v=spf1 a -all", "v=spf1 mx -all"), f"must {DOMAIN}: there are 2 SPF records"),
        (txt(DOMAIN, "v=spf1 +all"), f"must {DOMAIN}: its SPF record lets everybody send (+all)"),
        (txt(DOMAIN, "v=spf1 " + "a mx ptr exists:x.example " * 3 + "-all"), f"must {DOMAIN}: its SPF record needs 12 look-ups"),
        (txt(f"k1._domainkey.{DOMAIN}"), f"must k1._domainkey.{DOMAIN}: there is no DKIM key"),
        (txt(f"k1._domainkey.{DOMAIN}", "v=DKIM1; p="), f"must k1._domainkey.{DOMAIN}: the DKIM key is withdrawn (p= is empty)"),
        (txt(f"k1._domainkey.{DOMAIN}", "p=%%%"), f"must k1._domainkey.{DOMAIN}: the DKIM key is not base64"),
        (txt(f"k1._domainkey.{DOMAIN}", f"p={TINY}"), f"must k1._domainkey.{DOMAIN}: the DKIM key has fewer than 1024 bits"),
        (txt(f"k1._domainkey.{DOMAIN}", f"p={SHORT}"), f"may k1._domainkey.{DOMAIN}: the DKIM key has fewer than 2048 bits"),
        (txt(f"_dmarc.{DOMAIN}"), f"must {DOMAIN}: there is no DMARC record"),
        (txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject; rua=mailto:a@b.c", "v=DMARC1; p=none"), f"must _dmarc.{DOMAIN}: there are 2 DMARC records"),
        (txt(f"_dmarc.{DOMAIN}", "v=DMARC1; rua=mailto:a@b.c"), f"must _dmarc.{DOMAIN}: the DMARC record has no policy"),
        (txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=none; rua=mailto:a@b.c"), f"may _dmarc.{DOMAIN}: the policy is p=none"),
        (txt(f"_dmarc.{DOMAIN}", "v=DMARC1; p=reject"), f"may _dmarc.{DOMAIN}: there is no address for reports (rua)"),
        ({(DOMAIN, "MX"): []}, f"must {DOMAIN}: {DOMAIN} cannot receive mail: it has neither an MX record nor an address"),
    ],
)  # fmt: skip
def test_each_fault_of_a_domain_is_named_with_what_to_do(
    found: Callable[..., list[Finding]],
    dns: FakeDns,
    records: dict,
    expected: str,
) -> None:
    dns.records |= records
    findings = found()
    assert said(findings) == [expected]
    assert findings[0].why
    assert findings[0].how


def test_an_spf_record_that_includes_itself_ends(
    found: Callable[..., list[Finding]], dns: FakeDns
) -> None:
    dns.records |= txt(
        "mail.example", f"v=spf1 include:{DOMAIN} include:mail.example -all"
    )
    assert said(found()) == []


def test_the_policy_of_the_domain_above_stands_for_one_below(
    found: Callable[..., list[Finding]], dns: FakeDns
) -> None:
    below = f"news.{DOMAIN}"
    dns.records |= txt(below, "v=spf1 mx -all") | {
        (f"k1._domainkey.{below}", "TXT"): WELL[
            f"k1._domainkey.{DOMAIN}", "TXT"
        ]
    }
    assert (
        said(found(DIGEST_NEWSLETTER__SENDER__ADDRESS=f"letter@{below}")) == []
    )


def test_sendgrids_own_keys_are_looked_for(
    found: Callable[..., list[Finding]],
) -> None:
    env = {
        "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
        "DIGEST_DELIVERY__DKIM_SELECTORS": "[]",
    }
    assert said(found(**env)) == [
        f"must {s}._domainkey.{DOMAIN}: there is no DKIM key"
        for s in ("s1", "s2")
    ]


def test_without_a_selector_nothing_is_guessed(
    found: Callable[..., list[Finding]],
) -> None:
    (finding,) = found(DIGEST_DELIVERY__DKIM_SELECTORS="[]")
    assert "delivery.dkim_selectors" in finding.how


def test_an_address_of_a_mailbox_provider_is_refused(
    found: Callable[..., list[Finding]],
) -> None:
    assert said(found(DIGEST_NEWSLETTER__SENDER__ADDRESS="we@gmail.com")) == [
        "must gmail.com: the sender's address is at a mailbox provider"
    ]


RETURN_PATH = {
    "DIGEST_DELIVERY__TRANSPORT": "smtp",
    "DIGEST_DELIVERY__SMTP__RETURN_PATH": "bounces@back.example",
}


def test_a_return_path_is_examined_as_spf_and_dmarc_see_it(
    found: Callable[..., list[Finding]], dns: FakeDns
) -> None:
    assert said(found(**RETURN_PATH)) == [
        "must back.example: back.example cannot receive mail: it has neither an MX record nor an address",
        "should back.example: there is no SPF record",
        "should back.example: the return path belongs to another organisation than openwater.example",
    ]
    own = f"bounces.{DOMAIN}"
    dns.records |= txt(own, "v=spf1 mx -all") | {
        (own, "MX"): [f"10 mx.{DOMAIN}."]
    }
    aligned = RETURN_PATH | {"DIGEST_DELIVERY__SMTP__RETURN_PATH": f"b@{own}"}
    assert said(found(**aligned)) == []
    aligned["DIGEST_DELIVERY__SMTP__RETURN_PATH"] = f"b@{DOMAIN}"
    assert said(found(**aligned)) == []
    unused = RETURN_PATH | {"DIGEST_DELIVERY__TRANSPORT": "outbox"}
    assert said(found(**unused)) == []


def test_a_return_path_beside_the_senders_domain_is_of_one_organisation(
    found: Callable[..., list[Finding]], dns: FakeDns
) -> None:
    below, beside = f"news.{DOMAIN}", f"bounces.{DOMAIN}"
    key = {
        (f"k1._domainkey.{below}", "TXT"): WELL[
            f"k1._domainkey.{DOMAIN}", "TXT"
        ]
    }
    dns.records |= (
        key | txt(below, "v=spf1 mx -all") | txt(beside, "v=spf1 mx -all")
    )
    dns.records |= {(beside, "MX"): [f"10 mx.{DOMAIN}."]}
    env = RETURN_PATH | {
        "DIGEST_DELIVERY__SMTP__RETURN_PATH": f"b@{beside}",
        "DIGEST_NEWSLETTER__SENDER__ADDRESS": f"letter@{below}",
    }
    assert said(found(**env)) == []


def test_an_unsubscribe_page_out_of_reach_must_be_mended(
    found: Callable[..., list[Finding]],
) -> None:
    assert (
        "the unsubscribe page cannot be reached: refused"
        in said(found("refused"))[0]
    )
    http = found(
        DIGEST_NEWSLETTER__PUBLIC_URL="http://letter.openwater.example"
    )
    assert "the unsubscribe address is not https" in said(http)[0]


def test_a_name_server_that_is_silent_is_said_and_ends_nothing(
    found: Callable[..., list[Finding]],
    dns: FakeDns,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("digest.delivery.domain_check.dns.TIMEOUT_SECONDS", 0.2)
    dns.silent = True
    findings = found("refused")
    assert len([f for f in findings if "could not be looked up" in f.what]) == 4
    assert "refused" in said(findings)[0]


@given(st.lists(st.text(max_size=60), max_size=3))
def test_no_record_whatever_it_says_is_a_crash(records: list[str]) -> None:
    from digest.settings import DEFAULTS

    settings = load_workspace(DEFAULTS, {}).settings
    marks = ("", "v=spf1 ", "v=DMARC1; ", "p=")
    for mark in marks:
        check_domain(
            settings,
            lambda _name, _kind, m=mark: [m + r for r in records],
            lambda _: "",
        )


def test_the_command_prints_and_fails(folder: Path, dns: FakeDns) -> None:
    address, port = dns.server
    yaml = folder / "feeds.yaml"
    yaml.write_text(
        yaml.read_text().replace(
            "https://letter.openwater.example", "http://127.0.0.1:9"
        )
    )
    args = ["-C", str(folder), "doctor", "--dns", f"{address}:{port}"]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 1
    assert (
        "must    http://127.0.0.1:9: the unsubscribe address is not https"
        in result.output
    )
    assert (
        json.loads(CliRunner().invoke(cli, [*args, "--json"]).stdout)[0][
            "severity"
        ]
        == "must"
    )
