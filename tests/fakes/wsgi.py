"""A WSGI application of ours, really served on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from digest.web.local_server import SilentRequestHandler


@contextmanager
def served(web: Flask) -> Iterator[str]:
    """Serve an application; yield its address, without a slash at its end."""
    server = make_server(
        "127.0.0.1", 0, web, threaded=True, request_handler=SilentRequestHandler
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
