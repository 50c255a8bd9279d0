"""Worker: one process that runs the jobs of all workspaces in a folder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from digest.infra.job_queue import Worker
from digest.jobs.due_jobs import DueJobs
from digest.jobs.tasks import Tasks
from digest.jobs.workspaces import Workspaces


def run_worker(
    folder: Path,
    queues: Sequence[str],
    on_start: Callable[[Worker], None],
    *,
    idle: bool,
) -> None:
    """Run jobs of the workspaces in a folder; `on_start` is given the worker, to stop it.

    With `idle`, return when nothing is left to do now. Raises SettingsError.
    """
    workspaces = Workspaces(folder)
    tasks = Tasks(workspaces)
    due_jobs = DueJobs(workspaces)
    try:
        workspaces.any_app().workers.prepare_tables()

        def report_failure(
            task: str, args: Mapping[str, Any], error: BaseException
        ) -> None:
            name = str(args.get("workspace", ""))
            workspaces.record_failure(name, task, error)

        worker = Worker(
            workspaces.database,
            tasks.by_name(),
            report_failure,
            due_jobs.find_in_turn,
        )
        tasks.is_stopping = worker.is_stopping
        on_start(worker)
        worker.run_jobs(queues, idle=idle)
    finally:
        tasks.close()
        workspaces.close()
