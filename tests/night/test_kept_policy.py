"""A night keeps the text of its policy: a change of it changes later nights alone."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from company import DAY, ENTITY, Company, after, read
from receivables import night
from receivables.replay import replay
from receivables.select import policy_file
from seller import RELEASE, SETTINGS


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of policies of an installation, to be changed."""
    folder = tmp_path / "policies"
    shutil.copytree(policy_file.POLICIES, folder)
    monkeypatch.setattr(policy_file, "POLICIES", folder)
    return folder / "standard.yaml"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_replay_decides_by_the_policy_of_then(company: Company, installed: Path) -> None:
    change(installed, "min_days_between_notices: 7", "min_days_between_notices: 70")
    change(installed, "known_since_days: 3", "known_since_days: 0")
    change(installed, "days_past_due: 10,", "days_past_due: 20,")
    run = company.run(settings=SETTINGS, now=after(DAY + timedelta(days=9)))
    assert replay(run, ENTITY, lambda line: None).differences == ()


def test_a_kept_policy_that_was_tampered_with_is_found(company: Company) -> None:
    kept = company.official().folder / "policies" / "standard.yaml"
    change(kept, "promise_grace_days: 3", "promise_grace_days: 5")
    run = company.run(settings=SETTINGS, now=after(DAY + timedelta(days=9)))
    *tables, difference = replay(run, ENTITY, lambda line: None).differences
    assert tables == ["decision", "promise_outcome", "work_list"], "by version, and days of grace"
    assert difference.startswith("policy (standard@")


def test_a_night_that_began_under_one_policy_is_published_under_it(
    tmp_path: Path, installed: Path
) -> None:
    """A step that is gone by the morning can still be written: the night had decided it."""
    company = Company(tmp_path)
    company.customer("PAYS")
    company.invoice("PAID", "100", DAY, "PAYS")
    company.payment("PAID", "100", DAY)
    company.customer()
    company.invoice("I1", "100", DAY - timedelta(days=5))
    night_folder = company.ledger(DAY)
    run = company.run(release=RELEASE)
    run.lake.open_official(night_folder)
    night.balance(run, ENTITY)
    night.select(run, ENTITY)
    change(installed, "  - {step: reminder_1, days_past_due: 3, channel: email, "
                      "recipients: [accounts_payable], tone: friendly,\n     thread: new}\n", "")
    assert night.publish(run, ENTITY).drafted == 1
    assert read(company.official(), "notice", "step") == [("reminder_1",)]
