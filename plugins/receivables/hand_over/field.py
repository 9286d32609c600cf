"""The fields of what is handed over (`include/hand_over.yaml`), and the page that explains them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from receivables.contract import INCLUDE
from receivables.hand_over.tax_rule import load_tax_rules
from receivables.hand_over.write_off import load_parameters
from receivables.yaml_text import read_yaml

FILES = ("agency_file", "protest_remittance")
PAGE_BEGIN = INCLUDE / "templates" / "hand_over" / "page.md"


@cache
def artefacts() -> dict[str, dict[str, Any]]:
    """Every table that is handed over: about, grain, fields with type and meaning."""
    read: dict[str, dict[str, Any]] = read_yaml(
        (INCLUDE / "hand_over.yaml").read_text(encoding="utf-8")
    )
    return read


def fields(artefact: str) -> Mapping[str, list[str]]:
    """The type and the meaning of each field of a table, in order."""
    found: Mapping[str, list[str]] = artefacts()[artefact]["fields"]
    return found


def hand_over() -> str:
    """The page about what is handed over: how, and field by field."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield PAGE_BEGIN.read_text(encoding="utf-8").rstrip()
    for name, artefact in artefacts().items():
        where = "" if name in FILES else " (dossier)"
        yield f"\n## {name}{where}\n\n{artefact['about']}\n\nGrain: {artefact['grain']}.\n"
        yield "| field | type | meaning |\n|---|---|---|"
        for field, (kind, meaning) in artefact["fields"].items():
            yield f"| `{field}` | {kind} | {meaning} |"
    yield "\n## Tax rules\n"
    yield "| rule | tax | law | requires | status | source |\n|---|---|---|---|---|---|"
    for rule in load_tax_rules():
        yield (f"| `{rule.rule_id}` | {rule.tax} | {rule.legal_basis} | {rule.requires} | "
               f"{rule.status} | {rule.source} |")
    yield "\n## Probabilities of recovery\n"
    yield "| way | class | share of the principal |\n|---|---|---|"
    for rate in load_parameters().recovery_rates:
        share = f"{rate.rate // 100}.{rate.rate % 100:02}"
        yield f"| {rate.way} | {rate.recovery_class} | {share} % |"
