"""Processes that tests start in order to kill them."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Callable
from typing import Any

PRELOADED = [
    "great_expectations", "pandas", "psycopg", "receivables.night", "receivables.publish.workbook",
]


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
