"""How long what is about people is kept (`privacy` in the settings)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from receivables.settings import Privacy

if TYPE_CHECKING:
    from receivables.settings_file import Reader


def privacy(reader: Reader, raw: Any) -> Privacy:
    """The periods, in days; the defaults where nothing is said."""
    body = reader.mapping(raw, "privacy", set(Privacy.__slots__)) if raw else {}
    for name, days in body.items():
        if isinstance(days, bool) or not isinstance(days, int) or days < 1:
            reader.fault(f"privacy.{name}", f"{days!r} must be a whole number of days from 1")
    return Privacy(**{name: days for name, days in body.items() if name in Privacy.__slots__})
