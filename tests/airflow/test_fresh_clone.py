"""What the README promises: a clone, `make night`, `make test`, and nothing else to install."""

import os
import re
import sqlite3
import subprocess
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
FROM_THE_OUTSIDE = ("AIRFLOW", "PYTEST", "PYTHON", "RECEIVABLES", "VIRTUAL_ENV", "MAKE", "MFLAGS")

pytestmark = pytest.mark.slow


class Clone:
    """A fresh clone of what is committed, in a folder whose name has a space in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "a clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(self.folder)], check=True)

    def run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value for name, value in os.environ.items()
            if not name.startswith(FROM_THE_OUTSIDE)
        }
        return subprocess.run(
            words, cwd=self.folder, env=environment, text=True, timeout=900,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )

    def make(self, *arguments: str) -> str:
        done = self.run(["make", *arguments])
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def newest_closed_day(self) -> str:
        return subprocess.run(
            [self.folder / ".venv/bin/python", "-m", "receivables_airflow.command",
             "newest-closed-day"],
            check=True, capture_output=True, text=True,
        ).stdout

    def state(self) -> dict:
        """Everything that a second night could have changed: figures, letters, what was sent."""
        var = self.folder / "var"
        with duckdb.connect(str(var / "warehouse.duckdb"), read_only=True) as warehouse:
            tables = [
                name for (name,) in warehouse.execute(
                    "select table_name from information_schema.tables "
                    "where table_schema = 'receivables' and table_type = 'BASE TABLE'"
                ).fetchall()
            ]
            rows = {
                table: sorted(
                    map(str, warehouse.execute(f"from receivables.{table}").fetchall())
                )
                for table in tables
            }
        with sqlite3.connect(var / "outbox.sqlite") as outbox:
            letters = outbox.execute("select * from outbox order by notice_id").fetchall()
        files = sorted(file.relative_to(var) for file in (var / "mail").rglob("*.eml"))
        manifests = {
            file.relative_to(var): file.read_bytes() for file in var.rglob("manifest.json")
        }
        return {"rows": rows, "letters": letters, "files": files, "manifests": manifests}


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Clone:
    return Clone(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="module")
def first_night(clone) -> dict:
    print(clone.make("night"))
    return {"day": clone.newest_closed_day(), **clone.state()}


def test_make_night_reads_publishes_and_writes_letters_to_files(first_night):
    assert all(first_night["rows"][table] for table in ("night", "aging_snapshot", "decision"))
    assert len(first_night["letters"]) == len(first_night["files"]) > 0


def test_make_night_twice_changes_nothing_and_sends_nothing(clone, first_night):
    clone.make("night")
    day, state = clone.newest_closed_day(), clone.state()
    if day != first_night["day"]:  # midnight has passed: that was the first night of another day
        first_night = {"day": day, **state}
        clone.make("night")
        state = clone.state()
    assert {"day": day, **state} == first_night


def test_make_backfill_takes_business_days(clone, first_night):
    clone.make("backfill", "FROM=2026-03-01", "TO=2026-03-31")
    with sqlite3.connect(clone.folder / "var" / "airflow" / "airflow.db") as metadata:
        [(runs, first, last)] = metadata.execute(
            "select count(*), min(logical_date), max(logical_date) from backfill_dag_run"
        ).fetchall()
    assert runs == 31
    assert (first[:10], last[:10]) == ("2026-03-02", "2026-04-01")


def test_make_test_runs_the_tests_that_it_is_given(clone, first_night):
    assert "passed" in clone.make("test", "TESTS=tests/airflow/test_release.py")


def test_every_command_of_the_readme_works(clone, first_night):
    text = (clone.folder / "README.md").read_text(encoding="utf-8")
    commands = {line for block in re.findall(r"```sh\n(.*?)```", text, re.S) for line in block.splitlines()}
    tried_above = {"make night", "make test", "make backfill FROM=2026-03-01 TO=2026-03-31"}
    assert tried_above < commands
    for command in sorted(commands - tried_above):
        done = clone.run(["bash", "-c", command])
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}"
