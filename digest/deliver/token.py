"""What identifies a subscriber in a link: hard to forge, easy to check, holding no address."""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer


class Tokens:
    """Signs and reads subscriber ids. The newest key signs; every key still reads."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take keys, oldest first."""
        self._signer = Signer(
            list(keys), salt="unsubscribe", key_derivation="hmac", digest_method=hashlib.sha256
        )

    def sign(self, subscriber: int) -> str:
        """Return the token of a subscriber: URL-safe ASCII."""
        return self._signer.sign(str(subscriber)).decode("ascii")

    def read(self, token: str) -> int | None:
        """Return the subscriber's id, or None if the token was not made here."""
        try:
            return int(self._signer.unsign(token))
        except (BadSignature, ValueError):
            return None
