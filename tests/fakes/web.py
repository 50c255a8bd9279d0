"""A real web server on loopback that answers what a test tells it to."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class FakeWeb:
    """Answers by path; remembers what was asked, headers in lower case."""

    def __init__(self) -> None:
        self.answers: dict[
            str, Answer | Callable[[BaseHTTPRequestHandler], None]
        ] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def __enter__(self) -> "FakeWeb":
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                fake.asked.append(
                    (self.path, {k.lower(): v for k, v in self.headers.items()})
                )
                answer = fake.answers.get(path, Answer(b"not found", 404))
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,)
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
