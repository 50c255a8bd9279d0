"""DKIM signatures (RFC 6376), for mail servers that do not sign by themselves."""

from collections.abc import Callable

from digest.errors import TransportDown

#: What is signed; RFC 8058, 4 asks that both headers for unsubscribing are.
SIGNED = (
    "From To Reply-To Subject Date Message-ID List-Id List-Unsubscribe List-Unsubscribe-Post "
    "Feedback-ID MIME-Version Content-Type"
)


def signer(selector: str, key: str) -> Callable[[bytes, str], bytes]:
    """Return what signs a message in the name of its sender's domain; unchanged if no selector.

    A signature takes 8 ms, so some hundred a second are made. Raises TransportDown if the library
    is missing, or there is no key that can sign.
    """
    if not selector:
        return lambda message, _sender: message
    try:
        from dkim import DKIMException, sign
    except ImportError as e:
        raise TransportDown("signing needs `pip install 'press-digest[dkim]'`") from e
    if not key:
        raise TransportDown(
            f"set DKIM_KEY in .env to the private key of {selector}, as PEM"
        )
    headers = [name.encode() for name in SIGNED.lower().split()]

    def signed(message: bytes, sender: str) -> bytes:
        domain = sender.rpartition("@")[2].encode()
        relaxed = (b"relaxed", b"relaxed")
        try:
            made = sign(
                message,
                selector.encode(),
                domain,
                key.encode(),
                None,
                relaxed,
                b"rsa-sha256",
                headers,
            )
        except DKIMException as e:
            raise TransportDown(
                f"DKIM_KEY cannot sign ({e}); it must be an RSA key as PEM"
            ) from e
        return bytes(made) + message

    signed(
        b"From: a@b.example\r\n\r\n", "a@b.example"
    )  # a bad key is found before mail is
    return signed
