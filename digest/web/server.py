"""Server of hosted applications: behind a proxy that does TLS, until stopped."""

import signal
import sys
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from digest.web.bounded import BodyLimit


def serve_hosted(
    web: Flask, host: str, port: int, proxy: str, body_limit: "BodyLimit"
) -> None:
    """Serve an application to many people; at SIGTERM, finish the requests in progress.

    `body_limit` returns for a path how many bytes a request's body may have.
    """
    # imported here, since a desk on one's own machine does not need it
    from digest.web.bounded import Limits, bounded_server

    # a container's first process ignores SIGTERM unless it has a handler (man 2 kill)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    bounded_server(web, host, port, proxy, body_limit, Limits()).run()
