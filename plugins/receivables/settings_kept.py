"""What the settings said of a legal entity on its night, kept in the night's folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter

from receivables.lake import Night
from receivables.settings import Entity, Settings, Source


@dataclass(frozen=True, slots=True)
class KeptSettings:
    """All that a night's figures and decisions take from the settings."""

    entity: Entity
    reporting_currency: str
    open_amounts: Literal["from_allocations", "from_source"]

    @classmethod
    def of(cls, settings: Settings, legal_entity_id: str) -> KeptSettings:
        """As the settings are now."""
        source = settings.source_of(legal_entity_id)
        entity = settings.entities[legal_entity_id]
        return cls(entity, settings.reporting_currency, source.open_amounts)

    def source(self, settings: Settings) -> Source:
        """The legal entity's source, with its open amounts taken as they were then."""
        source = settings.source_of(self.entity.legal_entity_id)
        return replace(source, open_amounts=self.open_amounts)


def keep_settings(night: Night, settings: Settings) -> None:
    """Keep them in a night that is not published."""
    kept = KeptSettings.of(settings, night.legal_entity_id)
    file = night.folder / "settings.json"
    partial = file.with_name(f"{file.name}.partial")
    partial.write_bytes(TypeAdapter(KeptSettings).dump_json(kept, indent=2) + b"\n")
    partial.replace(file)


def kept_settings(night: Night, settings: Settings) -> KeptSettings:
    """As the night keeps them; as they are now, where it keeps none."""
    file = night.folder / "settings.json"
    if not file.exists():
        return KeptSettings.of(settings, night.legal_entity_id)
    return TypeAdapter(KeptSettings).validate_json(file.read_bytes())
