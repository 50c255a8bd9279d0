"""How the house is kept: layers, migrations, the shipped files."""

import ast
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from digest.errors import DigestError
from digest.model import Article
from digest.store import Store
from digest.store.schema import HEAD
from digest.store.tables import metadata
from tests.project.readability import lines_of_code

ROOT = Path(__file__).parents[2]
MAX_LINES = 400


@pytest.mark.slow  # `make check` runs it too
def test_imports_go_down_only() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run(
        [lint], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_only_services_reach_the_store() -> None:
    """Commands, pages, jobs and the demo call services; `App.store` is not for them."""
    reaching = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("cli", "web", "jobs", "demo")
        for path in sorted((ROOT / "digest" / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"(?<!digest)\.store\b", line)
    ]
    assert not reaching, "\n".join(reaching)


def test_a_migrated_database_is_the_one_the_tables_describe(
    tmp_path: Path,
) -> None:
    """Column by column, index by index: nothing was forgotten in a migration."""
    Store("sqlite:///migrated.db", tmp_path).close()
    fresh = create_engine("sqlite://")
    metadata.create_all(fresh)
    migrated = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    assert _shape(migrated) == _shape(fresh)
    migrated.dispose()
    fresh.dispose()


def _shape(engine) -> dict:
    found = inspect(engine)
    tables = set(found.get_table_names()) - {"alembic_version"}
    return {
        t: (
            sorted(
                (c["name"], str(c["type"]), c["nullable"], c["default"])
                for c in found.get_columns(t)
            ),
            sorted(
                (i["name"], i["column_names"]) for i in found.get_indexes(t)
            ),
            sorted(f["constrained_columns"] for f in found.get_foreign_keys(t)),
            found.get_pk_constraint(t)["constrained_columns"],
        )
        for t in tables
    }


def test_the_head_is_the_newest_migration() -> None:
    newest = max(
        p.name
        for p in (ROOT / "digest/store/migrations/versions").glob("0*.py")
    )
    assert newest.startswith(HEAD)


def test_a_database_of_the_first_version_keeps_what_it_holds(
    tmp_path: Path,
) -> None:
    """Feeds with their failures, articles, and what hangs on them, through every migration."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text

    config = Config()
    config.set_main_option(
        "script_location", str(ROOT / "digest/store/migrations")
    )
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO feed (url, outlet, failures, error) VALUES ('u', 'C', 2, 'x')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO article (id, key, outlet, title, authors, first_seen)"
                " VALUES (7, 'k', 'C', 'A headline', '[\"Ada\"]', '2026-02-26 09:00:00.000000')"
            )
        )
    engine.dispose()
    store = Store("sqlite:///x.db", tmp_path)
    assert store.feeds.get_feeds()["u"].failures == 2
    assert [
        a.title
        for a in store.feeds.find_known_articles([Article("k", "", "C", "")])
    ] == ["A headline"]
    store.close()


def test_a_migration_that_ends_early_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a kill in its midst would leave half made could never be finished."""
    from alembic import command

    def upgrade_and_stop(config, revision: str) -> None:
        whole(config, "0001")
        raise KeyboardInterrupt

    whole = command.upgrade
    monkeypatch.setattr(command, "upgrade", upgrade_and_stop)
    with pytest.raises(KeyboardInterrupt):
        Store("sqlite:///x.db", tmp_path)
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    assert inspect(engine).get_table_names() == []
    engine.dispose()
    monkeypatch.undo()
    Store("sqlite:///x.db", tmp_path).close()


def test_a_database_of_a_newer_digest_is_left_alone(tmp_path: Path) -> None:
    from sqlalchemy import text

    Store("sqlite:///x.db", tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DigestError, match="written by a newer digest"):
        Store("sqlite:///x.db", tmp_path)


def test_the_lock_pins_everything_and_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "http" not in lock.replace("http-client", "").replace(
        "aiohttp", ""
    ).replace("httpcore", "")
    assert "--index" not in lock
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [
        d.split(">")[0].lower().replace("_", "-").replace(".", "-")
        for d in project["dependencies"]
    ]
    pinned = {
        line.split("==")[0].replace("_", "-").replace(".", "-")
        for line in lock.splitlines()
        if "==" in line
    }
    assert [n for n in names if n not in pinned] == []


def test_each_file_can_be_read_in_one_sitting() -> None:
    long = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "digest").rglob("*.py"))
        if _may_be_long(file) and _count_lines_of_code(file) > MAX_LINES
    ]
    assert long == []


def _count_lines_of_code(file: Path) -> int:
    return len(lines_of_code(file, ast.parse(file.read_text())))


def _may_be_long(file: Path) -> bool:
    """Say whether a file has so many lines of any kind: to count those of code takes longer."""
    return file.read_text().count("\n") > MAX_LINES


@pytest.mark.slow
def test_the_wheel_works_alone(tmp_path: Path) -> None:
    """Built, installed in an empty environment, run from another folder."""
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "-o",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    install = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "-r",
        ROOT / "requirements.lock",
        "--no-deps",
    ]
    subprocess.run(
        [*install, "--require-hashes"], check=True, capture_output=True
    )
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-deps", wheel],
        check=True,
        capture_output=True,
    )
    work = tmp_path / "work"
    work.mkdir()
    command = f"{python.parent / 'digest'} init && {python.parent / 'digest'} demo --no-open"
    done = subprocess.run(
        command,
        shell=True,
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "25 accepted" in done.stdout
    assert not (work / "templates").exists()


#: Folders whose modules stand side by side: within a layer one name means one thing.
STAGES = (
    "audience",
    "collect",
    "delivery",
    "edition",
    "preflight",
    "relevance",
    "render",
)


def test_no_two_stages_have_modules_of_one_name() -> None:
    modules: dict[str, list[str]] = {}
    for stage in STAGES:
        for file in sorted((ROOT / "digest" / stage).rglob("*.py")):
            if file.stem != "__init__":
                path = str(file.relative_to(ROOT))
                modules.setdefault(file.stem, []).append(path)
    repeated = {
        stem: paths for stem, paths in modules.items() if len(paths) > 1
    }
    assert repeated == {}


def test_every_folder_of_the_package_is_in_the_map() -> None:
    """docs/architecture.md has a line for every folder."""
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    folders = {
        str(file.parent.relative_to(ROOT))
        for file in (ROOT / "digest").rglob("*.py")
    }
    missing = [
        folder for folder in sorted(folders) if f"`{folder}/`" not in text
    ]
    assert missing == [
        "digest/store/migrations",
        "digest/store/migrations/versions",
    ]
