"""Serving staff on this machine alone, until they press Ctrl-C."""

import socket
import webbrowser
from collections.abc import Callable

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Silent(WSGIRequestHandler):
    """Logs no request: their addresses hold tokens. Ends connections that rest for a minute."""

    timeout = 60  # seconds; each connection has a thread of its own

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002 # as it is called
        """Say what went wrong; that a connection rested is no news."""
        if "timed out" not in format:
            super().log_error(format, *args)


def serve_here(
    web: Flask, path: str, port: int, first: str, say: Callable[[str], None], what: str
) -> None:
    """Serve on loopback; say what is at which address, and open the browser at a path first.

    `first` is that path; "" opens none.
    A port that is taken, or 0, stands for any free one; `{}` in `what` for the address.
    """
    if port and _free(port):
        free = port
    else:
        free = 0
    server = make_server("127.0.0.1", free, web, threaded=True, request_handler=Silent)
    url = f"http://127.0.0.1:{server.server_port}{path}"
    say(what.format(url))
    if first:
        webbrowser.open(f"http://127.0.0.1:{server.server_port}{first}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("")
    finally:
        server.server_close()


def _free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
