"""Work on every processor: results in order, failures as they were, nobody left behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from digest.errors import DigestError
from digest.infra.process_pool import MIN_JOBS, Processors
from digest.ports import results_in_order


def square(n: int) -> tuple[int, int]:
    return n * n, os.getpid()


def fail(n: int) -> int:
    raise DigestError(f"number {n} cannot be read")


def give_up(n: int, why: DigestError) -> tuple[int, int]:
    return -n, 0


def crash(n: int) -> tuple[int, int]:
    if n % 7 == 0:
        os._exit(9)
    return square(n)


def test_results_come_in_the_order_of_the_jobs_from_several_processes() -> None:
    many = MIN_JOBS * 3
    with Processors() as pool:
        pool._size = 2
        done = list(
            results_in_order(
                (pool(square, n, give_up) for n in range(many)), pool.ahead
            )
        )
    assert [value for value, _ in done] == [n * n for n in range(many)]
    assert os.getpid() in {pid for _, pid in done}
    assert len({pid for _, pid in done}) > 1


def test_a_few_jobs_start_no_process() -> None:
    with Processors() as pool:
        assert {pool(square, n, give_up)()[1] for n in range(MIN_JOBS)} == {
            os.getpid()
        }
        assert pool._shared is None


@pytest.mark.parametrize("n", [1, MIN_JOBS + 5])
def test_a_failure_is_raised_where_its_result_is_asked_for(n: int) -> None:
    with Processors() as pool:
        pool._size = 2
        results = [
            pool(fail if i == n else square, i, give_up) for i in range(n + 1)
        ]
        with pytest.raises(DigestError, match=f"number {n} cannot be read"):
            results[n]()


def test_a_job_that_ends_its_process_costs_only_itself() -> None:
    """A segmentation fault or the kernel's OOM killer: the others are done all the same."""
    with Processors() as pool:
        pool._size, pool._jobs_left_here = 2, 0
        done = list(
            results_in_order((pool(crash, n, give_up) for n in range(1, 10)), 4)
        )
        after = [pool(square, n, give_up)()[0] for n in (2, 3)]
    assert [value for value, _ in done] == [
        -n if n % 7 == 0 else n * n for n in range(1, 10)
    ]
    assert after == [4, 9]


def test_processes_end_with_their_parent_however_it_ends() -> None:
    """kill -9 leaves no orphan that would go on reading."""
    code = (
        "from tests.infra.test_process_pool import square\nfrom digest.infra.process_pool import Processors\n"
        "import time\n"
        "if __name__ == '__main__':\n"
        " pool = Processors(); pool._size = 2; pool._jobs_left_here = 0\n"
        " print(*{pool(square, n, None)()[1] for n in range(9)}, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while any(map(_runs, children)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert children


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as f:  # noqa: PTH123
        return f.read().split(") ")[1][0] != "Z"
