"""Settings review: what is wrong around feeds.yaml that the file alone does not show.

It looks at the saved blocks that it names, at the sections that nothing can be in, and at the
passwords of mailboxes. Opens no database, and writes nothing.
"""

from collections.abc import Iterator
from pathlib import Path

from digest.edition.saved_blocks import read_block
from digest.errors import EditionError
from digest.model import FOLLOWING, IN_THE_NEWS
from digest.services.blocks import FOLDER, SUFFIX
from digest.settings import (
    Newsletter,
    SectionRule,
    Settings,
    Workspace,
    locate_keys,
)
from digest.settings.explain import KeyPath

#: Places of saved blocks in the settings of a newsletter.
BLOCK_PLACES = ("top", "between", "end")


def find_wrong_blocks(workspace: Workspace) -> list[str]:
    """Return the saved blocks of feeds.yaml that are missing or broken, each with its line."""
    wrong: dict[KeyPath, str] = {}
    for path, name in _blocks_of(workspace.settings):
        problem = _find_problem(workspace.folder, name)
        if problem:
            wrong[path] = problem
    return _with_lines(workspace.folder, wrong)


def find_idle_sections(workspace: Workspace) -> list[str]:
    """Return the sections that no topic leads to, so that a draft leaves them empty."""
    idle: dict[KeyPath, str] = {}
    settings = workspace.settings
    for index, newsletter in enumerate(settings.newsletters):
        rules = settings.for_newsletter(newsletter.key).sections
        for rule in rules:
            if _is_idle(rule, rules, settings):
                path = _path_of_section(settings, index, newsletter, rule)
                idle[path] = (
                    f"no topic leads to the section {rule.key!r}, so that a draft leaves it empty; "
                    "give it topics, or a topic this section"
                )
    return _with_lines(workspace.folder, idle)


def find_missing_passwords(workspace: Workspace) -> list[str]:
    """Return the mailboxes whose password is not in the environment, with the variable to set."""
    passwords = workspace.secrets.mail_passwords
    missing: dict[KeyPath, str] = {}
    for index, source in enumerate(workspace.settings.sources.mail):
        if source.path or passwords.get(source.name):
            continue
        own_variable, shared_variable = source.password_variables
        missing["sources", "mail", index] = (
            f"the mailbox {source.name!r} cannot be read: its password is missing; set {own_variable} "
            f"(or {shared_variable}, for all mailboxes) in .env or in the environment, best to an app "
            "password of the mail provider"
        )
    return _with_lines(workspace.folder, missing)


def find_missing_languages(workspace: Workspace) -> list[str]:
    """Return the languages of newsletters that lack words, with the line of each in feeds.yaml."""
    missing: dict[KeyPath, str] = {}
    for index, newsletter in enumerate(workspace.settings.newsletters):
        language = newsletter.language
        texts = list_missing_words(workspace, language)
        if texts:
            path = (*_path_of_newsletter(workspace.settings, index), "language")
            missing[path] = (
                f"{len(texts)} of the program's own texts have no translation into {language!r}, such as "
                f"{texts[0]!r}, and readers get them in English; `digest templates translate "
                f"{language}` writes a file for them"
            )
    return _with_lines(workspace.folder, missing)


def list_missing_words(workspace: Workspace, language: str) -> list[str]:
    """Return the texts of shipped and own templates that a language has no translation of."""
    from digest.infra.catalogue_review import (
        list_missing_texts,
        list_texts_of_templates,
    )

    if language.partition("-")[0] == "en":
        return []
    own_texts = list_texts_of_templates(workspace.templates_folder)
    return list_missing_texts(language, workspace.locale_folder, own_texts)


def _with_lines(folder: Path, texts: dict[KeyPath, str]) -> list[str]:
    places = locate_keys(folder, texts)
    return [
        f"{place}: {text}"
        for place, text in zip(places, texts.values(), strict=True)
    ]


def _blocks_of(settings: Settings) -> Iterator[tuple[KeyPath, str]]:
    """Yield the names of all saved blocks in feeds.yaml, with their paths."""
    for index, newsletter in enumerate(settings.newsletters):
        path = _path_of_newsletter(settings, index)
        for place in BLOCK_PLACES:
            names = getattr(newsletter.blocks, place)
            for number, name in enumerate(names):
                yield (*path, "blocks", place, number), name


def _find_problem(folder: Path, name: str) -> str:
    """Return what is wrong with a saved block; "" if nothing is."""
    file = folder / FOLDER / f"{name}{SUFFIX}"
    place = f"{FOLDER}/{name}{SUFFIX}"
    try:
        read_block(name, file.read_bytes().decode())
    except FileNotFoundError:
        return f"there is no saved block {name!r}: {place} is missing"
    except UnicodeDecodeError as error:
        return f"{place}: expected UTF-8 text, byte {error.start} is not"
    except OSError as error:
        return f"{place}: cannot be read ({error.strerror})"
    except EditionError as error:
        return str(error)
    return ""


def _is_idle(
    rule: SectionRule, rules: tuple[SectionRule, ...], settings: Settings
) -> bool:
    """Return whether no article can be in a section, unless a person files it there.

    The rules are those of `digest.relevance.sections`.
    """
    if rule.topics or rule.key in (IN_THE_NEWS, FOLLOWING):
        return False
    listed_topics = {topic for other in rules for topic in other.topics}
    return not any(
        topic.section == rule.key and topic.name not in listed_topics
        for topic in settings.topics
    )


def _path_of_newsletter(settings: Settings, index: int) -> KeyPath:
    if settings.only_newsletter:
        return ("newsletter",)
    return ("newsletters", index)


def _path_of_section(
    settings: Settings,
    index: int,
    newsletter: Newsletter,
    rule: SectionRule,
) -> KeyPath:
    """Return the path of a section: in its newsletter, or among those that all share."""
    for number, section in enumerate(newsletter.sections):
        if section == rule:
            return (
                *_path_of_newsletter(settings, index),
                "sections",
                number,
            )
    shared_keys = [section.key for section in settings.shared_sections]
    return ("sections", shared_keys.index(rule.key))
