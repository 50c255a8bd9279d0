"""Opening of a transport by the name that the settings give it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digest.delivery.transports.outbox import Outbox
from digest.ports import Clock, Transport
from digest.settings import Delivery, Secrets


@contextmanager
def open_transport(
    name: str, delivery: Delivery, secrets: Secrets, outbox: Path, clock: Clock
) -> Iterator[Transport]:
    """Yield a transport by its name, and close it at the end.

    `outbox` is the folder that the outbox writes into. Raises TransportDown if a secret is missing.
    """
    # The SDK takes a third of a second to import; only those who use it wait for it.
    if name == "sendgrid":
        from digest.delivery.transports.sendgrid import SendgridTransport

        yield SendgridTransport(
            delivery.sendgrid, secrets.sendgrid_api_key, clock
        )
    elif name == "smtp":
        from digest.delivery.transports.smtp import SmtpTransport

        with SmtpTransport(
            delivery.smtp, secrets.smtp_password, clock, secrets.dkim_key
        ) as transport:
            yield transport
    else:
        yield Outbox(outbox, clock)
