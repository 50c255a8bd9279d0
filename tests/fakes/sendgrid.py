"""A small SendGrid on loopback, with the refusals and the scheduled sends of its documentation."""

import json
import threading
import time
from collections import Counter
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Quiet(ThreadingHTTPServer):
    """Says nothing of clients that were killed while it answered."""

    def handle_error(self, request, client_address) -> None:
        pass


class FakeSendgrid:
    """Keeps payloads; `status` makes it refuse, `lose` makes it accept and then hang up.

    `refuse` are addresses it finds invalid: one of them and the whole request is refused, with the
    place of the first if `names_it`. `busy` answers 429 so many times.
    """

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status = 202
        self.lose = 0  #: so many answers
        self.refuse: set[str] = set()
        self.names_it = True
        #: message and field of a refusal by status
        self.said: tuple[str, str | None] | None = None
        self.busy = 0
        self.latency = 0.0  #: seconds until an answer, after it was taken
        self.late = 0  #: so many answers to mail come a second later
        #: its clock, as the Date header tells it
        self.now: datetime | None = None
        self.deaf = False  #: cancels nothing, as if the network were gone
        self.cancelled: set[str] = set()
        #: batches that may be cancelled at a time; SendGrid's is 10
        self.limit = 1_000_000
        self.batches = 0
        self.activity = False  #: whether messages can be looked up
        self.asked: list[str] = []
        self.deleted: list[str] = []  #: whom it was told to take off its lists
        self.shows, self.shown_at = 1000, "2099-01-01T00:00:00Z"
        self._lock = threading.Lock()

    def __enter__(self) -> "FakeSendgrid":
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                payload = json.loads(
                    self.rfile.read(int(self.headers["Content-Length"] or 0))
                    or "{}"
                )
                fake.keys.append(self.headers["Authorization"])
                with fake._lock:
                    answer = fake.answer(self.path, payload)
                    pause = fake.pause(self.path)
                time.sleep(pause)
                if answer is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.say(*answer)

            def do_GET(self) -> None:
                self.say(*fake.look_up(self.path))

            def do_DELETE(self) -> None:
                fake.deleted.append(self.path)
                self.say(404, {"errors": [{"message": "not found"}]}, {})

            def say(
                self, status: int, body: Any, headers: dict[str, str]
            ) -> None:
                raw = b"" if body is None else json.dumps(body).encode()
                self.send_response_only(status)
                self.send_header("Content-Length", str(len(raw)))
                for name, value in (fake.date() | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,)
        )
        self._thread.start()
        return self

    def answer(
        self, path: str, payload: dict[str, Any]
    ) -> tuple[int, Any, dict[str, str]] | None:
        """Return what is answered; None for a connection that breaks."""
        if path == "/v3/mail/batch":
            if self.status in (401, 403):
                return self.status, {"errors": [{"message": "no"}]}, {}
            self.batches += 1
            return 201, {"batch_id": f"batch-{self.batches}"}, {}
        if path == "/v3/user/scheduled_sends":
            return self.cancel(payload["batch_id"])
        if path != "/v3/mail/send":
            return 404, {"errors": [{"message": "not found"}]}, {}
        return self.take(payload)

    def date(self) -> dict[str, str]:
        return (
            {"Date": format_datetime(self.now, usegmt=True)} if self.now else {}
        )

    def look_up(self, path: str) -> tuple[int, Any, dict[str, str]]:
        if path.startswith("/v3/messages"):
            return self.messages(path)
        name = path.rpartition("/")[2]
        gone = name in self.cancelled
        return 200, [{"batch_id": name, "status": "cancel"}] if gone else [], {}

    def messages(self, path: str) -> tuple[int, Any, dict[str, str]]:
        """Answer the Email Activity API, an add-on."""
        if not self.activity:
            return 403, {"errors": [{"message": "access forbidden"}]}, {}
        query = parse_qs(urlsplit(path).query)["query"][0]
        self.asked.append(query)
        left = [
            p for p in self.payloads if p.get("batch_id") not in self.cancelled
        ]
        told = [
            {
                "to_email": t["email"],
                "subject": p["subject"],
                "last_event_time": self.shown_at,
            }
            for p in left
            for x in p["personalizations"]
            for t in x["to"]
            if f'"{t["email"]}"' in query
        ]
        return 200, {"messages": told[: self.shows]}, {}

    def pause(self, path: str) -> float:
        """Return how many seconds an answer takes."""
        if self.late and path == "/v3/mail/send":
            self.late -= 1
            return 1
        return self.latency

    def cancel(self, name: str) -> tuple[int, Any, dict[str, str]] | None:
        if self.deaf:
            return None
        if name in self.cancelled:
            return (
                400,
                {"errors": [{"message": "a status for this batch id exists"}]},
                {},
            )
        if len(self.cancelled) >= self.limit:
            return (
                400,
                {"errors": [{"message": "too many cancelled batches"}]},
                {},
            )
        self.cancelled.add(name)
        return 201, {"batch_id": name, "status": "cancel"}, {}

    def take(
        self, payload: dict[str, Any]
    ) -> tuple[int, Any, dict[str, str]] | None:
        if self.busy:
            self.busy -= 1
            return (
                429,
                {"errors": [{"message": "too many requests"}]},
                {"Retry-After": "0"},
            )
        problem, field = self.problem(payload)
        status = 400 if problem else self.status
        if status == 202:
            self.payloads.append(payload)
        if self.lose:
            self.lose -= 1
            return None
        if status == 202:
            return 202, None, {"X-Message-Id": f"id-{len(self.payloads)}"}
        if self.said and not problem:
            problem, field = self.said
        wait = {"Retry-After": "0"} if status == 429 else {}
        return status, {"errors": [{"message": problem, "field": field}]}, wait

    def problem(self, payload: dict[str, Any]) -> tuple[str, str | None]:
        people = [
            t["email"].lower()
            for p in payload["personalizations"]
            for t in p["to"]
        ]
        for place, one in enumerate(people):
            if one in self.refuse:
                named = (
                    f"personalizations.{place}.to.0.email"
                    if self.names_it
                    else None
                )
                return "Does not contain a valid address.", named
        if len(people) > 1000:
            return (
                "The personalization block is limited to 1000 personalizations.",
                None,
            )
        return (
            "" if len(set(people)) == len(people) else "Each address only once."
        ), None

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def mailed(self) -> Counter[str]:
        """Count how often each address will have been mailed: what was cancelled never leaves."""
        left = [
            p for p in self.payloads if p.get("batch_id") not in self.cancelled
        ]
        return Counter(
            t["email"]
            for p in left
            for x in p["personalizations"]
            for t in x["to"]
        )

    @property
    def env(self) -> dict[str, str]:
        return {
            "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
            "DIGEST_DELIVERY__SENDGRID__HOST": self.url,
            "SENDGRID_API_KEY": "SG.test",
        }
