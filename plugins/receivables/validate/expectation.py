"""The expectations of `include/expectations/`, run by Great Expectations on pandas frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
import yaml
from babel import Locale
from babel.numbers import list_currencies

from receivables.contract import INCLUDE
from receivables.errors import PolicyError
from receivables.sql import Session, quoted
from receivables.yaml_text import read_yaml

if TYPE_CHECKING:
    import pandas

EXPECTATIONS = INCLUDE / "expectations"

# Large enough that the cost of a validation run vanishes, small enough for any machine.
ROWS_PER_FRAME = 1_000_000


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of one table found; outcome is pass, warn or stop."""

    subject: str
    check_id: str
    rows_checked: int
    rows_failed: int
    outcome: str
    reason_code: str
    because: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """One rule for the rows of one table, with the reason for it."""

    expect: str
    column: str
    options: dict[str, Any]
    reason_code: str
    because: str

    @property
    def check_id(self) -> str:
        return f"{self.column}_{self.expect}"


def expectations(table: str) -> list[Expectation]:
    """The rules for a table.

    Raises PolicyError if the file names an unknown rule or gives no reason.
    """
    file = EXPECTATIONS / f"{table}.yaml"
    try:
        entries = read_yaml(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, yaml.YAMLError) as broken:
        raise PolicyError(f"{file}: {broken}") from broken
    return [_expectation(str(file), entry) for entry in entries]


def _expectation(file: str, entry: dict[str, Any]) -> Expectation:
    options = dict(entry)
    try:
        expect, column = options.pop("expect"), options.pop("column")
        reason_code, because = options.pop("reason_code"), options.pop("because")
    except KeyError as missing:
        raise PolicyError(f"{file}: {entry}: {missing} is missing") from missing
    try:
        if "grammar" in options:
            options["regex"] = grammar()[options.pop("grammar")]
        if isinstance(options.get("value_set"), str):
            options["value_set"] = _named_sets()[options["value_set"]]
    except KeyError as unknown:
        raise PolicyError(f"{file}: {entry}: no grammar or set is named {unknown}") from unknown
    return Expectation(expect, column, options, reason_code, because)


@cache
def grammar() -> dict[str, str]:
    """The strict grammars by name."""
    return read_yaml((EXPECTATIONS / "grammar.yaml").read_text(encoding="utf-8"))


@cache
def _named_sets() -> dict[str, list[str]]:
    territories = Locale("en").territories
    return {
        "iso_4217": sorted(list_currencies()),
        "iso_3166": sorted(code for code in territories if len(code) == 2 and code.isalpha()),
    }


def check(sql: Session, table: str) -> list[CheckResult]:
    """Run a table's expectations on `probe`; add what fails to the session's table `failure`."""
    rules = expectations(table)
    suite = _suite(rules)
    checked = 0
    failed = [0] * len(rules)
    for frame in _frames(sql, [rule.column for rule in rules]):
        checked += len(frame)
        for position, rows in _unexpected_rows(frame, suite, rules):
            failed[position] += len(rows)
            _add_failures(sql, table, rules[position], rows)
    return [
        CheckResult(
            subject=table, check_id=rule.check_id, rows_checked=checked, rows_failed=count,
            outcome="warn" if count else "pass", reason_code=rule.reason_code,
            because=rule.because,
        )
        for rule, count in zip(rules, failed, strict=True)
    ]


def _frames(sql: Session, columns: list[str]) -> Iterator[pandas.DataFrame]:
    """The probed rows as pandas frames, with the columns that some rule looks at."""
    names = ", ".join(map(quoted, dict.fromkeys(columns)))
    try:
        rows = sql.connection.cursor().sql(f"select source_row, {names} from probe")
    except duckdb.BinderException as unknown:
        raise PolicyError(f"include/expectations: {unknown}") from unknown
    reader = rows.to_arrow_reader(ROWS_PER_FRAME)
    for batch in reader:
        if batch.num_rows:
            yield batch.to_pandas()


RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["source_row"],
    "partial_unexpected_count": 0,
    "include_unexpected_rows": False,
}


def _suite(rules: list[Expectation]) -> Any:
    """The rules as Great Expectations knows them."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx

    return gx.ExpectationSuite(
        name="border", expectations=[_to_great_expectation(p, r) for p, r in enumerate(rules)]
    )


@cache
def _frame_definition() -> Any:
    """Where Great Expectations takes frames from; to make it costs more than to use it."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("landing").add_dataframe_asset("table")
    return asset.add_batch_definition_whole_dataframe("rows")


def _unexpected_rows(
    frame: pandas.DataFrame, suite: Any, rules: list[Expectation]
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """For each rule, by position, the rows of the frame that break it."""
    batch = _frame_definition().get_batch(batch_parameters={"dataframe": frame})
    for outcome in batch.validate(suite, result_format=RESULT_FORMAT).results:
        position = outcome.expectation_config.meta["position"]
        yield position, _unexpected(rules[position], outcome)


def _unexpected(rule: Expectation, outcome: Any) -> list[dict[str, Any]]:
    """The rows that break a rule; a rule that could not be evaluated is our fault, not theirs."""
    if outcome.exception_info.get("raised_exception"):
        raise PolicyError(f"{rule.check_id}: {outcome.exception_info['exception_message']}")
    rows = outcome.result["unexpected_index_list"] or []
    if len(rows) != outcome.result["unexpected_count"]:
        raise PolicyError(f"{rule.check_id}: the bad rows were not all listed")
    return rows


def _to_great_expectation(position: int, rule: Expectation) -> Any:
    import great_expectations.expectations as known

    name = "ExpectColumnValuesTo" + rule.expect.title().replace("_", "")
    if not hasattr(known, name):
        raise PolicyError(f"include/expectations: {rule.expect!r} is no known expectation")
    try:
        return getattr(known, name)(
            column=rule.column, meta={"position": position}, notes=rule.because, **rule.options
        )
    except ValueError as wrong:
        raise PolicyError(f"include/expectations: {rule.check_id}: {wrong}") from wrong


def _add_failures(
    sql: Session, table: str, rule: Expectation, rows: list[dict[str, Any]]
) -> None:
    if not rows:
        return
    import pandas

    failures = pandas.DataFrame(
        {
            "source_table": table,
            "source_row": [int(row["source_row"]) for row in rows],
            "column_name": rule.column,
            "offending_value": [_shown(row.get(rule.column)) for row in rows],
            "reason_code": rule.reason_code,
            "because": rule.because,
        }
    )
    sql.connection.register("new_failure", failures)
    sql.connection.execute("insert into failure select * from new_failure")
    sql.connection.unregister("new_failure")


def _shown(value: object) -> str | None:
    """An offending value as people see it, short enough for any table."""
    import pandas

    return None if pandas.isna(value) else str(value)[:200]
