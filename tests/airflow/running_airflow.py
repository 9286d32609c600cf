"""An Airflow of the test's own: scheduler, DAG processor and API server as processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SERVICES = (["api-server"], ["scheduler", "--skip-serve-logs"], ["dag-processor"])
UNFINISHED = ("queued", "running")
USERS = ("ana", "bruno", "eve")

# Tasks are forked from the scheduler: what it has imported, none of them has to import again.
PRELOADED = """
import sys
if "scheduler" in sys.orig_argv:
    import great_expectations
    import receivables.night
"""


@dataclass(frozen=True)
class Airflow:
    """A running Airflow, spoken to as an operator does: by its command line, its API, its tables."""

    home: Path
    environment: dict[str, str]
    engine: sqlalchemy.Engine

    def command(self, *arguments: str) -> str:
        """What `airflow …` prints."""
        return self._run([str(BIN / "airflow"), *arguments])

    def python(self, *arguments: str) -> str:
        """What `python …` prints, in the environment of this Airflow."""
        return self._run([sys.executable, *arguments])

    def api(self, user: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """What the API answers to a user: status and content."""
        token = self._call("POST", "/auth/token", {"username": user, "password": user})[1]
        return self._call(method, f"/api/v2{path}", body, token["access_token"])

    def _call(self, method: str, path: str, body: object, token: str = "") -> tuple[int, Any]:
        request = urllib.request.Request(
            self.environment["AIRFLOW__API__BASE_URL"] + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Rows of Airflow's own tables."""
        with self.engine.connect() as connection:
            return list(connection.execute(sqlalchemy.text(query), values))

    def run_states(self, **columns: str) -> dict[str, str]:
        """State by run id, of the runs with these values."""
        where = " and ".join(f"{column} = :{column}" for column in columns)
        found = self.rows(f"select run_id, state from dag_run where {where}", **columns)
        return {run_id: state for run_id, state in found}

    def wait_for_runs(self, *, count: int, seconds: float, **columns: str) -> dict[str, str]:
        """The states of so many runs once all of them are finished."""

        def finished() -> bool:
            states = self.run_states(**columns)
            return len(states) >= count and not set(states.values()) & set(UNFINISHED)

        try:
            wait_until(finished, seconds=seconds, what=f"{count} runs of {columns}", logs=self.home)
        except AssertionError as late:
            raise AssertionError(f"{self._task_states()}\n{late}") from None
        return self.run_states(**columns)

    def _task_states(self) -> list[Any]:
        return self.rows(
            "select task_id, state, try_number, count(*) from task_instance "
            "group by 1, 2, 3 order by 1, 2, 3"
        )

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=400
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout


def wait_until(
    is_so: Callable[[], bool], *, seconds: float, what: str, logs: Path, pause: float = 0.25
) -> None:
    """Wait, and fail with the end of every log if it takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            ends = [f"--- {log.name}\n{log.read_text()[-3000:]}" for log in logs.glob("*.log")]
            raise AssertionError(f"no {what} within {seconds:.0f} s\n" + "\n".join(ends))
        time.sleep(pause)


@contextmanager
def running_airflow(
    home: Path, *, metadata_url: str, settings: Path, connections: Mapping[str, str]
) -> Iterator[Airflow]:
    """Start Airflow with our DAGs, unpaused, and end all of its processes afterwards.

    `connections`: their URIs by id.
    """
    named = {f"AIRFLOW_CONN_{name.upper()}": uri for name, uri in connections.items()}
    environment = _environment(home, metadata_url, settings) | named
    (home / "sitecustomize.py").write_text(PRELOADED)
    (home / "passwords.json").write_text(json.dumps({user: user for user in USERS}))
    engine = sqlalchemy.create_engine(metadata_url)
    airflow = Airflow(home=home, environment=environment, engine=engine)
    airflow.command("db", "migrate")
    airflow.command("dags", "reserialize")
    with ExitStack() as stack:
        for service in SERVICES:
            stack.enter_context(_service(service, home, environment))
            if service == ["api-server"]:
                # A task that starts before the api-server listens would fail.
                wait_until(
                    lambda: _is_healthy(environment), seconds=400, what="healthy api-server",
                    logs=home,
                )
        yield airflow
    engine.dispose()


@contextmanager
def _service(arguments: list[str], home: Path, environment: dict[str, str]) -> Iterator[None]:
    """One of Airflow's services, in a process group that ends as a whole."""
    with (home / f"{arguments[0]}.log").open("w") as log:
        process = subprocess.Popen(
            [str(BIN / "airflow"), *arguments],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            for ending in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, ending)
                    process.wait(timeout=5)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


def _environment(home: Path, metadata_url: str, settings: Path) -> dict[str, str]:
    port = _free_port()
    kept = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "PYTEST", "PYTHONDONTWRITEBYTECODE"))
    }
    return {
        **kept,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "RECEIVABLES_SETTINGS": str(settings),
        "PYTHONPATH": f"{home}{os.pathsep}{ROOT / 'plugins'}",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_url,
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:op" for user in USERS),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API_AUTH__JWT_SECRET": "for the life of one test, " * 3,
        "AIRFLOW__SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL": "1",
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "receivables=INFO airflow.task=INFO",
    }


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def _is_healthy(environment: dict[str, str]) -> bool:
    try:
        with urllib.request.urlopen(
            f"{environment['AIRFLOW__API__BASE_URL']}/api/v2/monitor/health", timeout=5
        ) as answer:
            return json.load(answer)["metadatabase"]["status"] == "healthy"
    except OSError:
        return False
