"""Signatures of mail (DKIM)."""

from collections.abc import Callable
from email import message_from_bytes, policy

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from digest.app import App
from digest.errors import TransportDown
from digest.model import DeliveryState
from tests.desk_client import DAY
from tests.fakes.smtp import FakeSmtp

# Signatures


@pytest.fixture(scope="module")
def keys() -> tuple[str, bytes]:
    """A private key as PEM, and the DNS record that its owner publishes."""
    from base64 import b64encode

    key = rsa.generate_private_key(65537, 2048)
    pkcs1 = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(
        serialization.Encoding.PEM, pkcs1, serialization.NoEncryption()
    )
    der = key.public_key().public_bytes(
        serialization.Encoding.DER,
        serialization.PublicFormat.SubjectPublicKeyInfo,
    )
    return pem.decode(), b"v=DKIM1; k=rsa; p=" + b64encode(der)


def signing(key: str) -> dict[str, str]:
    return {"DIGEST_DELIVERY__SMTP__DKIM_SELECTOR": "letter", "DKIM_KEY": key}


def test_mail_is_signed_where_the_server_does_not(
    open_app: Callable[..., App],
    approved: list[str],
    smtp: FakeSmtp,
    keys: tuple[str, bytes],
) -> None:
    """What the server was given verifies, with both headers for leaving under the signature."""
    pem, record = keys
    open_app(smtp.env | signing(pem)).sending.send_edition(DAY)
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    assert len(smtp.raw) == 25
    for raw in smtp.raw:
        assert dkim.verify(raw, dnsfunc=dns)
        signature = message_from_bytes(raw, policy=policy.default)[
            "DKIM-Signature"
        ]
        assert "list-unsubscribe : list-unsubscribe-post" in " ".join(
            signature.split()
        )
    assert set(asked) == {b"letter._domainkey.openwater.example."}
    altered = smtp.raw[0].replace(
        b"What the records show", b"What the records hide"
    )
    assert not dkim.verify(altered, dnsfunc=dns)


@pytest.mark.parametrize(
    ("key", "says"), [("", "set DKIM_KEY"), ("no key", "DKIM_KEY cannot sign")]
)
def test_without_a_good_key_nothing_leaves_unsigned(
    open_app: Callable[..., App],
    approved: list[str],
    smtp: FakeSmtp,
    key: str,
    says: str,
) -> None:
    app = open_app(smtp.env | signing(key))
    with pytest.raises(TransportDown, match=says):
        app.sending.send_edition(DAY)
    assert smtp.messages == []
    assert app.store.deliveries.get_delivery_report(DAY).counts == {
        DeliveryState.QUEUED: 25
    }
