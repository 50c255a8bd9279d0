"""Newsletter choice: which newsletter, and which of its editions, a command is for.

A command that works on one newsletter has the decorator `pass_newsletter_app`, which adds the
option --newsletter and passes the App for the newsletter that was named.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from digest.cli.common import EditionDate, Failure, errors_as_failures
from digest.errors import NotFound, SettingsError

if TYPE_CHECKING:
    from digest.app import App

#: Says of a command's options whether it needs a newsletter's name where there are several.
NamingRule = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class NamedEdition:
    """An edition as a person names it: by its date, in front of that its newsletter's key or not."""

    newsletter: str  #: "" if only the date was given
    day: date


class EditionParameter(EditionDate):
    """An edition's name: 2026-02-27, or clips/2026-02-27 where there are several newsletters."""

    def parse_text(self, text: str) -> NamedEdition:
        """Return the edition that a text names. Raises ValueError."""
        newsletter, slash, day = text.rpartition("/")
        if slash and not newsletter:
            raise ValueError(text)
        return NamedEdition(newsletter, date.fromisoformat(day))


def complete_newsletter(
    context: click.Context, _param: click.Parameter, begun: str
) -> list[CompletionItem]:
    """Return the keys that begin so; none if feeds.yaml has errors."""
    from digest.settings import load_workspace

    try:
        settings = load_workspace(context.find_root().params["folder"]).settings
    except SettingsError:
        return []
    return [
        CompletionItem(one.key, help=one.title)
        for one in settings.newsletters
        if one.key.startswith(begun)
    ]


edition_argument = click.argument(
    "edition", type=EditionParameter(), required=False
)
newsletter_option = click.option(
    "--newsletter",
    metavar="KEY",
    shell_complete=complete_newsletter,
    help="The newsletter, if there are several, by its key in feeds.yaml.",
)


def in_any_case(_options: Mapping[str, Any]) -> bool:
    """Return that the newsletter must be named: the command changes or sends something."""
    return True


def in_no_case(_options: Mapping[str, Any]) -> bool:
    """Return that no newsletter need be named: the command only shows."""
    return False


def if_given(*names: str) -> NamingRule:
    """Return the rule that the newsletter must be named if any of these options is given."""

    def is_any_given(options: Mapping[str, Any]) -> bool:
        return any(options[name] for name in names)

    return is_any_given


def unless_given(*names: str) -> NamingRule:
    """Return the rule that the newsletter must be named unless one of these options is given."""

    def is_none_given(options: Mapping[str, Any]) -> bool:
        return not any(options[name] for name in names)

    return is_none_given


def pass_newsletter_app(
    must_be_named: NamingRule,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator that passes a command the App for a newsletter as its first argument.

    It adds --newsletter. Parameters of the type EditionParameter are passed on as dates. With
    one newsletter nothing needs a name.
    """

    def open_for_command(command: Callable[..., Any]) -> Callable[..., Any]:
        @click.pass_context
        def run_with_app(
            context: click.Context,
            /,
            *args: Any,
            newsletter: str | None,
            **options: Any,
        ) -> Any:
            from digest.app import App
            from digest.settings import load_workspace

            with (
                errors_as_failures(),
                App(load_workspace(context.obj.folder)) as app,
            ):
                chosen = choose_app(
                    app,
                    newsletter,
                    _find_named_edition(options),
                    must_be_named=must_be_named(options),
                )
                named = _find_named_edition(options)
                is_unsaid = not newsletter and not (named and named.newsletter)
                if is_unsaid and not context.obj.quiet:
                    _say_which_is_shown(chosen, named)
                passed = {
                    name: _to_date(value) for name, value in options.items()
                }
                return context.invoke(command, chosen, *args, **passed)

        return newsletter_option(update_wrapper(run_with_app, command))

    return open_for_command


def list_apps(app: "App", newsletter: str | None) -> "tuple[App, ...]":
    """Return the services for the newsletter that is named, or for each if none is.

    Raises Failure if there is none of that key.
    """
    if newsletter:
        return (_app_for(app, newsletter),)
    return app.newsletters


def choose_app(
    app: "App",
    newsletter: str | None,
    edition: NamedEdition | None,
    *,
    must_be_named: bool,
) -> "App":
    """Return the services for the newsletter that is named, by its key or by an edition.

    A date that only one newsletter has an edition of names it as well. Where none is named and
    none must be, it is the default one. Raises Failure.
    """
    keys = {newsletter, edition and edition.newsletter} - {None, ""}
    if len(keys) > 1:
        raise click.UsageError(
            f"--newsletter says {newsletter}, the edition is one of "
            f"{edition and edition.newsletter}: give one of them"
        )
    for key in keys:
        return _app_for(app, str(key))
    if len(app.settings.newsletters) == 1:
        return app
    holders = _find_holders(app, edition)
    if len(holders) == 1:
        return holders[0]
    if must_be_named:
        raise Failure(_say_what_to_name(app, edition, holders), 2)
    if holders and app not in holders:
        return holders[0]
    return app


def _say_which_is_shown(app: "App", edition: NamedEdition | None) -> None:
    """Say on standard error which of several newsletters a command is for that named none.

    Nothing is said where only one has an edition of the date that was given.
    """
    if not app.settings.has_several_newsletters:
        return
    if edition and len(_find_holders(app, edition)) == 1:
        return
    newsletter = app.settings.newsletter
    click.secho(
        f"this is {newsletter.key} ({newsletter.title}); --newsletter names another",
        err=True,
        dim=True,
    )


def _app_for(app: "App", key: str) -> "App":
    """Return the services for a newsletter. Raises Failure, as wrong usage, if there is none."""
    try:
        return app.for_newsletter(key)
    except NotFound as error:
        raise Failure(str(error), 2) from error


def _find_holders(app: "App", edition: NamedEdition | None) -> "list[App]":
    """Return the services for the newsletters that have an edition of a date."""
    if edition is None:
        return []
    return [
        one for one in app.newsletters if one.editions.has_edition(edition.day)
    ]


def _say_what_to_name(
    app: "App", edition: NamedEdition | None, holders: "list[App]"
) -> str:
    """Return the message that a newsletter must be named, with what can be."""
    if edition and holders:
        names = " and ".join(
            one.settings.name_edition(edition.day) for one in holders
        )
        return f"{names} have this date: give one of them as EDITION, or --newsletter"
    keys = ", ".join(one.key for one in app.settings.newsletters)
    example = app.newsletters[0].settings.name_edition(date(2026, 2, 27))
    return (
        f"there are several newsletters: give --newsletter with one of {keys}, "
        f"or an edition as {example}"
    )


def _find_named_edition(options: Mapping[str, Any]) -> NamedEdition | None:
    """Return the edition that a command's options name, if any."""
    for value in options.values():
        if isinstance(value, NamedEdition):
            return value
    return None


def _to_date(value: Any) -> Any:
    """Return the date of a named edition, any other value as it is."""
    if isinstance(value, NamedEdition):
        return value.day
    return value
