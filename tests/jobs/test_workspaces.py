"""Several organisations in one database: apart from each other, and from each other's trouble."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from digest.app import App
from digest.errors import DigestError, SettingsError
from digest.infra.job_queue import libpq_url
from digest.jobs.due_jobs import DueJobs
from digest.jobs.tasks import Tasks
from digest.jobs.workspaces import Workspaces
from digest.model import DeliveryState
from digest.settings import load_workspace
from digest.store.tables import metadata
from tests.conftest import FEEDS
from tests.fakes.sendgrid import FakeSendgrid
from tests.fakes.web import Answer, FakeWeb
from tests.jobs.conftest import TODAY, chapter, filled, ready
from tests.jobs.test_tasks import until, work

# Workspaces


def everything(app: App) -> None:
    """Use most of what asks the database."""
    app.articles.analyse_new()
    app.subscribers.suppress_address("gone@r.example", "asked")
    app.subscribers.unsubscribe_address(
        f"reader0@{app.workspace.folder.name}.example"
    )
    app.sending.plan_send(TODAY)
    app.sending.enqueue_send(TODAY)
    work(app.workspace.folder)
    app.reconciliation.reconcile_edition(TODAY)
    app.status.describe_work()
    app.retention.delete_expired()
    list(app.store.subscribers.iterate_subscribers())
    app.store.get_status()


def test_no_query_of_one_organisation_crosses_to_another(
    tmp_path: Path, opened: list[App], url: str, sendgrid: FakeSendgrid
) -> None:
    """Every table that is named is one's own; public ones are the engine's, and hold no words."""
    folders = [chapter(tmp_path, name, url) for name in ("north", "south")]
    north, south = (ready(filled(f, 5, sendgrid.env)) for f in folders)
    opened += [north, south]
    asked: list[str] = []
    event.listen(
        north.store._database_engine,
        "before_cursor_execute",
        lambda _c, _k, statement, *_: asked.append(statement),
    )
    before = south.store.get_status()["rows"]
    asked.clear()
    everything(north)
    tables = {t.name for t in metadata.sorted_tables}
    named = [
        (schema, table)
        for statement in asked
        for schema, table in re.findall(
            r"(?:FROM|JOIN|INTO|UPDATE)\s+(?:(\w+)\.)?(\w+)", statement, re.I
        )
        if table in tables
    ]
    assert len(named) > 100
    assert {schema for schema, _ in named} == {"north"}
    assert south.store.get_status()["rows"] == before
    assert south.store.deliveries.get_send_spec(TODAY) is None


def test_a_role_of_one_schema_can_do_everything(
    tmp_path: Path, opened: list[App], url: str, sendgrid: FakeSendgrid
) -> None:
    """PostgreSQL itself refuses whatever would cross."""
    folders = [chapter(tmp_path, name, url) for name in ("north", "south")]
    opened += [ready(filled(f, 5, sendgrid.env)) for f in folders]
    role = f"only_north_{os.getpid()}"
    with psycopg.connect(libpq_url(url), autocommit=True) as c:
        c.execute(f"""
            DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN;
            GRANT USAGE ON SCHEMA north, public TO {role};
            GRANT ALL ON ALL TABLES IN SCHEMA north, public TO {role};
            GRANT ALL ON ALL SEQUENCES IN SCHEMA north, public TO {role}""")
    own = url.replace("postgres:", f"{role}:", 1)
    assert own != url
    app = App(load_workspace(folders[0], {"DIGEST_DATABASE": own}))
    opened.append(app)
    app.sending.enqueue_send(TODAY)
    everything_but_workers(app)
    with (
        psycopg.connect(libpq_url(own)) as c,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        c.execute("SELECT * FROM south.subscriber")


def everything_but_workers(app: App) -> None:
    assert app.sending.send_lane(TODAY, 0, lambda: False) is False
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.ACCEPTED: 5
    }
    app.status.describe_work()


def test_workers_collect_for_several_organisations_and_ask_no_host_too_often(
    tmp_path: Path, opened: list[App], url: str, web: FakeWeb
) -> None:
    web.answers["/feed"] = Answer(
        RSS.format(home=web.url).encode(), headers=XML
    )
    web.answers["/a"] = Answer(
        PAGE.encode(), headers={"Content-Type": "text/html"}
    )
    folders = [
        chapter(tmp_path, name, url, web.url) for name in ("north", "south")
    ]
    for folder in folders:
        file = folder / "feeds.yaml"
        file.write_text(file.read_text().replace("spacing: 0", "spacing: 0.2"))
    apps = [ready(App(load_workspace(f, {}))) for f in folders]
    opened += apps
    workspaces = Workspaces(tmp_path)
    apps[0].jobs.add_jobs(DueJobs(workspaces).find_all())
    workspaces.close()
    work(tmp_path)
    for app in apps:
        assert [a.article.title for a in app.articles.list_ranked()] == [
            "Lead pipes found in Northgate"
        ]
        assert app.status.describe_work()["pages_waiting"] == 0
    assert app.status.describe_work()["failures"] == []


XML = {"Content-Type": "application/rss+xml"}
RSS = """<rss version="2.0"><channel><title>The Courier</title><item>
<title>Lead pipes found in Northgate</title><link>{home}/a</link></item></channel></rss>"""
PAGE = "<html><body><article><h1>Lead pipes found in Northgate</h1>{}</article></body></html>".format(
    "<p>Open Water says that lead pipes still carry drinking water to four hundred homes.</p>"
    * 6
)


def test_a_worker_leaves_unknown_organisations_jobs_to_others(
    begun: Callable[[int], App],
    here: Path,
    tmp_path_factory: pytest.TempPathFactory,
    url: str,
) -> None:
    app, elsewhere = begun(3), tmp_path_factory.mktemp("elsewhere")
    chapter(elsewhere, "south", url)
    work(elsewhere, "mail")
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.QUEUED: 3
    }
    assert {q["queue"]: q["later"] for q in app.jobs.queue_figures()} == {
        "mail": 8
    }
    until(lambda: app.jobs.queue_figures()[0]["waiting"] == 8)
    work(here, "mail")
    assert app.store.deliveries.get_delivery_report(TODAY).counts == {
        DeliveryState.ACCEPTED: 3
    }


def test_a_workspace_that_is_wrong_stops_no_other(
    here: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = chapter(here, "broken", url)
    (broken / "feeds.yaml").write_text("organisation: [")
    twin = chapter(here, "twin", url)
    (twin / "feeds.yaml").write_text(
        (here / "north" / "feeds.yaml").read_text()
    )
    workspaces = Workspaces(here)
    assert [name for name, _ in workspaces] == ["north"]
    assert "broken is skipped" in caplog.text
    assert "workspace north is north already" in caplog.text
    workspaces.close()


def test_one_workspace_in_trouble_keeps_no_news_from_the_others(
    tmp_path: Path, url: str, web: FakeWeb, opened: list[App]
) -> None:
    web.answers["/feed"] = Answer(
        RSS.format(home=web.url).encode(), headers=XML
    )
    web.answers["/a"] = Answer(
        PAGE.encode(), headers={"Content-Type": "text/html"}
    )
    for name in ("north", "south"):
        opened.append(
            App(load_workspace(chapter(tmp_path, name, url, web.url), {}))
        )
        opened[-1].workers.prepare_tables()
    workspaces = Workspaces(tmp_path)
    tasks = Tasks(workspaces)
    broken = workspaces.get_app("north").feeds

    def fails(*_: object) -> None:
        raise DigestError("the disk is full")

    broken.poll_assigned_feeds = fails  # type: ignore[method-assign, assignment]
    for job in DueJobs(workspaces).find_all():
        if job.task == "collect":
            tasks.collect_lot(**job.args)
    assert opened[1].store.articles.get_article(1)
    [failure] = opened[0].status.describe_work()["failures"]
    assert (failure["task"], failure["said"]) == ("collect", "the disk is full")


def test_workers_need_postgresql_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(
        FEEDS.format(home="http://127.0.0.1:9")
    )
    with pytest.raises(SettingsError, match="workers need PostgreSQL"):
        Workspaces(tmp_path)
    with pytest.raises(SettingsError, match="neither feeds.yaml nor folders"):
        Workspaces(tmp_path / "nothing")


def test_a_named_workspace_needs_postgresql(tmp_path: Path) -> None:
    text = FEEDS.format(home="http://127.0.0.1:9") + "workspace: north\n"
    (tmp_path / "feeds.yaml").write_text(text)
    with pytest.raises(
        SettingsError,
        match="expected a PostgreSQL database for a named workspace",
    ):
        load_workspace(tmp_path, {})
