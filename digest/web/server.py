"""Serving whoever a TLS proxy lets through, until told to stop."""

import signal
import sys
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from digest.web.bounded import BodyLimit


def serve_hosted(
    web: Flask, host: str, port: int, proxy: str, body_limit: "BodyLimit"
) -> None:
    """Serve an application as many people use it; what is being answered at SIGTERM is ended.

    `body_limit` says for a path how many bytes a request's body may have.
    """
    # here, since a desk on one's own machine goes without
    from digest.web.bounded import Limits, bounded_server

    # said, since a container's first process is deaf to it otherwise (man 2 kill)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    bounded_server(web, host, port, proxy, body_limit, Limits()).run()
