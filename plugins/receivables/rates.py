"""`receivables rates check`: what is known of the reference rates, and when they run out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from receivables.balance.claim import rules_in_use
from receivables.balance.rate import DatedRate, load_series, series_names
from receivables.balance.rate_coverage import (
    NOTICE,
    Reach,
    known_stretches,
    running_out,
    unknown_stretches,
)
from receivables.balance.rule_file import NamedRule, load_rules
from receivables.settings import Settings


def print_check(settings: Settings, *, as_of_date: date, as_json: bool) -> bool:
    """Print how far every series reaches; whether those in use reach thirty days beyond the day."""
    used = {name: rules_in_use(entity) for name, entity in settings.entities.items()}
    in_use = running_out([rule for rules in used.values() for rule in rules], as_of_date)
    rules = load_rules().values()
    report = {
        "as_of_date": as_of_date,
        "series": [_series(name, rules, as_of_date, used) for name in series_names()],
        "runs_out": [reach.sentence for reach in in_use if reach.runs_out],
    }
    if as_json:
        print(json.dumps(report, default=str, indent=2))
    else:
        print("\n".join(_lines(report, in_use)))
    return not report["runs_out"]


def _series(
    name: str, rules: Iterable[NamedRule], as_of_date: date, used: dict[str, list[NamedRule]]
) -> dict[str, Any]:
    rates = load_series(name)
    known = known_stretches(rates)
    users = [rule for rule in rules if _needs(rule, name)]
    [reach] = [
        reach for reach in running_out(users, as_of_date) if reach.subject == name
    ] or [_unused(name, known, as_of_date)]
    return {
        "series": name,
        "first_day": known[0][0] if known else None,
        "last_day": known[-1][1] if known else None,
        "serves_until": reach.last_day,
        "days_left": reach.days_left if reach.last_day else None,
        "rules": sorted(rule.rule_id for rule in users),
        "entities": sorted(
            entity for entity, rules in used.items() if any(_needs(rule, name) for rule in rules)
        ),
        "values": sum(rate.percent is not None for rate in rates),
        "gaps": unknown_stretches(rates),
        "recalled": _spans(rates, lambda rate: rate.status == "RECALLED"),
        "one_source": _spans(
            rates, lambda rate: rate.status != "RECALLED" and not rate.second_source
        ),
    }


def _needs(rule: NamedRule, series: str) -> bool:
    return any(version.series == series for version in rule.versions)


def _unused(name: str, known: Sequence[tuple[date, date]], as_of_date: date) -> Reach:
    """Of a series that no rule uses: until when its days are known without a break."""
    last = next((span[1] for span in known if span[0] <= as_of_date <= span[1]), None)
    return Reach("", "", name, (), as_of_date, last, known[-1][1] if known else None)


def _spans(
    rates: Sequence[DatedRate], is_wanted: Callable[[DatedRate], bool]
) -> list[tuple[date, date]]:
    return [
        (rate.valid_from, rate.valid_to)
        for rate in rates if rate.percent is not None and is_wanted(rate)
    ]


def _lines(report: dict[str, Any], in_use: Sequence[Reach]) -> list[str]:
    lines = [f"Reference rates as of {report['as_of_date']}", ""]
    for series in report["series"]:
        users = ", ".join(series["rules"]) or "no rule"
        if series["entities"]:
            users += f" (of {', '.join(series['entities'])})"
        lines += [
            f"{series['series']}: {series['values']} values, known from {series['first_day']} to "
            f"{series['last_day']}; {_left(series)}",
            f"  used by      {users}",
            *_listed("gaps", series["gaps"]),
            *_listed("recalled", series["recalled"]),
            *_listed("one source", series["one_source"]),
            "",
        ]
    if report["runs_out"]:
        return [*lines, *(f"RUNS OUT  {sentence}" for sentence in report["runs_out"])]
    until = report["as_of_date"] + NOTICE
    if not in_use:
        return [*lines, "No legal entity's rule needs a reference rate."]
    return [*lines, f"Enough until {until}: {', '.join(reach.subject for reach in in_use)}."]


def _left(series: dict[str, Any]) -> str:
    if series["serves_until"] is None:
        return "nothing is known of this day"
    return f"serves until {series['serves_until']}, {series['days_left']} days on"


def _listed(name: str, spans: Sequence[tuple[date, date]]) -> list[str]:
    if not spans:
        return []
    shown = [f"{first} to {last}" for first, last in spans]
    return [f"  {name:<12} {len(shown)}: " + ", ".join(shown[:3]) + (
        f", …, {shown[-1]}" if len(shown) > 4 else ", ".join(["", *shown[3:]])
    )]
