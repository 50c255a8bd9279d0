"""What identifies a subscriber in a link: hard to forge, easy to check, holding no address."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer


class Tokens:
    """Signs and reads subscriber ids. The newest key signs; every key still reads."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take keys, oldest first."""
        self._keys = tuple(keys)
        self._signer = Signer(
            list(keys),
            salt="unsubscribe",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )
        # HMAC (RFC 2104) begun with the key: each signature goes on from copies
        key = self._signer.derive_key().ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(b ^ 0x36 for b in key))
        self._outer = hashlib.sha256(bytes(b ^ 0x5C for b in key))

    def sign(self, subscriber: int) -> str:
        """Return the token of a subscriber: URL-safe ASCII.

        The same as itsdangerous makes, in a fifth of its time: a send signs one for each reader.
        """
        value = str(subscriber).encode("ascii")
        inner = self._inner.copy()
        outer = self._outer.copy()
        inner.update(value)
        outer.update(inner.digest())
        signature = urlsafe_b64encode(outer.digest())
        return (value + b"." + signature[:-1]).decode(
            "ascii"
        )  # 32 bytes end in one "="

    def read(self, token: str) -> int | None:
        """Return the subscriber's id, or None if the token was not made here."""
        try:
            return int(self._signer.unsign(token))
        except (BadSignature, ValueError):
            return None

    def of_every_key(self, subscriber: int) -> tuple[str, ...]:
        """Return a subscriber's token by each key, the newest first.

        What holds a digest of a token (a Message-ID, a return path) may be older than the key.
        """
        return tuple(Tokens([key]).sign(subscriber) for key in reversed(self._keys))
