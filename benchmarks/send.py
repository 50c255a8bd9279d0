"""How fast an edition leaves, beside the bare SDK: ratios of one run on one machine.

    python benchmarks/send.py [recipients] [folder of the fakes]

Freezing an audience; handing it over to a fake SendGrid (20 ms an answer) with the ledger, and by
the bare SDK in eight threads without one; to an SMTP server (5 ms a reply); making one message.
The fakes are processes of their own, as the research note ran them.
"""

import json
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from urllib.request import Request, urlopen

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from sendgrid import SendGridAPIClient

from digest.app import App
from digest.delivery import EncodedEmail
from digest.infra.clock import utc_now
from digest.model import TOKEN_PLACEHOLDER, Recipient, SendSpec, Subscriber
from digest.settings import load_workspace
from tests.conftest import EDITION, FEEDS
from tests.desk_client import DAY

FAKES = (
    Path(__file__).parent.parent.parent / "shared" / "tools" / "fake_sendgrid"
)


@contextmanager
def serving(command: Callable[[int], list[str]]) -> Iterator[int]:
    """Run a server as a process, by the command for a port; yield the port once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def fake(script: Path, *options: str) -> AbstractContextManager[int]:
    """Run a fake as a process; yield its port."""
    return serving(
        lambda port: [sys.executable, str(script), str(port), *options]
    )


def stocked(folder: Path, env: dict[str, str], readers: int) -> App:
    """Return a working folder with an approved edition and so many readers."""
    (folder / "feeds.yaml").write_text(FEEDS.format(home="http://127.0.0.1:9"))
    app = App(load_workspace(folder, env))
    addresses = (f"reader{n}@example{n % 1000}.org" for n in range(readers))
    app.subscribers.add_people(
        Subscriber(a, consent_at=utc_now()) for a in addresses
    )
    app.editions.save_source(EDITION)
    app.approval.approve_edition(DAY, "the bench")
    return app


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return seconds by the clock, and of this process's processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def row(name: str, number: int, spent: tuple[float, float]) -> None:
    """Print a row of the table."""
    wall, cpu = spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"| {name} | {number / wall:,.0f} | {cpu / number * 1e6:.0f} | {peak} MB |",
        flush=True,
    )


def freezing(readers: int) -> None:
    """Time the freezing of an audience."""
    with (
        tempfile.TemporaryDirectory() as name,
        stocked(Path(name), {}, readers) as app,
    ):
        what = SendSpec("x", "sendgrid")
        row(
            "freezing an audience",
            readers,
            timed(
                lambda: app.store.deliveries.freeze_audience(
                    DAY, what, utc_now()
                )
            ),
        )


def certificate(folder: Path) -> list[str]:
    """Make a certificate for this machine that this process trusts; return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName(
        [x509.IPAddress(ip_address("127.0.0.1"))]
    )
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number()
    )
    made = made.not_valid_before(utc_now()).not_valid_after(
        utc_now() + timedelta(days=1)
    )
    signed = made.add_extension(here, critical=False).sign(key, hashes.SHA256())
    files = [folder / "cert.pem", folder / "key.pem"]
    files[0].write_bytes(signed.public_bytes(Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    # beside all the others, whose reading costs what it costs
    trusted = Path(ssl.get_default_verify_paths().openssl_cafile)
    several = trusted.read_bytes() if trusted.exists() else b""
    (folder / "trusted.pem").write_bytes(several + files[0].read_bytes())
    os.environ["SSL_CERT_FILE"] = str(folder / "trusted.pem")
    return [str(file) for file in files]


def sendgrid(readers: int, folder: Path, *, tls: bool = False) -> None:
    """Time `digest` and the bare SDK against the same fake."""
    with tempfile.TemporaryDirectory() as name:
        options = ["--tls", *certificate(Path(name))] if tls else []
        with fake(
            folder / "fake_sendgrid.py", "--latency-ms", "20", *options
        ) as port:
            against(f"http{'s' * tls}://127.0.0.1:{port}", Path(name), readers)


def against(url: str, folder: Path, readers: int) -> None:
    """Time both against one address."""
    over = " over TLS" if url.startswith("https") else ""
    env = {
        "DIGEST_DELIVERY__TRANSPORT": "sendgrid",
        "DIGEST_DELIVERY__SENDGRID__HOST": url,
        "DIGEST_DELIVERY__SENDGRID__RATE": "1,000,000 a second",
        "SENDGRID_API_KEY": "SG.bench",
    }
    with stocked(folder, env, readers) as app:
        spent = timed(lambda: bare(app, url, readers))
        row(f"bare SDK, dicts, 8 threads, no ledger{over}", readers, spent)
        urlopen(Request(f"{url}/_reset", method="POST")).read()
        spent = timed(lambda: app.sending.send_edition(DAY))
        row(f"digest, SendGrid, ledger and undo window{over}", readers, spent)
        urlopen(f"{url}/_flush").read()
        told = json.loads(urlopen(f"{url}/_stats").read())
        assert told["messages"] == readers, told


def bare(app: App, url: str, readers: int) -> None:
    """Post the same payloads by the SDK, knowing nothing of what becomes of them."""
    letter = app.editions.render_stored(DAY).letter
    content = [
        {"type": "text/plain", "value": letter.text},
        {"type": "text/html", "value": letter.html},
    ]

    def post(start: int) -> None:
        people = [
            {
                "to": [{"email": f"reader{n}@example{n % 1000}.org"}],
                "substitutions": {TOKEN_PLACEHOLDER: f"token{n}"},
                "headers": {
                    "List-Unsubscribe": f"<https://letter.example/u/token{n}>"
                },
            }
            for n in range(start, min(start + 1000, readers))
        ]
        api = SendGridAPIClient("SG.bench", host=url)
        body = {
            "personalizations": people,
            "from": {"email": "a@b.example"},
            "subject": "S",
        }
        assert api.send(body | {"content": content}).status_code == 202

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post, range(0, readers, 1000)))


def smtp(readers: int, folder: Path) -> None:
    """Time `digest` against an SMTP server that answers after 5 ms."""
    script = folder / "smtp_sink.py"
    with (
        fake(script, "--latency-ms", "5") as port,
        tempfile.TemporaryDirectory() as name,
    ):
        env = {
            "DIGEST_DELIVERY__TRANSPORT": "smtp",
            "DIGEST_DELIVERY__SMTP__HOST": "127.0.0.1",
            "DIGEST_DELIVERY__SMTP__PORT": str(port),
            "DIGEST_DELIVERY__SMTP__SECURITY": "none",
            "DIGEST_DELIVERY__SMTP__RATE": "1,000,000 a second",
            "DIGEST_DELIVERY__SMTP__CONNECTIONS": "8",
        }
        with stocked(Path(name), env, readers) as app:
            row(
                "digest, SMTP, 5 ms a reply",
                readers,
                timed(lambda: app.sending.send_edition(DAY)),
            )


def messages(readers: int) -> None:
    """Time making messages: ours, and as Python's library does."""
    with (
        tempfile.TemporaryDirectory() as name,
        stocked(Path(name), {}, 1) as app,
    ):
        letter = app.editions.render_stored(DAY).letter
    made = EncodedEmail(letter, utc_now())
    people = [
        Recipient(n, f"reader{n}@example.org", f"{n}.token")
        for n in range(readers)
    ]
    spent = timed(lambda: sum(len(made.bytes_for(p)) for p in people))
    row("one message, segments joined", readers, spent)

    def by_library(person: Recipient) -> bytes:
        message = EmailMessage()
        message["To"], message["Subject"] = person.address, letter.subject
        message.set_content(
            letter.text.replace(TOKEN_PLACEHOLDER, person.token)
        )
        message.add_alternative(
            letter.html.replace(TOKEN_PLACEHOLDER, person.token), subtype="html"
        )
        return message.as_bytes()

    spent = timed(lambda: sum(len(by_library(p)) for p in people[:200]))
    row("one message, email.message", 200, spent)


def main(readers: int, folder: Path) -> None:
    """Print the table."""
    print(
        "| what | recipients/s | CPU, µs each | peak memory |\n| --- | --- | --- | --- |"
    )
    messages(20_000)
    sendgrid(readers, folder)
    sendgrid(readers, folder, tls=True)
    smtp(min(readers, 20_000), folder)
    freezing(max(readers, 1_000_000))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 100_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else FAKES,
    )
