"""The interest rules (`include/rules/<jurisdiction>.yaml`): versions, and the law beside each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from receivables.balance.rate import RATES, STATUSES, DatedRate, load_series, series_names
from receivables.balance.rule import Rule, parse
from receivables.errors import PolicyError
from receivables.holiday import CALENDARS, Calendar, calendar_names, load_calendar
from receivables.settings_interest import RULES
from receivables.yaml_text import LOADER

KEYS = {
    "valid_from", "valid_to", "chosen_by", "status", "statute", "currency", "series", "calendar",
    "rule", "because",
}
CONTESTED = (
    "rate", "start.offset_days", "start.business_day", "end_day_counts", "day_count",
    "compounding", "allocation", "rounding",
)
CONTESTED_IF_THERE = ("fixing", "fixed_fee", "fine", "base_factor", "suspensions")


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule as it stands in one period, with its law and why each contested choice is as it is."""

    rule_id: str
    valid_from: date
    valid_to: date
    chosen_by: str
    status: str
    statute: str
    currency: str
    series: str | None
    rule: Rule
    because: dict[str, str]
    calendar: Calendar | None = None

    def rates(self, folder: Path = RATES) -> tuple[DatedRate, ...]:
        """The reference values of the rule; none where its rate is fixed."""
        return load_series(self.series, folder) if self.series else ()

    def rule_between(self, first: date, last: date) -> Rule:
        """The rule with its calendar's holidays from a day to a day added to its own.

        Raises PolicyError past the calendar's last day.
        """
        if self.calendar is None:
            return self.rule
        holidays = {*self.rule.holidays, *self.calendar.between(first, last)}
        return replace(self.rule, holidays=tuple(sorted(holidays)))


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule that an entity, a customer or an invoice can carry, in all its versions."""

    rule_id: str
    title: str
    versions: tuple[RuleVersion, ...]

    def version(self, *, contract_date: date | None, due_date: date) -> RuleVersion:
        """The version of a claim; raises PolicyError where none is in force on its day."""
        for version in self.versions:
            by_contract = version.chosen_by == "contract_date"
            day = contract_date if by_contract and contract_date else due_date
            if version.valid_from <= day <= version.valid_to:
                return version
        raise PolicyError(
            f"interest rule {self.rule_id}: no version is in force on {contract_date or due_date}"
        )


def load_rules(
    folder: Path = RULES, rates: Path = RATES, calendars: Path = CALENDARS
) -> dict[str, NamedRule]:
    """Every rule by its name.

    Files that have not changed are read once in a process. Raises PolicyError with every fault of
    every file, by file and line.
    """
    files = [file for place in (folder, rates, calendars) for file in sorted(place.iterdir())]
    seen = tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    return _rules(folder, rates, calendars, seen)


@cache
def _rules(
    folder: Path, rates: Path, calendars: Path, seen: tuple[object, ...]
) -> dict[str, NamedRule]:
    faults: list[str] = []
    rules: dict[str, NamedRule] = {}
    for file in sorted(folder.glob("*.yaml")):
        for rule in _File(file, rates, calendars, faults).rules():
            if rule.rule_id in rules:
                faults.append(f"{file}: {rule.rule_id}: another file has a rule of this name")
            rules[rule.rule_id] = rule
    if faults:
        raise PolicyError("\n".join(faults))
    return rules


class _File:
    """Reads one file of rules and collects its faults."""

    def __init__(self, file: Path, rates: Path, calendars: Path, faults: list[str]) -> None:
        self.file, self.rates, self.calendars, self.faults = file, rates, calendars, faults
        self.lines: dict[str, int] = {}

    def fault(self, key: str, what: str) -> None:
        line = next((self.lines[known] for known in _upwards(key) if known in self.lines), 1)
        self.faults.append(f"{self.file}:{line}: {key}: {what}")

    def rules(self) -> list[NamedRule]:
        try:
            text = self.file.read_text(encoding="utf-8")
            loader = LOADER(text)
            document = loader.get_single_node()
            self.mark(document, "")
            raw = None if document is None else loader.construct_document(document)
        except yaml.YAMLError as broken:
            self.faults.append(f"{self.file}: not valid YAML: {broken}")
            return []
        if not isinstance(raw, dict):
            self.fault("the file", "must be a mapping of rule names to rules")
            return []
        return [self.named_rule(str(name), body) for name, body in raw.items()]

    def mark(self, node: yaml.Node | None, key: str) -> None:
        """Remember on which line each key stands; a key that is written twice is a fault."""
        if isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                inner = f"{key}.{name.value}" if key else str(name.value)
                if inner in self.lines:
                    self.faults.append(
                        f"{self.file}:{name.start_mark.line + 1}: {inner}: is written twice"
                    )
                self.lines[inner] = name.start_mark.line + 1
                self.mark(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value, start=1):
                self.lines[f"{key}.{number}"] = value.start_mark.line + 1
                self.mark(value, f"{key}.{number}")

    def mapping(self, raw: object, key: str, known: set[str]) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.fault(key, "must be a mapping of keys to values")
            return {}
        for name in raw:
            if name not in known:
                self.fault(f"{key}.{name}", f"unknown key; known are {', '.join(sorted(known))}")
        return raw

    def named_rule(self, name: str, raw: object) -> NamedRule:
        body = self.mapping(raw, name, {"title", "versions"})
        versions = body.get("versions")
        if not isinstance(versions, list) or not versions:
            self.fault(f"{name}.versions", "must list at least one version")
            versions = []
        read = [
            self.version(name, f"{name}.versions.{number}", version)
            for number, version in enumerate(versions, start=1)
        ]
        for number, (earlier, later) in enumerate(pairwise(read), start=2):
            self.follows(earlier, later, f"{name}.versions.{number}")
        return NamedRule(name, self.text(body, "title", name), tuple(_closed(read)))

    def version(self, name: str, key: str, raw: object) -> RuleVersion:
        body = self.mapping(raw, key, KEYS)
        rule = parse(body.get("rule"), lambda inner, what: self.fault(f"{key}.rule.{inner}", what))
        series = body.get("series")
        if rule.percent is None and series not in series_names(self.rates):
            self.fault(f"{key}.series", f"{series!r} is no series of {self.rates}; there are "
                                        f"{', '.join(series_names(self.rates))}")
            series = None
        elif rule.percent is not None and series is not None:
            self.fault(f"{key}.series", "belongs to a rule whose rate comes from a table")
        valid_from = self.day(body.get("valid_from"), f"{key}.valid_from")
        return RuleVersion(
            rule_id=name,
            valid_from=valid_from,
            valid_to=self.day(body.get("valid_to", date.max), f"{key}.valid_to"),
            chosen_by=self.one_of(
                body.get("chosen_by"), f"{key}.chosen_by", ("contract_date", "due_date")
            ),
            status=self.one_of(body.get("status"), f"{key}.status", STATUSES),
            statute=self.text(body, "statute", key),
            currency=self.text(body, "currency", key),
            series=series,
            rule=rule,
            because=self.because(body.get("because"), body.get("rule"), f"{key}.because"),
            calendar=self.calendar(body.get("calendar"), rule, valid_from, f"{key}.calendar"),
        )

    def calendar(
        self, name: object, rule: Rule, valid_from: date, key: str
    ) -> Calendar | None:
        if name is None:
            return None
        if name not in calendar_names(self.calendars):
            self.fault(key, f"{name!r} is no calendar of {self.calendars}; there are "
                            f"{', '.join(calendar_names(self.calendars))}")
            return None
        if rule.business_day == "none":
            self.fault(key, "belongs to a rule whose start.business_day is following")
        calendar = load_calendar(str(name), self.calendars)
        if valid_from < calendar.first_day:
            self.fault(key, f"{name} begins on {calendar.first_day}; let a version with it begin "
                            "then, and leave it out of the version before")
        return calendar

    def because(self, raw: object, rule: object, key: str) -> dict[str, str]:
        declared = rule if isinstance(rule, dict) else {}
        needed = [*CONTESTED, *(name for name in CONTESTED_IF_THERE if declared.get(name))]
        body = self.mapping(raw, key, {*CONTESTED, *CONTESTED_IF_THERE})
        for name in needed:
            if not isinstance(body.get(name), str) or not body[name].strip():
                self.fault(f"{key}.{name}", "is missing; say why the contested choice is as it is")
        return {str(name): str(reason) for name, reason in body.items()}

    def follows(self, earlier: RuleVersion, later: RuleVersion, key: str) -> None:
        if later.valid_from <= earlier.valid_from or (
            earlier.valid_to < date.max and later.valid_from <= earlier.valid_to
        ):
            self.fault(f"{key}.valid_from", "overlaps the version before it")
        elif earlier.valid_to < later.valid_from - timedelta(days=1):
            self.fault(f"{key}.valid_from", f"no version is in force after {earlier.valid_to}")

    def text(self, body: dict[str, Any], name: str, key: str) -> str:
        value = body.get(name)
        if not isinstance(value, str) or not value.strip():
            self.fault(f"{key}.{name}", "is missing; give a text")
            return ""
        return value

    def day(self, value: object, key: str) -> date:
        if type(value) is not date:
            self.fault(key, f"{value!r} is no day; write one such as 2026-03-31")
            return date.min
        return value

    def one_of(self, value: object, key: str, known: tuple[str, ...]) -> str:
        if value not in known:
            self.fault(key, f"{value!r} is not one of {', '.join(known)}")
        return str(value)


def _closed(versions: list[RuleVersion]) -> list[RuleVersion]:
    """An open version ends where the next one begins."""
    ends = [later.valid_from - timedelta(days=1) for later in versions[1:]]
    return [
        replace(version, valid_to=min(version.valid_to, end))
        for version, end in zip(versions, [*ends, date.max], strict=True)
    ]


def _upwards(key: str) -> list[str]:
    """A key and the ones that it stands in, the nearest first."""
    parts = key.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
