"""Serving whoever a TLS proxy lets through, until told to stop."""

import logging
import signal
import sys

from flask import Flask


def serve_hosted(web: Flask, host: str, port: int, proxy: str) -> None:
    """Serve an application as many people use it; what is being answered at SIGTERM is ended."""
    import waitress  # here, since a desk on one's own machine goes without

    # said, since a container's first process is deaf to it otherwise (man 2 kill)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is no news
    waitress.serve(
        web,
        host=host,
        port=port,
        threads=16,
        ident=None,
        # the proxy says who asks; nobody else is believed
        trusted_proxy=proxy,
        trusted_proxy_headers="x-forwarded-for x-forwarded-proto x-forwarded-host",
        clear_untrusted_proxy_headers=True,
    )
