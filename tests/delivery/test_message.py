"""What is typed arrives: subjects, names, IDN domains, long lines, read back by email.parser and a server."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.app import App
from digest.delivery import UnsubscribeTokens
from digest.delivery.domain_check import check_domain
from digest.delivery.message import (
    EncodedEmail,
    feedback_id,
    list_id,
    read_message_id,
)
from digest.delivery.transports.dkim_signature import make_signer
from digest.delivery.transports.sendgrid_payload import Payload
from digest.errors import SettingsError
from digest.model import (
    TOKEN_PLACEHOLDER,
    DeliveryState,
    EditionKey,
    Email,
    Recipient,
)
from digest.model.returned import DeliveryProof
from digest.settings import load_workspace
from tests.conftest import NOW
from tests.fakes.smtp import FakeSmtp

DAY = date(2026, 2, 27)
READER = Recipient(7, "ada@readers.example", "7." + "Ab-_" * 10 + "xyz")
IDN = {
    "DIGEST_NEWSLETTER__SENDER__ADDRESS": "news@Bücher.example",
    "DIGEST_NEWSLETTER__REPLY_TO": "hallo@bücher.example",
    "DIGEST_NEWSLETTER__PUBLIC_URL": "https://brief.bücher.example/straße",
}
LETTER = Email(
    edition=DAY,
    sender_name="Open Water",
    sender_address="letter@openwater.example",
    reply_to="hello@openwater.example",
    subject="What the records show",
    html=f"<p>Hello <a href='https://x.example/u/{TOKEN_PLACEHOLDER}'>leave</a></p>",
    text=f"Hello\nhttps://x.example/u/{TOKEN_PLACEHOLDER}\n",
    list_id="letter.openwater.example",
    unsubscribe_url=f"https://letter.openwater.example/u/{TOKEN_PLACEHOLDER}",
    unsubscribe_mail="hello@openwater.example",
    organisation="Open Water",
)


def made(**changes: str) -> bytes:
    return EncodedEmail(replace(LETTER, **changes), NOW).bytes_for(READER)


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def check_lines(raw: bytes) -> None:
    """RFC 5322, 2.1.1 (998 and no bare CR or LF), RFC 2047, 2 (75 a word), RFC 2045, 6.7 (76)."""
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 998
    for line in head.split(b"\r\n"):
        words = re.findall(rb"=\?[^ ]*?\?[bqBQ]\?[^ ?]*\?=", line)
        assert all(len(word) <= 75 for word in words)
        assert not words or len(line) <= 76
    assert max(map(len, body.split(b"\r\n"))) <= 76


ONE_LINE = st.characters(
    blacklist_characters="\r\n\0", blacklist_categories=("Cs",)
)
TYPED = st.text(ONE_LINE, max_size=300)


@given(subject=TYPED)
@example("=?utf-8?q?Not_an_encoded_word?=")
@example("about =?utf-8?b?w6k=?= and more")
@example(" leading and trailing  ")
@example("two  spaces and\ta tab")
@example("no\u00a0break\u00a0space\u00a0")
@example("\u202eright to left\u202c שלום עולם")
@example("👩‍👩‍👧 🇺🇦" * 40)
@example("x" * 3000)
@example("word " * 400)
@example("a\u2028b\x0bc\x0cd\x85e")
@example("")
def test_a_subject_arrives_exactly_as_it_was_typed(subject: str) -> None:
    raw = made(subject=subject)
    check_lines(raw)
    assert parsed(raw)["Subject"] == subject


@given(name=TYPED.filter(str.strip))
@example("=?utf-8?q?x?=")
@example('Ada "the countess" Lovelace, Esq. (retired) \\')
@example(
    "Bücherei für Offene Gewässer und Verwandte Angelegenheiten der Öffentlichkeit "
    * 4
)
@example("Open  Water ")
@example("Open Water " * 40 + "!")
@example("Ж" * 300)
def test_names_of_sender_and_organisation_arrive_exactly_as_they_were_typed(
    name: str,
) -> None:
    raw = made(sender_name=name, organisation=name)
    check_lines(raw)
    # policy.default joins runs of spaces in a name, and puts one between two encoded words
    # (RFC 2047, 6.2 says none); the older parser shows what was sent
    unfolded = message_from_bytes(raw)["From"].replace("\r\n", "")
    phrase, address = parseaddr(unfolded)
    assert (str(make_header(decode_header(phrase))), address) == (
        name,
        "letter@openwater.example",
    )
    (sender,) = parsed(raw)["From"].addresses
    assert sender.addr_spec == "letter@openwater.example"
    assert parsed(raw)["List-Id"].endswith("<letter.openwater.example>")


@given(
    text=st.text(ONE_LINE | st.sampled_from("\r\n"), max_size=400),
    tail=st.integers(0, 160),
)
@example("a\r\nb\rc", 0)
@example("", 76)
def test_body_lines_are_short_and_end_in_whole_breaks(
    text: str, tail: int
) -> None:
    html = f"<p>{text}{'x' * tail}{TOKEN_PLACEHOLDER}{'y' * tail} {text}{TOKEN_PLACEHOLDER}</p>"
    raw = made(html=html, text=html)
    check_lines(raw)
    rich = (
        parsed(raw)
        .get_body(("html",))
        .get_content()
        .replace("\r\n", "\n")
        .removesuffix("\n")
    )
    whole = (
        html.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace(TOKEN_PLACEHOLDER, READER.token)
    )
    assert rich == whole.removesuffix("\n")


def test_very_long_addresses_and_titles_keep_every_header_line_whole() -> None:
    raw = made(
        unsubscribe_url=f"https://letter.openwater.example/{'a' * 400}/u/{TOKEN_PLACEHOLDER}",
        unsubscribe_mail=f"{'b' * 60}@{'c' * 60}.example",
        organisation="The Society " * 60,
    )
    check_lines(raw)
    web, mail = parsed(raw)["List-Unsubscribe"].split(", ")
    assert web.endswith(f"/u/{READER.token}>")
    assert READER.token in mail


def test_unsubscribe_links_hold_exactly_one_address() -> None:
    """RFC 6068, 2: ?, & and % in an address would begin something else."""
    ways = parsed(made(unsubscribe_mail="a?b&c%d+e@openwater.example"))[
        "List-Unsubscribe"
    ]
    assert (
        "<mailto:a%3Fb%26c%25d+e@openwater.example?subject=unsubscribe%20"
        in ways
    )


def test_a_list_header_for_sendgrid_is_one_line_of_ascii() -> None:
    letter = replace(LETTER, organisation="Bücherei für Offene Gewässer " * 20)
    for value in (list_id(letter), feedback_id(letter)):
        assert value.isascii()
        assert "\n" not in value
        assert all(len(word) <= 75 for word in value.split())


# A sender at a domain with letters beyond ASCII


@pytest.fixture
def idn(open_app, audience: list[str]) -> App:
    app = open_app(IDN)
    app.approval.approve_edition(DAY, "Ada")
    return app


def test_an_idn_sender_is_ascii_without_smtputf8(
    idn: App, open_app, smtp: FakeSmtp
) -> None:
    smtp.utf8 = False
    app = open_app(IDN | smtp.env)
    assert app.sending.send_edition(DAY).counts == {DeliveryState.ACCEPTED: 25}
    assert set(smtp.senders) == {"news@xn--bcher-kva.example"}
    for raw, (_, message) in zip(smtp.raw, smtp.messages, strict=True):
        check_lines(raw)
        assert message["From"] == "Open Water <news@xn--bcher-kva.example>"
        assert message["Reply-To"] == "hallo@xn--bcher-kva.example"
        assert message["Message-ID"].endswith("@xn--bcher-kva.example>")
        assert message["List-Id"].endswith(
            "<the-open-water-letter.xn--bcher-kva.example>"
        )
        assert message["Feedback-ID"].split(":")[3] == "xnbcherkvaexamp"
        assert (
            "<https://brief.xn--bcher-kva.example/stra%C3%9Fe/u/"
            in message["List-Unsubscribe"]
        )
        assert (
            "<mailto:hallo@xn--bcher-kva.example?"
            in message["List-Unsubscribe"]
        )


def test_an_idn_sender_is_ascii_for_sendgrid(
    idn: App, open_app, sendgrid
) -> None:
    idn.edition_files.write_edition(DAY)
    idn.preflight.list_findings(DAY, links=False, spam=False)
    asked: list[str] = []

    def lookup(name: str, kind: str) -> list[str]:
        asked.append(name)
        return []

    list(
        check_domain(idn.settings, lookup, lambda url: asked.append(url) or "")
    )
    assert all(name.isascii() for name in asked)
    assert "xn--bcher-kva.example" in asked
    open_app(IDN | sendgrid.env).sending.send_edition(DAY)
    (payload,) = sendgrid.payloads
    assert payload["from"]["email"] == "news@xn--bcher-kva.example"
    assert payload["reply_to"]["email"] == "hallo@xn--bcher-kva.example"
    assert all(v.isascii() for v in payload["headers"].values())
    for person in payload["personalizations"]:
        assert all(v.isascii() for v in person["headers"].values())


def test_an_idn_senders_mail_is_signed_for_the_ascii_domain(idn: App) -> None:
    import dkim
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 1024)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
    letter = idn.editions.render_stored(DAY).letter
    signed = make_signer("s1", pem)(
        EncodedEmail(letter, NOW).bytes_for(READER), letter.sender_address
    )
    assert b"d=xn--bcher-kva.example;" in signed
    public = key.public_key().public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo,
    )
    record = b"v=DKIM1; p=" + base64.b64encode(public)
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: record)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SENDER__ADDRESS", "büro@openwater.example", "before the @"),
        ("REPLY_TO", "büro@openwater.example", "before the @"),
        ("SENDER__ADDRESS", "news@bü cher.example", "expected a mail address"),
        ("SENDER__ADDRESS", "news@-bü-.example", "expected a mail address"),
        ("SENDER__ADDRESS", "n" * 250 + "@openwater.example", "at most 254"),
        ("PUBLIC_URL", "https://bü..example/", "expected a web address"),
        ("PUBLIC_URL", "https://letter.example/" + "x" * 600, "at most 500"),
    ],
)
def test_an_address_that_cannot_be_mailed_from_is_refused_in_the_settings(
    folder: Path, name: str, value: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load_workspace(folder, {f"DIGEST_NEWSLETTER__{name}": value})


def test_what_old_mails_carry_has_not_changed() -> None:
    """Their Message-ID, and every byte of a mail of the root newsletter."""
    token = UnsubscribeTokens(["a" * 64]).sign_subscriber(7)
    reader = Recipient(7, "ada@r.example", token)
    letter = replace(
        LETTER,
        subject="S",
        html=f"<p>{TOKEN_PLACEHOLDER}</p>",
        text=TOKEN_PLACEHOLDER,
    )
    encoded = EncodedEmail(letter, NOW)
    message_id = "<20260227.7.e8c496a2cfd5c1ecc649@openwater.example>"
    assert encoded.message_id(reader) == message_id
    digest = hashlib.sha256(encoded.bytes_for(reader)).hexdigest()
    assert digest.startswith("5a60f5682cc8a17b2b32bb626fe74bd6")
    request = Payload(letter).encode_request([reader], {})
    digest = hashlib.sha256(request).hexdigest()
    assert digest.startswith("625572066b907a85dc72a9dde5a42aa2")


@pytest.mark.parametrize("newsletter", ["clips", "a" * 32])
def test_two_newsletters_of_a_day_never_share_a_message_id(
    newsletter: str,
) -> None:
    own_tokens = UnsubscribeTokens(["a" * 64], newsletter)
    weekly = UnsubscribeTokens(["a" * 64])
    letter = replace(LETTER, newsletter=newsletter)
    reader = Recipient(10**6, "a@r.example", own_tokens.sign_subscriber(10**6))
    encoded = EncodedEmail(letter, NOW)
    raw = encoded.bytes_for(reader)
    check_lines(raw)
    assert reader.token in parsed(raw).get_body(("plain",)).get_content()
    assert reader.token in parsed(raw)["List-Unsubscribe"]
    weekly_reader = replace_token(reader, weekly.sign_subscriber(10**6))
    other_id = EncodedEmail(LETTER, NOW).message_id(weekly_reader)
    own_id = encoded.message_id(reader)
    assert own_id != other_id
    # any newsletter's tokens read it, whether or not that is still in the settings
    assert read_message_id(own_id, weekly.tokens_by_every_key) == DeliveryProof(
        10**6, EditionKey(newsletter, DAY)
    )
    assert read_message_id(
        other_id, own_tokens.tokens_by_every_key
    ) == DeliveryProof(10**6, EditionKey("weekly", DAY))


def replace_token(reader: Recipient, token: str) -> Recipient:
    return Recipient(reader.subscriber, reader.address, token)
