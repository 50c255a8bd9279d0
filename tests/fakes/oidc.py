"""An OpenID Connect provider on loopback: discovery, keys, codes, tokens; it vouches as it is told."""

import json
import secrets
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey


@cache
def private_key() -> RSAKey:
    """Return a key, made once: that takes longer than most tests."""
    return RSAKey.generate_key(
        2048, {"kid": "one", "use": "sig", "alg": "RS256"}
    )


class FakeProvider:
    """A provider with one client; `claims` are what it says of whoever logs in."""

    def __init__(self) -> None:
        self.key = private_key()
        self.claims: dict[str, object] = {}
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path == "/.well-known/openid-configuration":
                    self.answer(provider.metadata())
                elif path == "/keys":
                    self.answer(KeySet([provider.key]).as_dict(private=False))
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                form = self.rfile.read(
                    int(self.headers["Content-Length"])
                ).decode()
                self.answer(
                    provider.token({k: v[0] for k, v in parse_qs(form).items()})
                )

            def answer(self, value: object) -> None:
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.home = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.01,)
        )

    def __enter__(self) -> "FakeProvider":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def metadata(self) -> dict[str, object]:
        return {
            "issuer": self.home,
            "authorization_endpoint": f"{self.home}/authorize",
            "token_endpoint": f"{self.home}/token",
            "jwks_uri": f"{self.home}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def visit(self, address: str) -> str:
        """Log in at the address that the desk led to; return where the provider leads back."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self.codes[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return (
            f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"
        )

    def token(self, form: dict[str, str]) -> dict[str, object]:
        import time

        asked, now = self.codes.pop(form["code"]), int(time.time())
        claims = {
            "iss": self.home,
            "aud": asked["client_id"],
            "iat": now,
            "exp": now + 60,
        }
        said = claims | {"nonce": asked["nonce"]} | self.claims
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}
