"""Reading the settings: whole, all faults at once, each with file, key and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import yaml
from babel.numbers import list_currencies

from receivables.contract import INCLUDE
from receivables.errors import SettingsError
from receivables.holiday import calendar_names
from receivables.limits import default_limits
from receivables.settings import (
    NIGHT_AT,
    Entity,
    Settings,
    Source,
    is_over_by_the_night,
)
from receivables.settings_interest import check_names, interest_exceptions, interest_rule
from receivables.settings_mail import read_mail
from receivables.settings_payment import payment_account
from receivables.settings_policy import approvers, policy_exceptions, policy_name
from receivables.settings_privacy import privacy
from receivables.yaml_text import read_yaml


def read(file: Path) -> Settings:
    """Read the settings of an installation.

    Raises SettingsError with every fault.
    """
    try:
        raw = read_yaml(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            [f"{file}: no such file; name one with --settings or RECEIVABLES_SETTINGS"]
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as broken:
        raise SettingsError([f"{file}: not readable as YAML in UTF-8: {broken}"]) from broken
    return Reader(file).settings(raw)


class Reader:
    """Reads the settings key by key and collects the faults."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.faults: list[str] = []

    def settings(self, raw: object) -> Settings:
        top = self.mapping(raw, "the file", {
            "home", "time_zone", "reporting_currency", "outbox_url", "warehouse_url", "mail",
            "sources", "entities", "approvers", "privacy",
        })
        home = self.path(top.get("home"), "home")
        time_zone = self.time_zone(top.get("time_zone", "UTC"), "time_zone")
        sources = {
            self.identifier(name, "sources"): self.source(str(name), body)
            for name, body in self.mapping(top.get("sources"), "sources").items()
        }
        entities = {
            self.identifier(name, "entities"): self.entity(str(name), body, time_zone)
            for name, body in self.mapping(top.get("entities"), "entities").items()
        }
        self.check_entities(sources, entities)
        self.check_company_clock(time_zone, entities)
        settings = Settings(
            file=self.file,
            home=home,
            time_zone=time_zone,
            reporting_currency=self.currency(
                top.get("reporting_currency", "EUR"), "reporting_currency"
            ),
            outbox_url=self.url(top, "outbox_url", f"sqlite:///{home / 'outbox.sqlite'}"),
            warehouse_url=self.url(top, "warehouse_url", f"duckdb:///{home / 'warehouse.duckdb'}"),
            mail=read_mail(self, top.get("mail") or {}),
            sources=sources,
            entities=entities,
            approvers=approvers(self, top.get("approvers")),
            privacy=privacy(self, top.get("privacy")),
        )
        if self.faults:
            raise SettingsError(self.faults)
        return settings

    def fault(self, key: str, what: str) -> None:
        self.faults.append(f"{self.file}: {key}: {what}")

    def mapping(
        self, value: object, key: str, known: set[str] | None = None
    ) -> dict[Any, Any]:
        if not isinstance(value, dict) or not value:
            self.fault(key, "must be a non-empty mapping of keys to values")
            return {}
        for name in value:
            if known is not None and name not in known:
                self.fault(f"{key}: {name}", f"unknown key; known are {', '.join(sorted(known))}")
        return value

    def identifier(self, value: object, key: str) -> str:
        """YAML reads NO as false and 0010 as 8; an id is what stands in the ERP's rows."""
        if not isinstance(value, str) or not value.strip():
            self.fault(key, f"{value!r} is no text; put it in quotes as the ERP writes it")
        return str(value)

    def text(self, body: Mapping[str, Any], name: str, key: str) -> str:
        value = body.get(name)
        if not isinstance(value, str) or not value.strip():
            self.fault(f"{key}.{name}", "is missing; give a text")
            return ""
        return value

    def path(self, value: object, key: str) -> Path:
        if not isinstance(value, str) or not value:
            self.fault(key, "is missing; give a folder (relative ones start at this file's folder)")
            return Path()
        return (self.file.resolve().parent / value).resolve()

    def url(self, top: Mapping[str, Any], name: str, default: str) -> str:
        value = top.get(name) or default
        if not isinstance(value, str) or "://" not in value:
            self.fault(name, "must be a URL such as sqlite:////folder/outbox.sqlite, "
                             "duckdb:////folder/warehouse.duckdb or a connection:// id")
            return default
        return value

    def time_zone(self, value: object, key: str) -> str:
        if not isinstance(value, str) or value not in available_timezones():
            self.fault(key, f"{value!r} is no IANA time zone; write one such as Europe/Berlin")
            return "UTC"
        return str(value)

    def currency(self, value: object, key: str) -> str:
        if not isinstance(value, str) or value not in list_currencies():
            self.fault(key, f"{value!r} is no ISO 4217 code; write one such as EUR")
        return str(value)

    def lines(self, body: Mapping[str, Any], name: str, key: str) -> tuple[str, ...]:
        value = body.get(name, [])
        if isinstance(value, str):
            return tuple(value.splitlines())
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            self.fault(f"{key}.{name}", "must be a list of lines")
            return ()
        return tuple(value)

    def source(self, name: str, raw: object) -> Source:
        key = f"sources.{name}"
        body = self.mapping(raw, key, {
            "kind", "connection", "directory", "sql", "entities", "open_amounts", "incremental",
        })
        kind = body.get("kind")
        if kind not in ("sql", "files"):
            self.fault(f"{key}.kind", f"{kind!r} is unknown; write sql or files")
        if kind == "sql":
            self.text(body, "connection", key)
        directory = None
        if kind == "files":
            directory = self.path(body.get("directory"), f"{key}.directory")
        folder = body.get("sql", "contract")
        if not isinstance(folder, str) or not (INCLUDE / "sql" / "extract" / folder).is_dir():
            self.fault(f"{key}.sql", f"{folder!r} is no folder of include/sql/extract; there are "
                                     f"{', '.join(_sql_folders())}")
        open_amounts = body.get("open_amounts", "from_allocations")
        if open_amounts not in ("from_allocations", "from_source"):
            self.fault(f"{key}.open_amounts", "must be from_allocations or from_source")
        incremental = body.get("incremental", False)
        if not isinstance(incremental, bool) or (incremental and kind == "files"):
            self.fault(f"{key}.incremental", "must be true or false, and true only for kind sql: "
                                             "files are read whole")
        entities = body.get("entities")
        if not isinstance(entities, list) or not entities:
            self.fault(f"{key}.entities", "is missing; list the legal entities read from here")
            entities = []
        return Source(
            name=name, kind=kind, connection=body.get("connection"), directory=directory,
            sql=str(folder),
            entities=tuple(self.identifier(entity, f"{key}.entities") for entity in entities),
            open_amounts=open_amounts, incremental=incremental is True,
        )

    def entity(self, name: str, raw: object, time_zone: str) -> Entity:
        key = f"entities.{name}"
        body = self.mapping(raw, key, {
            "name", "country", "currency", "time_zone", "policy", "interest_rule",
            "interest_exceptions", "letterhead", "bank_details", "breakers", "policy_exceptions",
            "calendar", "bank_feed_hours_max", "payment",
        })
        rule = interest_rule(self, body.get("interest_rule", "none"), f"{key}.interest_rule")
        exceptions = interest_exceptions(
            self, body.get("interest_exceptions"), f"{key}.interest_exceptions"
        )
        check_names(self, (rule, *(exception.interest_rule for exception in exceptions)), key)
        country = self.text(body, "country", key)
        full_name = self.text(body, "name", key)
        bank_details = self.lines(body, "bank_details", key)
        return Entity(
            legal_entity_id=name,
            name=full_name,
            country=country,
            currency=self.currency(body.get("currency"), f"{key}.currency"),
            time_zone=self.time_zone(body.get("time_zone", time_zone), f"{key}.time_zone"),
            policy=policy_name(self, body.get("policy", "standard"), f"{key}.policy"),
            policy_exceptions=policy_exceptions(
                self, body.get("policy_exceptions"), f"{key}.policy_exceptions"
            ),
            calendar=self.calendar(body.get("calendar"), country, f"{key}.calendar"),
            breakers=self.breakers(body.get("breakers"), f"{key}.breakers"),
            interest_rule=rule,
            interest_exceptions=exceptions,
            letterhead=self.lines(body, "letterhead", key),
            bank_details=bank_details,
            payment=payment_account(
                self, body.get("payment"), f"{key}.payment", name=full_name, country=country,
                bank_details=bank_details,
            ),
            bank_feed_hours_max=self.hours(body.get("bank_feed_hours_max"), key),
        )

    def calendar(self, raw: object, country: str, key: str) -> str | None:
        """The calendar that is named, else that of the country, if there is one."""
        known = calendar_names()
        if raw is None:
            return country.lower() if country.lower() in known else None
        if raw not in known:
            self.fault(key, f"{raw!r} is no file of include/calendars; there are "
                            f"{', '.join(known)}")
        return str(raw)

    def hours(self, value: object, key: str) -> int | None:
        """None where it is not set: not every source's receipts tell how old the bank feed is."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self.fault(f"{key}.bank_feed_hours_max", f"{value!r} must be a whole number of hours "
                                                     "from 1, such as 48; leave it out for none")
            return None
        return value

    def breakers(self, raw: object, key: str) -> dict[str, float]:
        """Other limits than those of include/breakers.yaml, by their names."""
        known = default_limits()
        body = self.mapping(raw, key, set(known)) if raw else {}
        for name, value in body.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                self.fault(f"{key}.{name}", f"{value!r} must be a number from 0, such as "
                                            f"{known.get(name, 1)}")
            elif name.startswith("history_nights") and value < 1:
                self.fault(f"{key}.{name}", "must be 1 at least: nothing is usual without history")
        return dict(body)

    def check_entities(
        self, sources: Mapping[str, Source], entities: Mapping[str, Entity]
    ) -> None:
        listed = [entity for source in sources.values() for entity in source.entities]
        for entity in sorted(set(listed) - set(entities)):
            self.fault(f"entities.{entity}", "a source reads it, but it is not described here")
        for entity in entities:
            if listed.count(entity) != 1:
                self.fault(f"entities.{entity}", f"must be read from one source, not from "
                                                 f"{listed.count(entity)}; see sources.*.entities")


    def check_company_clock(self, time_zone: str, entities: Mapping[str, Entity]) -> None:
        """Else the schedule's night is of a day that is not over there, and refused every night."""
        for name, entity in entities.items():
            if not is_over_by_the_night(entity.time_zone, company_time_zone=time_zone):
                self.fault("time_zone", f"when the night runs at {NIGHT_AT:%H:%M} in {time_zone}, "
                           f"the day is not over in {entity.time_zone} ({name}); write the time "
                           "zone of the legal entity whose day ends last")


def _sql_folders() -> list[str]:
    root = INCLUDE / "sql" / "extract"
    return sorted(folder.name for folder in root.iterdir() if folder.is_dir())
