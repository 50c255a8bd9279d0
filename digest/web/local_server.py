"""Server for this machine alone: on loopback, until its user presses Ctrl-C."""

import socket
import webbrowser
from collections.abc import Callable

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

LOOPBACK = "127.0.0.1"


class SilentRequestHandler(WSGIRequestHandler):
    """Logs no request, since their addresses hold tokens; ends connections idle for a minute."""

    timeout = 60  # seconds; each connection has a thread of its own

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002 # as it is called
        """Log errors, apart from idle connections that were ended."""
        if "timed out" not in format:
            super().log_error(format, *args)


def serve_locally(
    web: Flask,
    path: str,
    port: int,
    say: Callable[[str], None],
    message: str,
    *,
    browser_path: str = "",
) -> None:
    """Serve on loopback; print `message`, its `{}` replaced by the address of `path`.

    The browser is opened at `browser_path`, unless that is empty. If `port` is taken, or 0, any
    free one is used.
    """
    if port and not _is_free(port):
        port = 0
    server = make_server(
        LOOPBACK, port, web, threaded=True, request_handler=SilentRequestHandler
    )
    origin = f"http://{LOOPBACK}:{server.server_port}"
    say(message.format(f"{origin}{path}"))
    if browser_path:
        webbrowser.open(f"{origin}{browser_path}")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("")  # the line on which the terminal shows ^C ends here
    finally:
        server.server_close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
