"""Check: findings about an edition that a person should know before it is sent."""

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

from digest.edition import parts_of_lines
from digest.errors import DigestError, SettingsError
from digest.web.current import app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.model import Finding

#: How a finding names a line of the edition's Markdown.
LINE = re.compile(r"line (\d+)\b")

blueprint = Blueprint("check", __name__)


@blueprint.get("/<day:day>/check")
def show_check(day: date) -> str:
    """Show all findings; links are fetched only if asked for, since that takes seconds."""
    fetch_links = "links" in request.args
    return render_template(
        "check.html",
        day=day,
        here="check",
        found=app.preflight.list_findings(day, links=fetch_links),
        links=fetch_links,
        place=_anchor_finder(day),
    )


@blueprint.get("/<day:day>/findings")
def show_findings(day: date) -> str:
    """Show the panel beside the edition."""
    return render_template("findings.html", day=day, **panel_context(day))


def panel_context(day: date) -> dict[str, Any]:
    """Return the values of the side panel: findings that need no network, the last changes."""
    findings: list[Finding] = []
    problem = ""
    try:
        findings = app.preflight.list_findings(day, links=False, spam=False)
    except (DigestError, SettingsError) as error:
        problem = str(error)
    return {
        "found": findings,
        "broken": problem,
        "place": _anchor_finder(day),
        "changes": app.editions.list_revisions(day),
    }


@blueprint.app_template_filter("together")
def group_findings(
    findings: "Iterable[Finding]",
) -> "list[tuple[Finding, list[Finding]]]":
    """Group findings that say the same of several places: one of them, and all."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        text = (finding.severity, finding.what, finding.why, finding.how)
        groups.setdefault(text, []).append(finding)
    return [(group[0], group) for group in groups.values()]


def _anchor_finder(day: date) -> "Callable[[Finding], str]":
    """Return a function that finds the place on the edition's page that a finding is about."""

    @cache  # the edition is read only if a finding names a line
    def anchors_by_line() -> dict[int, str]:
        return parts_of_lines(app.editions.read_source(day))

    def find_anchor(finding: "Finding") -> str:
        match = LINE.match(finding.where)
        if match is None:
            return ""
        return anchors_by_line().get(int(match[1]), "")

    return find_anchor
