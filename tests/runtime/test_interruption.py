"""Signals: none is lost, a second one ends the process, and one leaves nothing half written."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from netinnov._runtime import interruption
from netinnov._runtime.atomic import new_file, new_folder
from netinnov._runtime.parallel import run

unix = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")


@pytest.fixture
def lose_signal(monkeypatch) -> Callable[..., None]:
    """A signal whose exception is swallowed, as callbacks of the interpreter do."""
    monkeypatch.setattr(interruption, "_received", [])

    def lose(number: int = signal.SIGINT) -> None:
        with suppress(BaseException):
            interruption._received.append(number)
            raise interruption._exception(number)

    return lose


@pytest.mark.parametrize(
    ("number", "error", "code"),
    [(signal.SIGINT, KeyboardInterrupt, None), (signal.SIGTERM, SystemExit, 143)],
)
def test_a_signal_whose_exception_was_lost_is_raised_again(lose_signal, number, error, code):
    interruption.check_interrupted()
    lose_signal(number)
    for _ in range(2):
        with pytest.raises(error) as caught:
            interruption.check_interrupted()
        assert getattr(caught.value, "code", None) == code


@pytest.mark.parametrize("executor", [1, 2])
@pytest.mark.parametrize("saves", [True, False])
def test_replicates_stop_after_the_batch(lose_signal, executor, saves):
    done, saved = [], []

    def task(item: int) -> int:
        done.append(item)
        lose_signal()
        return item

    save = (lambda items, _: saved.extend(items)) if saves else None
    with pytest.raises(KeyboardInterrupt):
        run(task, range(1_000_000), executor=executor, progress=False, save=save)
    assert len(done) < 1_000_000
    assert not saves or sorted(saved) == sorted(done)


@pytest.mark.parametrize("executor", [1, 2])
def test_a_batch_that_is_not_saved_is_broken_off(lose_signal, executor):
    done = []

    def task(item: int) -> None:
        done.append(item)
        if item == 0:
            lose_signal()
        time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt):
        run(task, range(20_000), executor=executor, progress=False)
    assert len(done) < 1_000  # a batch has 1,000, and takes 10 s


# A stand-in for an extension module: its import makes an error of its own of what a signal raises.
IN_AN_IMPORT = """
import os, signal, sys, types
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in jobs in the background
from netinnov.cli import main

def run():
    try:
        os.kill(os.getpid(), signal.NUMBER)
        raise AssertionError("the signal did not come")
    except (KeyboardInterrupt, SystemExit):
        raise ImportError("initialization failed") from None

sys.modules["netinnov.datasets"] = types.SimpleNamespace(catalogue=run)
sys.argv = ["netinnov", "data", "list"]
main()
"""


@pytest.mark.slow
@unix
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_inside_an_import_is_not_told_as_its_error(tmp_path, number, code):
    script = IN_AN_IMPORT.replace("NUMBER", number)
    study = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    stopped = "netinnov: stopped; nothing is left half written.\n"
    assert (study.returncode, study.stdout, study.stderr) == (code, "", stopped)


def test_a_batch_that_runs_at_a_failure_is_not_finished():
    done: list[int] = []

    def task(item: int) -> None:
        done.append(item)
        time.sleep(0.01)
        if item == 0:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(task, range(20_000), executor=2, progress=False)
    assert len(done) < 1_000  # a batch


@pytest.mark.parametrize("new", [new_file, new_folder])
def test_what_was_being_written_does_not_appear(lose_signal, tmp_path, new):
    with pytest.raises(KeyboardInterrupt), new(tmp_path / "out"):
        lose_signal()
    assert list(tmp_path.iterdir()) == []


def test_a_cleaning_that_a_signal_breaks_off_is_done_again():
    calls = []

    def clean() -> None:
        calls.append("begun")
        if len(calls) == 1:
            raise KeyboardInterrupt
        calls.append("done")

    with pytest.raises(KeyboardInterrupt), interruption.cleaning(clean):
        pass
    assert calls == ["begun", "begun", "done"]


# A folder of 30 files of one number is replaced by that of the next number, again and again.
REPLACED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in jobs in the background
from netinnov._runtime import atomic
from netinnov._runtime.interruption import check_interrupted, listen
listen()
for number in range(100_000):
    with atomic.new_folder("out", replace=number > 0) as folder:
        for name in range(30):
            (folder / str(name)).write_text(str(number))
    if number == 0:
        print("begun", flush=True)
"""


@unix
@pytest.mark.slow
def test_whenever_a_signal_comes_one_complete_folder_is_in_its_place(tmp_path):
    rng = np.random.default_rng(1)
    for trial in range(15):
        place = tmp_path / str(trial)
        place.mkdir()
        command = [sys.executable, "-c", REPLACED]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=place, **pipes) as run:
            try:
                assert run.stdout.readline() == b"begun\n"
                time.sleep(rng.uniform(0, 0.1))
                run.send_signal(rng.choice([signal.SIGINT, signal.SIGTERM]))
                assert run.wait(60) != 0
            finally:
                run.kill()
        assert [path.name for path in place.iterdir()] == ["out"]
        files = {path.name: path.read_text() for path in (place / "out").iterdir()}
        assert set(files) == set(map(str, range(30)))
        assert len(set(files.values())) == 1


# The interpreter cannot run a handler while compiled code runs.
BUSY = """
import hashlib, signal
from contextlib import suppress
signal.signal(signal.SIGINT, signal.default_int_handler)
from netinnov._runtime.interruption import listen
listen()
with suppress(KeyboardInterrupt):
    print("begun", flush=True)
    while True:
        pass
print("first", flush=True)
hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
"""


@unix
def test_a_second_ctrl_c_ends_compiled_code():
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as busy:
        try:
            for line in (b"begun\n", b"first\n"):
                assert busy.stdout.readline() == line
                busy.send_signal(signal.SIGINT)
            assert busy.wait(60) == -signal.SIGINT
        finally:
            busy.kill()


def test_ctrl_c_while_the_command_is_loading_is_no_traceback(monkeypatch):
    class Interrupted:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            if name == "netinnov.cli":
                raise KeyboardInterrupt

    from netinnov.__main__ import main

    monkeypatch.delitem(sys.modules, "netinnov.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted, *sys.meta_path])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 130
