"""Access: decorators of views that say which rights a page requires.

A view without a decorator requires an editor's rights. Put the decorator below the one that gives
the view its address:

    @blueprint.post("/<day:day>/approve")
    @requires(StaffRights.APPROVER)
    def approve_edition(day: date) -> ResponseReturnValue: ...
"""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app

from digest.model import StaffRights

View = TypeVar("View", bound=Callable[..., object])

_required_rights: dict[Callable[..., object], StaffRights] = {}
_open_views: set[Callable[..., object]] = set()


def requires(rights: StaffRights) -> Callable[[View], View]:
    """Restrict a page to members with these rights, or more."""

    def mark_view(view: View) -> View:
        _required_rights[view] = rights
        return view

    return mark_view


def without_login(view: View) -> View:
    """Open a page to anybody."""
    _open_views.add(view)
    return view


def is_open(endpoint: str | None) -> bool:
    """Return True if anybody may use a page."""
    if endpoint == "static":
        return True
    return _find_view(endpoint) in _open_views


def find_required_rights(endpoint: str | None) -> StaffRights:
    """Return the rights that a page requires."""
    view = _find_view(endpoint)
    if view is None:
        return StaffRights.EDITOR
    return _required_rights.get(view, StaffRights.EDITOR)


def _find_view(endpoint: str | None) -> Callable[..., object] | None:
    """Return the view of a page; None for an address that has none."""
    return current_app.view_functions.get(endpoint or "")
