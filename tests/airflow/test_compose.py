"""docker-compose.yaml and Dockerfile, as far as they can be judged without a Docker engine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
AIRFLOW = [name for name, service in SERVICES.items() if service.get("image") == "receivables"]


def test_all_that_airflow_needs_is_there():
    assert set(SERVICES) == {"postgres", "init", "api-server", "scheduler", "dag-processor"}
    assert set(AIRFLOW) == set(SERVICES) - {"postgres"}


@pytest.mark.parametrize("name", AIRFLOW)
def test_every_service_runs_a_command_that_airflow_has(name):
    _, *command = SERVICES[name]["command"].split()
    found = subprocess.run(
        [sys.executable, "-m", "airflow", *command, "--help"], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr


def test_every_service_waits_for_one_that_exists_and_can_say_that_it_is_ready():
    for name in AIRFLOW:
        for awaited, wait in SERVICES[name]["depends_on"].items():
            healthy = wait["condition"] == "service_healthy"
            assert "healthcheck" in SERVICES[awaited] if healthy else awaited == "init"


def test_no_port_is_open_to_the_network():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8080:8080"]


def test_no_secret_is_written_down():
    text = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
    secret = re.compile(r"(?:PASSWORD|SECRET|KEY): (.*)|://\w+:(.*?)@")
    for found in secret.finditer(text):
        assert re.fullmatch(r"\$\{\w+:\?.*\}", found.group(1) or found.group(2)), found.group()


def test_what_must_outlive_a_container_is_in_a_volume():
    for name in AIRFLOW:
        folders = {volume.split(":")[1] for volume in SERVICES[name]["volumes"]}
        assert {"/opt/receivables/var", "/opt/airflow"} <= folders
    named = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service["volumes"]
        if not volume.startswith(".")
    }
    assert named == set(COMPOSE["volumes"])


def test_the_image_holds_what_it_copies_and_runs_as_nobody_special():
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER receivables" in lines
    assert (ROOT / "requirements.txt").is_file()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not {"dags", "plugins", "include", "requirements.txt", "pyproject.toml"} & set(ignored)
    assert {".git", ".venv", "var"} <= set(ignored)
