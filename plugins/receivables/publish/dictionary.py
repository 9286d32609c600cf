"""The pages of docs/ that say in words what include/ says as data: `make docs` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from receivables import limits
from receivables.balance.rule_page import interest_rules
from receivables.contract import INCLUDE
from receivables.dispatch.templates import FALLBACK_LANGUAGE
from receivables.hand_over.field import hand_over
from receivables.publish.breaker import breaker_names, sentence
from receivables.publish.warehouse import TYPES, tables, views
from receivables.select.cash_doubt import load_cash_doubts
from receivables.select.reason import load_reasons

DOCS = INCLUDE.parent / "docs"

BREAKERS_BEGIN = """\
# Breakers

Before anything may be drafted, each of these judges the night. Every one of them writes into
`check_result`, each night, what it measured and its limit, whether it trips or not. Where one trips
the night is published, flagged, and writes to nobody. One that cannot be evaluated has tripped.

Most compare the night with sound ones before it, live or backfilled: published nights in which no
breaker found anything, or a person accepted what it found. With too few of them
(`history_nights_min`) they have tripped as well, and the night says `No history yet to judge by`.
Such a night is history for the next ones all the same.

**To accept a night**, somebody who looked says so: `receivables accept --as-of D --entity E
--because "Ann: …"`, and publishes the night again (in Airflow: clears `publish`). That is for this
night and for what tripped in it; the reason stands in `check_result` and with each notice. A person
who releases a night by hand (`--release REASON`, the parameter `release`) answers with that reason
for what has no history yet, and for nothing that a breaker found. The schedule answers for nothing.

**To change a limit** of one legal entity, name it in the settings, under the entity:
`breakers: {open_total_stop: 0.25}`. Why the defaults are what they are:
[decision 10](decisions/0010-breakers-are-calibrated.md)."""

REASON_CODES_END = """
## CASH_UNCERTAIN

It takes the place of `STEP_DUE`, and of `NOTICE_IN_FLIGHT`, whose letter is withdrawn then; of
nothing else. The question is a row of `clarification_task`, and of the workbook's sheet
`clarifications`. The customer's other items are written about, but for those that unapplied money
lowers. Why: [decision 11](decisions/0011-uncertain-cash-is-asked-about.md).
The first doubt that applies stands:
"""


def data_dictionary() -> str:
    """Every warehouse table and view, every column, from `include/warehouse.yaml`."""
    return "\n".join(_data_dictionary()) + "\n"


def reason_codes() -> str:
    """Every reason for writing and for not writing, from `include/policies/reasons.yaml`."""
    return "\n".join(_reason_codes()) + "\n"


def breakers() -> str:
    """Every breaker, its limits and what to do, from `include/breakers.yaml`."""
    return "\n".join(_breakers()) + "\n"


def _breakers() -> Iterator[str]:
    yield BREAKERS_BEGIN
    for name, body in limits.breakers().items():
        yield f"\n## {name}\n"
        if name in breaker_names():
            yield f"Trips: {sentence(name)}\n"
        yield f"{body['about']}\n"
        if body["limits"]:
            yield "| limit | default |\n|---|---|"
            for limit, value in body["limits"].items():
                yield f"| `{limit}` | {value} |"
            yield ""
        yield f"When it trips: {body['when_it_trips']}"


def _data_dictionary() -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield "Schema `receivables`, in DuckDB or PostgreSQL. The comments are in the database, too."
    yield "What begins with `v_` is a view."
    for name, table in {**tables(), **views()}.items():
        yield f"\n## {name}\n\n{table['about']}\n\nGrain: {table['grain']}.\n"
        yield "| column | type | meaning |"
        yield "|---|---|---|"
        for column, (kind, comment) in table["columns"].items():
            yield f"| `{column}` | {TYPES[kind]} | {comment} |"


def _reason_codes() -> Iterator[str]:
    yield "# Reason codes"
    yield ""
    yield "Every open item gets one of these every night; the first that applies, in this order of"
    yield "the rules in `include/sql/select/decision.sql`."
    yield ""
    yield "| code | outcome | what `receivables why` says |"
    yield "|---|---|---|"
    for reason in load_reasons():
        yield f"| `{reason.reason_code}` | {reason.outcome} | {reason.text} |"
    yield REASON_CODES_END
    yield "| doubt | what is uncertain | what a person asks |"
    yield "|---|---|---|"
    for doubt in load_cash_doubts():
        question = doubt.questions.get(FALLBACK_LANGUAGE, "")
        yield f"| `{doubt.cash_doubt}` | {doubt.because} | {question} |"


def main(docs: Path = DOCS) -> None:
    """Write the pages."""
    (docs / "breakers.md").write_text(breakers(), encoding="utf-8")
    (docs / "interest_rules.md").write_text(interest_rules(), encoding="utf-8")
    (docs / "data_dictionary.md").write_text(data_dictionary(), encoding="utf-8")
    (docs / "hand_over.md").write_text(hand_over(), encoding="utf-8")
    (docs / "reason_codes.md").write_text(reason_codes(), encoding="utf-8")


if __name__ == "__main__":
    main()
