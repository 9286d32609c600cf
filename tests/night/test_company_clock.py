"""The company's clock: its day, which the night is of, ends when every legal entity's has ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from company import ENTITY, Company
from receivables.contract import INCLUDE
from receivables.errors import SettingsError
from receivables.settings import NIGHT_AT


@pytest.mark.parametrize("of_the_company, of_the_entity, is_fault, because", [
    ("America/Sao_Paulo", "Europe/Berlin", False, "Berlin's day is over hours before"),
    ("Europe/Berlin", "Europe/Berlin", False, "one day"),
    ("Europe/Berlin", "America/Sao_Paulo", True, "at two in Berlin it is evening in São Paulo"),
    (None, "America/New_York", True, "without a word the company's clock is UTC"),
    ("Europe/Berlin", "Europe/London", False, "an hour later, and the night waits for two"),
    ("Europe/Berlin", "Atlantic/Azores", False, "two hours later is just in time"),
    ("Europe/Helsinki", "Atlantic/Azores", True, "three hours later is too late"),
    ("America/Santiago", "America/Halifax", False, "each ends last for half a year, by an hour"),
    ("Africa/Johannesburg", "Europe/London", False, "two hours in winter"),
    ("Asia/Dubai", "Europe/Berlin", True, "three hours in winter, though two in summer"),
    ("Pacific/Auckland", "Pacific/Honolulu", True, "almost a day"),
    ("Pacific/Honolulu", "Pacific/Auckland", False, "the last of all clocks"),
])
def test_the_companys_day_ends_last(
    tmp_path: Path, of_the_company: str | None, of_the_entity: str, is_fault: bool, because: str
) -> None:
    company = Company(tmp_path)
    settings = {"time_zone": of_the_company or "UTC", "entity": {"time_zone": of_the_entity}}
    if not is_fault:
        assert company.settings(**settings).entities[ENTITY].time_zone == of_the_entity, because
        return
    with pytest.raises(SettingsError) as refused:
        company.settings(**settings)
    [fault] = refused.value.faults
    assert "time_zone: when the night runs at 02:00" in fault and f"({ENTITY})" in fault, because


def test_the_schedule_runs_the_night_when_the_settings_say() -> None:
    dag = (INCLUDE.parent / "dags" / "receivables_nightly.py").read_text(encoding="utf-8")
    assert f'CronTriggerTimetable("{NIGHT_AT.minute} {NIGHT_AT.hour} * * *"' in dag
