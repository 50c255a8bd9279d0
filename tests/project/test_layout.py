"""Layout of the tests: whoever looks for the tests of a module finds them by its path.

The tests of `digest/store/deliveries.py` are in `tests/store/test_deliveries.py`, those of a package's own
`digest/web/desk/__init__.py` in `tests/web/desk/test_desk.py`. Modules without a file of their own are
tested with what uses them: the table says where.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Folders whose tests mirror no module: the whole line, the browser, the project itself.
FREE = ("journeys", "browser", "project")
#: Modules and folders, and where what has no file of its own is tested. The longest name counts.
TESTED_IN = {
    "app": "journeys/test_week.py",
    "audience": "audience/test_sheet_import.py",
    "cli": "cli/test_cli.py",
    "cli/past_clips_preview": "cli/test_past_clips.py",
    "cli/sending": "cli/test_sending.py",
    "collect": "services/test_feeds.py",
    "collect/feeds": "collect/feeds/test_parse.py",
    "collect/http": "collect/http/test_fetch.py",
    "collect/mail": "collect/mail/test_mail_links.py",
    "collect/mail/late_links": "collect/mail/test_whole_mails.py",
    "collect/mail/mail_stories": "collect/mail/test_whole_mails.py",
    "collect/mail/purpose": "collect/mail/test_whole_mails.py",
    "collect/mail/story_units": "collect/mail/test_whole_mails.py",
    "collect/pages": "collect/pages/test_newspaper.py",
    "collect/parse_timeout": "journeys/test_hostile_press.py",
    "collect/sheets": "collect/sheets/test_clip_sheet.py",
    "delivery": "delivery/test_sender.py",
    "delivery/bounces": "services/test_returned_mail.py",
    "delivery/domain_check": "delivery/domain_check/test_domain_check.py",
    "delivery/manifest": "cli/test_sending.py",
    "delivery/return_path": "services/test_returned_mail.py",
    "delivery/transports": "delivery/test_sender.py",
    "delivery/transports/sendgrid_webhook": "web/public/test_webhooks.py",
    "demo": "cli/test_cli.py",
    "edition": "edition/test_markdown.py",
    "edition/draft": "services/test_articles.py",
    "edition/image_checks": "infra/test_images.py",
    "errors": "cli/test_cli.py",
    "infra": "journeys/test_week.py",
    "infra/job_queue": "jobs/test_tasks.py",
    "infra/logging": "infra/test_time_format.py",
    "infra/sheets": "audience/test_sheet_import.py",
    "infra/sheets/cell_links": "collect/sheets/test_clip_sheet.py",
    "infra/tracing": "jobs/test_tasks.py",
    "jobs": "jobs/test_tasks.py",
    "model": "journeys/test_week.py",
    "ports": "infra/test_process_pool.py",
    "preflight": "services/test_preflight.py",
    "relevance": "relevance/test_mentions.py",
    "render": "render/test_render.py",
    "services": "journeys/test_week.py",
    "services/first_version": "journeys/test_edition_life.py",
    "services/publishing": "journeys/test_edition_life.py",
    "services/sending": "services/test_sending.py",
    "settings": "settings/test_load.py",
    "store": "journeys/test_edition_life.py",
    "store/schema": "project/test_house.py",
    "store/tables": "store/tables/test_tables.py",
    "web": "web/test_server.py",
    "web/desk": "web/desk/test_desk.py",
    "web/desk/login": "services/test_staff.py",
    "web/desk/oidc": "services/test_staff.py",
    "web/public": "web/public/test_public.py",
}


def modules() -> list[Path]:
    """Return the modules that define something, by their paths within the package."""
    package = ROOT / "digest"
    files = (f for f in package.rglob("*.py") if "migrations" not in f.parts)
    return sorted(f.relative_to(package) for f in files if defines_something(f))


def defines_something(file: Path) -> bool:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    body = ast.parse(file.read_text("utf-8")).body
    return any(isinstance(statement, definitions) for statement in body)


def own_tests(module: Path) -> Path:
    """Return the test file at a module's own path, whether it is there or not."""
    if module.name == "__init__.py":
        return module.parent / f"test_{module.parent.name}.py"
    return module.with_name(f"test_{module.name}")


def place_of_tests(module: Path) -> Path | None:
    """Return where a module is tested, None if nobody says."""
    if (ROOT / "tests" / own_tests(module)).exists():
        return own_tests(module)
    for path in (module.with_suffix(""), *module.parents):
        if path.as_posix() in TESTED_IN:
            return Path(TESTED_IN[path.as_posix()])
    return None


def test_each_module_has_tests_somebody_can_find() -> None:
    lost = [
        module.as_posix()
        for module in modules()
        if not (where := place_of_tests(module))
        or not (ROOT / "tests" / where).exists()
    ]
    assert lost == [], (
        "give them a test file at their path, or a line in TESTED_IN"
    )


def test_each_test_file_mirrors_a_module() -> None:
    mirrors = {own_tests(module).as_posix() for module in modules()}
    files = (
        f.relative_to(ROOT / "tests")
        for f in (ROOT / "tests").rglob("test_*.py")
    )
    strangers = [
        file.as_posix()
        for file in files
        if file.parts[0] not in FREE
        and file.as_posix() not in mirrors | set(TESTED_IN.values())
    ]
    assert strangers == [], (
        "name them for their module, or put them into journeys/"
    )


def test_the_table_of_places_names_what_is_there() -> None:
    package = ROOT / "digest"
    gone = [
        name
        for name in TESTED_IN
        if not (package / name).is_dir()
        and not (package / f"{name}.py").exists()
    ]
    assert gone == []
