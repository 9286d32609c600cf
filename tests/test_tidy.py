"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from receivables.contract import INCLUDE, tables
from receivables.publish import dictionary

ROOT = INCLUDE.parent
SQL_FILES = sorted((INCLUDE / "sql").rglob("*.sql"))
MODULES = sorted((ROOT / "plugins").rglob("*.py"))
FUNCTION_LINES_MAX, MODULE_LINES_MAX = 50, 300
HEADER = re.compile(
    r"\A(-- .+\n)+-- Grain: .+\n(--   .+\n)*-- Reads: .+\n(--   .+\n)*-- Writes: .+\n(--   .+\n)*"
)
CLOCKS = re.compile(r"\b(now|current_date|current_timestamp|today|random|uuid)\b\s*\(|current_date")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / file for file in listed.split("\0") if file and (ROOT / file).is_file()]


@pytest.mark.parametrize("file", SQL_FILES, ids=name)
def test_a_sql_file_is_one_statement_with_a_header(file):
    text = file.read_text(encoding="utf-8")
    assert HEADER.match(text), "say what it gives, its grain, what it reads and writes"
    code = re.sub(r"--.*|'[^']*'|\"[^\"]*\"", "", text)
    assert ";" not in code, "one statement, without a semicolon"
    assert not re.findall(r"\b[A-Z][A-Z_]+\b", code), "keywords and names in small letters"
    assert not CLOCKS.search(re.sub(r"--.*", "", text)), "a rule reads no clock and draws no lots"
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_functions_and_modules_can_be_read_in_one_look(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MODULE_LINES_MAX
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= FUNCTION_LINES_MAX, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("file", MODULES, ids=name)
def test_every_public_function_and_class_says_what_it_means(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or file.name == "__init__.py"
    kinds = ast.FunctionDef | ast.ClassDef
    public = [n for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]
    assert [n.name for n in public if not ast.get_docstring(n)] in ([], ["read_json"])


def test_no_module_is_named_after_nothing():
    refused = {"utils", "helpers", "common", "manager", "wrapper", "service", "misc"}
    assert not refused & {file.stem for file in MODULES}


def test_the_product_does_not_know_airflow_and_its_command_starts_light():
    heavy = "airflow great_expectations pandas"
    program = (
        "import sys, receivables.cli, receivables.night\n"
        f"print([name for name in {heavy.split()!r} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT / "plugins"), "PATH": "/usr/bin:/bin"},
    ).stdout
    assert found.strip() == "[]"


def test_every_table_of_the_contract_has_its_expectations():
    files = {file.stem for file in (INCLUDE / "expectations").glob("*.yaml")} - {"grammar"}
    assert files == set(tables())


@pytest.mark.parametrize("page", ["breakers", "data_dictionary", "reason_codes", "interest_rules", "hand_over"])
def test_the_pages_in_docs_say_what_include_says(page):
    written = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    assert written == getattr(dictionary, page)(), "run `make docs`"


def test_nothing_committed_names_a_machine():
    paths = re.compile("/" + "work/|/" + "root/|/home/[a-z]|" + "files\\.pythonhosted|/opt/" + "pypi")
    named = [
        name(file)
        for file in tracked_files()
        if paths.search(file.read_bytes().decode("utf-8", "replace"))
    ]
    assert not named


def test_nothing_committed_speaks_of_how_it_came_about():
    """Whoever reads the product later has neither our tickets nor our folders."""
    told = re.compile(r"(?i)\b(?:issue|ticket|pull request|pr) ?#?\d+\b|\(#\d+\)|\bshar" + "ed/")
    named = [
        f"{name(file)}: {found.group()}"
        for file in tracked_files()
        if (found := told.search(file.read_bytes().decode("utf-8", "replace")))
    ]
    assert not named
