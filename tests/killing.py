"""Processes that tests start in order to kill them.

RECEIVABLES_TEST_KILLS is how often such a test kills, RECEIVABLES_TEST_SEED its dice.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

PRELOADED = [
    "great_expectations", "pandas", "psycopg", "receivables.night", "receivables.publish.workbook",
]


# What Python tells of before it happens to files; an engine's own writing it does not see.
TOUCHES = frozenset({
    "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree",
})


def kills(usually: int) -> int:
    """How often a test kills, if nobody asks for more."""
    return int(os.environ.get("RECEIVABLES_TEST_KILLS", usually))


def dice(usually: int) -> random.Random:
    """A test's dice."""
    return random.Random(int(os.environ.get("RECEIVABLES_TEST_SEED", usually)))


def forks() -> Any:
    """Where processes come from: a server that has imported what is slow to import."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def warm_up() -> None:
    """Wait until the server has imported everything, so that what is timed next is work."""
    run(time.monotonic)


def run(target: Callable[..., None], *arguments: object) -> float:
    """Run a function in a process of its own to its end; the seconds it took."""
    started = time.monotonic()
    process = forks().Process(target=target, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0, f"{target.__name__}{arguments} failed"
    return time.monotonic() - started


def run_and_kill(
    chance: random.Random, seconds: float, target: Callable[..., None], *arguments: object
) -> bool:
    """Run a function in a process and kill it within some seconds; whether it was not over yet."""
    process = forks().Process(target=target, args=arguments)
    process.start()
    time.sleep(chance.uniform(0.0, seconds))
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def run_until_touch(number: int, target: Callable[..., None], *arguments: object) -> bool:
    """Run a function in a process that kills itself before it touches files for the so many-th
    time (makes, renames or removes one, or is about to write it); whether it did.
    """
    process = forks().Process(target=_until_touch, args=(number, target, *arguments))
    process.start()
    process.join()
    return process.exitcode == -signal.SIGKILL


def _until_touch(number: int, target: Callable[..., None], *arguments: object) -> None:
    touched = itertools.count(1)

    def hook(event: str, values: tuple[object, ...]) -> None:
        is_touch = event in TOUCHES or (event == "open" and "w" in str(values[1]))
        if is_touch and next(touched) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    target(*arguments)
