"""Newsletter paths: the first part of an address says which newsletter a page is of.

`/clips/2026-12-04/finds` is the page `/2026-12-04/finds` of the newsletter `clips`. The key is taken
off before routes are looked up, and becomes a part of where the application is mounted (PEP 3333:
SCRIPT_NAME), so that `url_for` puts it in front again: views and templates do not know of it. Pages
of the root newsletter answer with its key too, and link to each other without it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, request
from werkzeug.utils import redirect

from digest.model import ROOT_NEWSLETTER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    BodyLimit = Callable[[str], int]

#: Names in the environment of a request: the key in its address, and where the site is mounted.
NAMED_NEWSLETTER = "digest.newsletter"
SITE_ROOT = "digest.site_root"


@dataclass(frozen=True, slots=True)
class SplitPath:
    """A path, split into the newsletter that it names and the page."""

    newsletter: str  #: its key; "" if the path names none
    page: str


class NewsletterPaths:
    """WSGI middleware: takes the key of a newsletter off the path, and remembers it."""

    def __init__(
        self, application: "WSGIApplication", keys: Collection[str]
    ) -> None:
        self._application = application
        self._keys = frozenset(keys)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        """Answer a request, as the application does."""
        path = environ.get("PATH_INFO", "")
        mounted_at = environ.get("SCRIPT_NAME", "")
        if path.removeprefix("/") in self._keys:
            to_folder = redirect(f"{mounted_at}{path}/", 308)
            return to_folder(environ, start_response)
        split = split_path(path, self._keys)
        environ[SITE_ROOT] = mounted_at
        environ[NAMED_NEWSLETTER] = split.newsletter
        environ["PATH_INFO"] = split.page
        environ["SCRIPT_NAME"] = mounted_at + _prefix_of(split.newsletter)
        return self._application(environ, start_response)


def add_newsletter_paths(web: "Flask", keys: Collection[str]) -> None:
    """Let an application answer for each of these newsletters, and its templates link to them."""
    middleware = NewsletterPaths(web.wsgi_app, keys)
    web.jinja_env.globals["url_in_newsletter"] = url_in_newsletter
    web.jinja_env.globals["home_of_newsletter"] = home_of_newsletter
    web.wsgi_app = middleware  # type: ignore[method-assign] # as Flask documents it


def split_path(path: str, keys: Collection[str]) -> SplitPath:
    """Split a path into the newsletter that it names, if it is one of these, and the page."""
    for key in keys:
        if path.startswith(f"/{key}/"):
            return SplitPath(key, path.removeprefix(f"/{key}"))
    return SplitPath("", path)


def limit_bodies(body_limit: "BodyLimit", keys: Collection[str]) -> "BodyLimit":
    """Return a limit for bodies that is the same with a newsletter in front of the path."""

    def limit_of_page(path: str) -> int:
        return body_limit(split_path(path, keys).page)

    return limit_of_page


def named_newsletter() -> str:
    """Return the key of the newsletter that the request's address names; "" if none."""
    key: str = request.environ.get(NAMED_NEWSLETTER, "")
    return key


def url_in_newsletter(
    key: str, endpoint: str, *, external: bool = False, **values: object
) -> str:
    """Return the address of a page of another newsletter; "" stands for none.

    Pages that all newsletters share, such as the login, have their address without one.
    """
    mounted_at = request.environ.get(SITE_ROOT, request.script_root)
    adapter = current_app.url_map.bind(
        request.host,
        script_name=mounted_at + _prefix_of(key),
        url_scheme=request.scheme,
    )
    return adapter.build(endpoint, values, force_external=external)


def home_of_newsletter(key: str) -> str:
    """Return the first address of a newsletter, which names it even if it is the root one."""
    mounted_at = request.environ.get(SITE_ROOT, request.script_root)
    return f"{mounted_at}/{key}/"


def _prefix_of(key: str) -> str:
    if key in ("", ROOT_NEWSLETTER):
        return ""
    return f"/{key}"
