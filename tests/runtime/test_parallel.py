"""The runner of replicates: order, batches, executors and failures."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest

from netinnov._runtime import parallel, threads
from netinnov._runtime.parallel import run
from netinnov._runtime.second_process import SecondProcess, begin
from netinnov.errors import InputError


def draw(item: tuple[int, np.random.SeedSequence], *, scale: float) -> float:
    number, seed = item
    return number + scale * float(np.random.default_rng(seed).random())


def fail_at_three(item: int) -> int:
    if item == 3:
        raise ZeroDivisionError("three")
    return item


class Unpickled:
    """Counts how often a process unpickles it."""

    times = 0

    def __call__(self, _: int) -> int:
        return type(self).times

    def __setstate__(self, state: dict[str, Any]) -> None:
        type(self).times += 1

    def __getstate__(self) -> dict[str, Any]:
        return {"something": 1}


class Foreign:
    """Looks like an executor, runs at once, and cannot see this process's objects."""

    def __init__(self) -> None:
        self.arguments: list[tuple[Any, ...]] = []

    def submit(self, fn, /, *args):
        self.arguments.append(args)
        future: Future[Any] = Future()
        future.set_result(fn(*args))
        return future


def test_every_executor_gives_the_same_numbers_in_the_same_order(processes) -> None:
    task = partial(draw, scale=0.5)
    items = list(enumerate(np.random.SeedSequence(1).spawn(45)))
    expected = [task(item) for item in items]
    with ThreadPoolExecutor(3) as threads:
        for executor in (None, 1, 2, 64, threads, processes, Foreign()):
            assert run(task, items, executor=executor) == expected


@pytest.mark.parametrize(("n", "size"), [(0, 0), (16, 1), (399, 1), (1000, 5)])
def test_a_worker_gets_at_least_a_hundred_batches(n, size) -> None:
    foreign = Foreign()
    foreign._max_workers = 2
    assert run(abs, range(n), executor=foreign) == list(range(n))
    assert {len(batch) for *_, batch in foreign.arguments} == ({size} if n else set())


def test_the_executor_given_is_left_open() -> None:
    with ThreadPoolExecutor(1) as pool:
        run(abs, [1], executor=pool)
        assert pool.submit(abs, -1).result() == 1


def test_threads_really_run_at_the_same_time() -> None:
    # Each waits for the other: one thread alone would never pass the barrier.
    barrier = threading.Barrier(2)
    assert sorted(run(lambda _: barrier.wait(timeout=20), range(2), executor=2)) == [0, 1]


def in_python(_: int) -> int:
    sum(range(200_000))
    return threading.get_ident()


def waiting(_: int) -> int:
    time.sleep(0.005)
    return threading.get_ident()


def test_threads_that_wait_for_each_other_leave_the_rest_to_this_one(monkeypatch) -> None:
    monkeypatch.setattr(parallel, "workers", lambda executor: executor or 4)
    own = threading.get_ident()
    monkeypatch.setattr(parallel, "_NO_FASTER", (0.0, np.inf))
    monkeypatch.setattr(parallel, "_TRIAL", 0.0)
    assert run(in_python, range(200))[-1] == own
    assert own not in run(in_python, range(200), executor=4)  # as asked for
    saved = list[int]()
    run(in_python, range(200), save=lambda items, _: saved.extend(items))
    assert sorted(saved) == [*range(200)]
    monkeypatch.undo()
    assert own not in run(waiting, range(100))


def test_one_worker_runs_in_the_calling_thread() -> None:
    assert run(lambda _: threading.get_ident(), [0], executor=1) == [threading.get_ident()]


def test_a_process_unpickles_the_task_once() -> None:
    parallel._loaded.clear()
    Unpickled.times = 0
    foreign = Foreign()
    assert run(Unpickled(), range(60), executor=foreign) == [1] * 60
    assert len(foreign.arguments) > 20
    assert len({id(data) for _, data, _ in foreign.arguments}) == 1


@pytest.mark.parametrize("executor", [1, 2, "processes"])
def test_a_failure_comes_through_and_stops_the_rest(executor, request) -> None:
    if executor == "processes":
        executor = request.getfixturevalue("processes")
    with pytest.raises(ZeroDivisionError, match="three"):
        run(fail_at_three, range(10), executor=executor)


def test_a_failure_cancels_what_has_not_begun() -> None:
    gate, begun = threading.Event(), []

    def task(item: int) -> None:
        begun.append(item)
        if item == 0:
            raise ZeroDivisionError
        gate.wait(20)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(gate.wait, 0.2)
        with pytest.raises(ZeroDivisionError):
            run(task, range(20), executor=pool)
        gate.set()
    assert len(begun) <= 2


def test_what_cannot_travel_says_how_to_mend_it(processes) -> None:
    def inner(item: int) -> int:
        return item

    for task in (lambda item: item, inner, partial(draw, scale=threading.Lock())):
        with pytest.raises(InputError, match=r"picklable.*top level.*executor=None"):
            run(task, [1], executor=processes)


@pytest.mark.parametrize("executor", [0, -1, True, "threads", 2.5])
def test_no_executor_at_all(executor) -> None:
    with pytest.raises(InputError, match="`executor`"):
        run(abs, [1], executor=executor)


@pytest.mark.parametrize("size", [10, 10**9])
def test_layers_come_back_in_order(size: int) -> None:
    assert threads.in_threads([partial(pow, 2, n) for n in range(5)], size) == [1, 2, 4, 8, 16]
    assert threads.in_threads([], size) == []


def who_works(_: int) -> set[int]:
    """The threads of four pieces that would be worth threads of their own."""
    return set(threads.in_threads([threading.get_ident] * 4, 10**9))


def test_workers_start_no_threads_of_their_own(monkeypatch, processes) -> None:
    monkeypatch.setattr(threads, "workers", lambda executor: executor or 4)
    assert threading.get_ident() not in who_works(0)
    with ThreadPoolExecutor(2) as pool:
        for executor in (None, 1, 2, pool, processes):
            assert all(len(ids) == 1 for ids in run(who_works, range(4), executor=executor))
    assert run(who_works, [0], executor=1) == [{threading.get_ident()}]
    # Afterwards this thread may start threads again.
    assert threading.get_ident() not in who_works(0)


def test_what_an_executor_has_not_begun_or_cannot_do_is_done_here() -> None:
    here, stopped = threading.get_ident(), threading.Event()

    def where(_: int) -> int:
        return threading.get_ident()

    with ThreadPoolExecutor(1) as pool:
        first = begin(pool, lambda _: stopped.wait(60) and threading.get_ident(), 1)
        waits = begin(pool, where, 2)
        assert waits() == here
        stopped.set()
        assert first() != here
    assert [begin(each, where, 3)() for each in (None, Foreign())] == [here] * 2


def test_a_second_process_does_what_travels_and_this_one_does_it_when_that_ends() -> None:
    number, item = partial(draw, scale=0.0), (4, np.random.SeedSequence(1))
    with SecondProcess("json") as other:
        assert other.submit(os.getpid).result() != os.getpid()
        assert begin(other, number, item)() == 4
        with pytest.raises(ZeroDivisionError, match="three"):
            begin(other, fail_at_three, 3)()
        other.submit(os._exit, 1)
        assert [begin(other, number, item)() for _ in range(2)] == [4, 4]


def test_a_second_process_ends_with_a_killed_one(tmp_path) -> None:
    (tmp_path / "noisy.py").write_text("print('Training, as of a user', flush=True)")
    script = tmp_path / "command.py"
    script.write_text(
        "import os, sys\n"
        "from netinnov._runtime.second_process import SecondProcess\n"
        "with SecondProcess('noisy') as pool:\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, script], **pipes) as command:
        assert int(command.stdout.readline()) not in (command.pid, os.getpid())
        command.kill()
        # Its output ends when both have ended.
        assert command.communicate(timeout=60)[0] == b""
