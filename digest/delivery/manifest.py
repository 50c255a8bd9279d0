"""What was approved and what was sent, signed, so that anybody can tell whether it was altered.

Ed25519 (RFC 8032) over the JSON with sorted keys and no spaces; the public key stands in it.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from typing import Any

from digest.errors import DigestError

SIGNATURE = "signature"
PUBLIC = "public_key"


def signed(told: dict[str, Any], secret: str) -> str:
    """Return a manifest as JSON, with its signature; the key is made of a secret."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    seed = hashlib.sha256(f"manifest {secret}".encode()).digest()
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    whole = told | {PUBLIC: public}
    whole[SIGNATURE] = b64encode(key.sign(_plain(whole))).decode()
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def verify(text: str) -> dict[str, Any]:
    """Return what a manifest says. Raises DigestError if it is none, or was altered."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        whole = json.loads(text)
        signature = b64decode(whole.pop(SIGNATURE))
        key = Ed25519PublicKey.from_public_bytes(b64decode(whole[PUBLIC]))
        key.verify(signature, _plain(whole))
    except InvalidSignature:
        raise DigestError("this manifest was altered after it was signed") from None
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise DigestError(f"this is no manifest ({e})") from e
    return dict(whole)


def _plain(whole: dict[str, Any]) -> bytes:
    return json.dumps(
        whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
