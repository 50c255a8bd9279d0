"""Serving whoever a TLS proxy on this machine lets through, until interrupted."""

import logging

from flask import Flask


def serve_hosted(web: Flask, host: str, port: int) -> None:
    """Serve an application as many people use it."""
    import waitress  # here, since a desk on one's own machine goes without

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a short queue is no news
    waitress.serve(
        web,
        host=host,
        port=port,
        threads=16,
        ident=None,
        # the proxy says who asks; nobody else is believed
        trusted_proxy="127.0.0.1",
        trusted_proxy_headers="x-forwarded-for x-forwarded-proto x-forwarded-host",
        clear_untrusted_proxy_headers=True,
    )
