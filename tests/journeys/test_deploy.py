"""The web servers of deploy/ before `digest serve`, as shipped, under the attacks of test_serving.py.

Only names of files, ports and certificates are put in. Nothing is asserted of how fast an answer
comes (see test_serving.py).
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from digest.app import App
from digest.model import Subscriber
from digest.services.signup import PER_NETWORK
from digest.settings import load_workspace
from tests.conftest import EDITION, NOW, workspace
from tests.fakes.serving import Served, serve_process
from tests.web.test_bounded import (
    ATTACKER,
    PATIENCE,
    READER,
    SLOW,
    answer,
    code_of,
    free_port,
    post,
)

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = "letter.example.org"
TOO_LARGE = {413, 502}  #: Caddy 2.6 says 502 of a body that it cut off
CERTIFICATE = Path(__file__).parents[1] / "fakes" / "self_signed.pem"


class Front:
    """A web server before `digest serve`."""

    def __init__(self, port: int, served: Served) -> None:
        self.port, self.served = port, served
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    def connect(self, source: str, sent: bytes = b"") -> ssl.SSLSocket:
        plain = socket.create_connection(
            ("127.0.0.1", self.port), PATIENCE, (source, 0)
        )
        one = self._tls.wrap_socket(plain, server_hostname=NAME)
        if sent:
            one.sendall(
                sent.replace(b"letter.example\r\n", NAME.encode() + b"\r\n")
            )
        return one

    def ask(self, request: bytes, source: str = READER) -> int:
        with closing(self.connect(source, request)) as one:
            return code_of(answer(one))

    def unsubscribe(self) -> int:
        return self.ask(
            post(
                f"/u/{next(self.served.tokens)}", b"List-Unsubscribe=One-Click"
            )
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = workspace(tmp_path_factory.mktemp("deploy"), "http://127.0.0.1:9")
    with App(load_workspace(folder, {}), lambda: NOW) as app:
        app.subscribers.add_people(
            Subscriber(f"r{n}@r.example", consent_at=NOW) for n in range(200)
        )
        app.editions.save_source(EDITION)
        with serve_process(app) as one:
            yield one


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def front(
    request: pytest.FixtureRequest,
    served: Served,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Front]:
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    start = {"nginx": nginx, "caddy": caddy}[request.param]
    with start(folder, port, served.port):
        yield Front(port, served)


@contextmanager
def nginx(folder: Path, port: int, upstream: int) -> Iterator[None]:
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"\n +listen \[::\].*", "", text)
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    text = re.sub(r"/etc/letsencrypt/\S+\.pem", str(CERTIFICATE), text)
    (folder / "digest.conf").write_text(text)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; user root; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 4096; }}\n"
        f"http {{ access_log off; {paths} include {folder}/digest.conf; }}\n"
    )
    with running(
        ["nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"],
        port,
    ):
        yield


@contextmanager
def caddy(folder: Path, port: int, upstream: int) -> Iterator[None]:
    text = (DEPLOY / "Caddyfile").read_text()
    text = text.replace(
        "{\n\tservers",
        "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers",
    )
    for name in (NAME, "desk.example.org"):
        text = text.replace(
            f"\n{name} {{\n",
            f"\nhttps://{name}:{port} {{\n\ttls {CERTIFICATE} {CERTIFICATE}\n",
        )
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    (folder / "Caddyfile").write_text(text)
    command = [
        "caddy",
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        str(folder / "Caddyfile"),
    ]
    with running(
        command,
        port,
        {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
    ):
        yield


@contextmanager
def running(
    command: list[str], port: int, more: dict[str, str] | None = None
) -> Iterator[None]:
    program = shutil.which(command[0])
    assert program, f"{command[0]} is not installed; .ci/run does that"
    env = {**os.environ, **(more or {})}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [program, *command[1:]], env=env, stderr=log.fileno()
        )
        try:
            while not _is_listening(port):
                if process.poll() is not None:
                    log.seek(0)
                    pytest.fail(f"{command[0]} ended: {log.read()[-2000:]}")
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait()


def _is_listening(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("kind", SLOW)
def test_behind_it_slow_connections_keep_nobody_from_unsubscribing(
    front: Front, kind: str
) -> None:
    with ExitStack() as stack:
        for _ in range(400):
            with suppress(OSError):
                stack.enter_context(
                    closing(front.connect(ATTACKER, SLOW[kind]))
                )
        assert front.unsubscribe() == 200


def test_behind_it_three_hundred_megabytes_get_nowhere(front: Front) -> None:
    process = psutil.Process(front.served.pid)
    memory, written = (
        process.memory_info().rss,
        process.io_counters().write_chars,
    )
    head = f"POST /subscribe HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 300000000\r\n\r\n"
    with closing(front.connect(ATTACKER, head.encode())) as one:
        with suppress(OSError):
            for _ in range(300):
                one.sendall(b"x" * 1_000_000)
        with suppress(OSError):
            said = answer(one)
            assert said == b"" or code_of(said) in TOO_LARGE
    assert process.memory_info().rss - memory < 20_000_000
    assert process.io_counters().write_chars - written < 5_000_000


def test_behind_it_events_come_and_forms_are_small(front: Front) -> None:
    assert (
        front.ask(post("/hooks/sendgrid", b"x" * 800_000)) == 403
    )  # read whole, and not signed
    assert front.ask(post("/subscribe", b"x" * 9_000)) in TOO_LARGE
    metrics = (
        f"GET /metrics HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
    )
    assert front.ask(metrics.encode()) in {403, 404}


def test_behind_it_nobody_hides_behind_made_up_addresses(front: Front) -> None:
    """The guard counts by the network that the web server sees (joining.PER_NETWORK an hour)."""
    codes = []
    for n in range(PER_NETWORK + 1):
        body = urlencode({"address": f"new{n}@r.example"}).encode()
        more = f"X-Forwarded-For: 198.51.{n}.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        codes.append(front.ask(post("/subscribe", body, more), "127.0.7.1"))
    assert codes[-1] == 429
