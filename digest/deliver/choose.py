"""Which transport the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.deliver.outbox import Outbox
from digest.ports import Clock, Transport
from digest.settings import Delivery, Secrets


@contextmanager
def open_transport(
    delivery: Delivery, secrets: Secrets, outbox: Path, clock: Clock
) -> Iterator[Transport]:
    """Yield the transport named in the settings; `outbox` is where the outbox writes.

    Raises TransportDown if a secret is missing.
    """
    # The SDK takes a third of a second to import; only those who use it wait for it.
    if delivery.transport == "sendgrid":
        from digest.deliver.sendgrid import SendgridTransport

        yield SendgridTransport(delivery.sendgrid, secrets.sendgrid_api_key, clock)
    elif delivery.transport == "smtp":
        from digest.deliver.smtp import SmtpTransport

        with SmtpTransport(delivery.smtp, secrets.smtp_password, clock) as transport:
            yield transport
    else:
        yield Outbox(outbox, clock)
