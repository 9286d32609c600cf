"""Airflow executes every file below plugins/ under its bare name, unless told not to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"

# What Airflow loaded twice, and whether the standard library still stands, as seen from inside it.
PROBE = """
import sys
from pathlib import Path
from airflow import plugins_manager
from airflow.sdk import plugins_manager as task_plugins_manager
plugins_manager._get_plugins()
task_plugins_manager._get_plugins()
import receivables.lake
folder = Path(sys.argv[1])
names = [
    name for name, module in list(sys.modules.items())
    if "." not in name and getattr(module, "__file__", None)
    and folder in Path(module.__file__).parents
    and name not in ("receivables", "receivables_airflow")
]
import calendar
print(sorted(names), hasattr(calendar, "monthrange"))
"""


def loaded_twice(plugins: Path) -> str:
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, str(plugins)], capture_output=True, text=True, check=True,
        env={
            **os.environ,
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins),
            "PYTHONPATH": str(plugins),
        },
    )
    return probe.stdout.splitlines()[-1]


@pytest.fixture
def small_plugins(tmp_path):
    """A plugins folder like ours, with a module that is called as one of the standard library."""
    package = tmp_path / "plugins" / "receivables"
    package.mkdir(parents=True)
    for name in ("__init__", "lake", "calendar"):
        (package / f"{name}.py").write_text('"""A module."""\n')
    return tmp_path / "plugins"


def test_airflow_loads_our_modules_once():
    assert loaded_twice(PLUGINS) == "[] True"


def test_the_ignore_file_is_what_keeps_it_so(small_plugins):
    assert loaded_twice(small_plugins) == "['__init__', 'calendar', 'lake'] False"
    shutil.copy(PLUGINS / ".airflowignore", small_plugins)
    assert loaded_twice(small_plugins) == "[] True"
