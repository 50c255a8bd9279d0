"""A small SendGrid on loopback, with the refusals of its documentation."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeSendgrid:
    """Keeps payloads; `status` makes it refuse, `lose` makes it accept and then hang up."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status = 202
        self.lose = False

    def __enter__(self) -> "FakeSendgrid":
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.keys.append(self.headers["Authorization"])
                problem = fake.problem(payload) if self.path == "/v3/mail/send" else "not found"
                status = 400 if problem else fake.status
                if status == 202:
                    fake.payloads.append(payload)
                if fake.lose:
                    self.connection.close()
                    return
                body = (
                    b""
                    if status == 202
                    else json.dumps({"errors": [{"message": problem}]}).encode()
                )
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if status == 202:
                    self.send_header("X-Message-Id", f"id-{len(fake.payloads)}")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def problem(self, payload: dict[str, Any]) -> str:
        people = [t["email"].lower() for p in payload["personalizations"] for t in p["to"]]
        if len(people) > 1000:
            return "The personalization block is limited to 1000 personalizations per API request."
        return "" if len(set(people)) == len(people) else "Each unique email address only once."

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def env(self) -> dict[str, str]:
        return {
            "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
            "DIGEST_DELIVERY__SENDGRID__HOST": self.url,
            "SENDGRID_API_KEY": "SG.test",
        }
