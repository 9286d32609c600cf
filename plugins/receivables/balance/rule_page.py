"""The page of docs/ that shows every interest rule, choice by choice, with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from receivables.balance.rule_file import RULES
from receivables.yaml_text import read_yaml


def interest_rules() -> str:
    """Every rule of `include/rules/`, and why each contested choice is as it is."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    rules: dict[str, Any] = {}
    for file in sorted(RULES.glob("*.yaml")):
        rules |= read_yaml(file.read_text(encoding="utf-8"))
    yield "# Interest rules"
    yield ""
    yield "What `include/rules/` says. How to read it, and who should: [interest.md](interest.md)."
    yield ""
    yield "| rule | from | status | law | reference | holidays |"
    yield "|---|---|---|---|---|---|"
    for name, body in rules.items():
        for version in body["versions"]:
            yield (
                f"| [`{name}`](#{name}) | {version['valid_from']} | {version['status']} "
                f"| {version['statute']} | {version.get('series', 'fixed')} "
                f"| {version.get('calendar', '')} |"
            )
    for name, body in rules.items():
        yield f"\n## {name}\n\n{body['title']}."
        for version in body["versions"]:
            yield from _version(version)


def _version(version: dict[str, Any]) -> Iterator[str]:
    until = f" to {version['valid_to']}" if "valid_to" in version else ""
    yield (
        f"\nFrom {version['valid_from']}{until}, by {version['chosen_by'].replace('_', ' ')}; "
        f"currency {version['currency']}; {version['status']}.\n"
    )
    yield "| choice | as it is | because |"
    yield "|---|---|---|"
    for choice, reason in version["because"].items():
        chosen: Any = version["rule"]
        for part in choice.split("."):
            chosen = chosen[part]
        yield f"| {choice} | `{_shown(chosen)}` | {reason} |"


def _shown(chosen: Any) -> str:
    text = yaml.safe_dump(chosen, default_flow_style=True, width=10**6, sort_keys=False)
    return text.removesuffix("...\n").strip()
