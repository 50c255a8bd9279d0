"""Serving staff on this machine alone, until they press Ctrl-C."""

import webbrowser
from collections.abc import Callable

from flask import Flask
from werkzeug.serving import make_server

from digest.web.public import Silent


def serve_here(
    web: Flask, path: str, port: int, open_it: bool, say: Callable[[str], None], what: str
) -> None:
    """Serve on loopback; say what is at which address, and open the browser first if asked.

    Port 0 is any free one; `{}` in `what` stands for the address.
    """
    server = make_server("127.0.0.1", port, web, threaded=True, request_handler=Silent)
    url = f"http://127.0.0.1:{server.server_port}{path}"
    say(what.format(url))
    if open_it:
        webbrowser.open(url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("")
    finally:
        server.server_close()
