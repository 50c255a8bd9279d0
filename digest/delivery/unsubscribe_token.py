"""Unsubscribe tokens: a subscriber's id with a signature, for links; no address is in them.

A token of the root newsletter is `ID.SIGNATURE`, as it was before there could be several; one of
another is `ID.KEY.SIGNATURE`, so that a link leaves the newsletter that it came from, also once that
is no longer in the settings.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer

from digest.model import ROOT_NEWSLETTER

#: HMAC over SHA-256 (RFC 2104, 2): the hash's block length, and the bytes of ipad and opad.
HMAC_BLOCK_BYTES = 64
INNER_PAD = 0x36
OUTER_PAD = 0x5C


@dataclass(frozen=True, slots=True)
class SignedReader:
    """What a token says: a subscriber, and the newsletter whose mail it was in."""

    subscriber: int
    newsletter: str


class UnsubscribeTokens:
    """Signs subscriber ids for one newsletter, and reads the tokens of all.

    The newest key signs; every key still reads.
    """

    def __init__(
        self, keys: Sequence[str], newsletter: str = ROOT_NEWSLETTER
    ) -> None:
        """Take keys, oldest first."""
        self._keys = tuple(keys)
        self._newsletter_mark = _mark_of(newsletter)
        self._signer = Signer(
            list(keys),
            salt="unsubscribe",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        # HMAC begun with the key: each signature goes on from copies of these
        key = self._signer.derive_key().ljust(HMAC_BLOCK_BYTES, b"\0")
        self._inner_hash = hashlib.sha256(
            bytes(byte ^ INNER_PAD for byte in key)
        )
        self._outer_hash = hashlib.sha256(
            bytes(byte ^ OUTER_PAD for byte in key)
        )

    def sign_subscriber(self, subscriber: int) -> str:
        """Return the token of a subscriber: URL-safe ASCII.

        The same as itsdangerous makes, in a fifth of its time: a send signs one for each recipient.
        """
        signed_text = f"{subscriber}{self._newsletter_mark}".encode("ascii")
        inner_hash = self._inner_hash.copy()
        inner_hash.update(signed_text)
        outer_hash = self._outer_hash.copy()
        outer_hash.update(inner_hash.digest())
        # 32 bytes end in one "=", which itsdangerous leaves out
        signature = urlsafe_b64encode(outer_hash.digest())[:-1]
        return (signed_text + b"." + signature).decode("ascii")

    def read_subscriber(self, token: str) -> int | None:
        """Return the subscriber's id, or None if the token was not made here."""
        reader = self.read_token(token)
        if reader is None:
            return None
        return reader.subscriber

    def read_token(self, token: str) -> SignedReader | None:
        """Return whose token it is, and of which newsletter; None if it was not made here."""
        try:
            signed_text = self._signer.unsign(token).decode("ascii")
            subscriber, _, newsletter = signed_text.partition(".")
            return SignedReader(int(subscriber), newsletter or ROOT_NEWSLETTER)
        except (BadSignature, ValueError):
            return None

    def tokens_by_every_key(
        self, subscriber: int, newsletter: str
    ) -> tuple[str, ...]:
        """Return a subscriber's token for a newsletter by each key, the newest first.

        What holds a digest of a token (a Message-ID, a return path) may be older than the key.
        """
        return tuple(
            UnsubscribeTokens([key], newsletter).sign_subscriber(subscriber)
            for key in reversed(self._keys)
        )


def _mark_of(newsletter: str) -> str:
    """Return what follows the subscriber's id in the tokens of a newsletter."""
    if newsletter == ROOT_NEWSLETTER:
        return ""
    return f".{newsletter}"
