"""Manifest of an edition: its approval and its send as signed JSON, so that changes are detected.

Ed25519 (RFC 8032) over the JSON with sorted keys and no spaces; the public key is part of it.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from typing import Any

from digest.errors import DigestError

#: Keys of the manifest that hold the signature and the public key that checks it.
SIGNATURE_KEY = "signature"
PUBLIC_KEY = "public_key"


def sign_manifest(content: dict[str, Any], secret: str) -> str:
    """Return a manifest as JSON, with its signature; the private key is made of a secret."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
    )

    seed = hashlib.sha256(f"manifest {secret}".encode()).digest()
    private_key = Ed25519PrivateKey.from_private_bytes(seed)
    public_key = private_key.public_key().public_bytes_raw()
    manifest = content | {PUBLIC_KEY: b64encode(public_key).decode()}
    signature = private_key.sign(_signed_bytes(manifest))
    manifest[SIGNATURE_KEY] = b64encode(signature).decode()
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def verify_manifest(text: str) -> dict[str, Any]:
    """Return the content of a manifest. Raises DigestError if it is none, or was altered."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PublicKey,
    )

    try:
        manifest = json.loads(text)
        signature = b64decode(manifest.pop(SIGNATURE_KEY))
        public_key = Ed25519PublicKey.from_public_bytes(
            b64decode(manifest[PUBLIC_KEY])
        )
        public_key.verify(signature, _signed_bytes(manifest))
    except InvalidSignature:
        raise DigestError(
            "this manifest was altered after it was signed"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DigestError(f"this is no manifest ({error})") from error
    return dict(manifest)


def _signed_bytes(manifest: dict[str, Any]) -> bytes:
    text = json.dumps(
        manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return text.encode()
