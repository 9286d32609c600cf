"""A plan says what the next night would do under another policy: no more, and no less."""

from __future__ import annotations

import itertools
import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from book import SETTINGS, Book
from company import DAY, ENTITY, after, read
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from receivables import cli, night
from receivables.lake import Night
from receivables.plan.difference import Plan, candidate, plan, users
from receivables.select.policy_kept import installed_file

DECISION = "invoice_id, instalment_no, outcome, reason_code, step, channel, recipients"
_numbers = itertools.count(1)


def planned(book: Book, file: Path, name: str | None = None) -> Plan:
    run = book.run()
    policy = candidate(file, name, run.settings)
    return plan(run, policy, users(run.settings, policy), as_of_date=None)


def next_night(book: Book, file: Path) -> Night:
    """The same book decided by a night's own stages, with the policy installed."""
    official = book.company.official()
    known_at = official.known_at + timedelta(microseconds=next(_numbers))
    run = book.company.run(known_at=known_at, now=after(DAY + timedelta(days=1)), settings=SETTINGS)
    again = run.lake.night(as_of_date=DAY, legal_entity_id=ENTITY, known_at=known_at)
    shutil.copytree(official.folder / "ledger", again.folder / "ledger")
    shutil.copyfile(official.file("quarantine"), again.file("quarantine"))
    before = installed_file("standard").read_bytes()
    try:
        installed_file("standard").write_bytes(file.read_bytes())
        night.balance(run, ENTITY)
        return night.select(run, ENTITY)
    finally:
        installed_file("standard").write_bytes(before)


def decisions(night: Night) -> dict[Any, Any]:
    return {row[:2]: row[2:] for row in read(night, "decision", DECISION)}


def notices(night: Night) -> dict[str, str]:
    """The steps of each customer's notices, and of those that people take."""
    found: dict[str, set[str]] = {}
    for customer_id, step in read(night, "notice", "customer_id, step"):
        found.setdefault(customer_id, set()).add(step)
    for *_, outcome, customer_id, step, channel in read(
        night, "decision", "outcome, customer_id, step, channel"
    ):
        if outcome == "review" and channel != "email" and step:
            found.setdefault(customer_id, set()).add(step)
    return {customer_id: ", ".join(sorted(steps)) for customer_id, steps in found.items()}


def with_changes(night: Night, made: Plan) -> tuple[dict[Any, Any], dict[str, str]]:
    """What the night decided and whom it wrote to, with the plan's differences on top."""
    decided, written = decisions(night), notices(night)
    part = made.content["entities"][ENTITY]
    for row in part["decisions"]:
        key = (row["invoice_id"], row["instalment_no"])
        sides = ("outcome", "reason", "step", "channel", "recipients")
        assert decided.pop(key, (None,) * 5) == tuple(row[f"{side}_before"] for side in sides)
        if row["outcome_after"] is not None:
            decided[key] = tuple(row[f"{side}_after"] for side in sides)
    for row in part["contacts"]:
        assert written.pop(row["customer_id"], None) == row["steps_before"]
        if row["steps_after"] is not None:
            written[row["customer_id"]] = row["steps_after"]
    return decided, written


def claims(night: Night) -> dict[str, Decimal]:
    demanded: dict[str, Decimal] = {}
    for currency, amount in read(night, "notice", "currency, demanded_amount"):
        demanded[currency] = demanded.get(currency, Decimal(0)) + amount
    return demanded


@st.composite
def policies(draw: st.DrawFn) -> str:
    """The standard policy with other days, limits, channels, roles and fewer steps."""
    raw = yaml.safe_load(installed_file("standard").read_text(encoding="utf-8"))
    steps = [step for step in raw["steps"] if draw(st.integers(0, 5))]
    steps = steps or raw["steps"][:2]
    days = sorted(draw(st.sets(st.integers(1, 100), min_size=len(steps), max_size=len(steps))))
    for step, day in zip(steps, days, strict=True):
        is_before = step["step"] == "pre_due_notice"
        del step["days_past_due"]
        trigger = draw(st.sampled_from(["days_past_due", "days_past_due", "business_days_past_due"]))
        step |= {"days_past_due": draw(st.integers(-21, 0))} if is_before else {trigger: day}
        if step["step"] != "hand_over":
            step["channel"] = draw(st.sampled_from(["email", "email", "email", "call", "task"]))
        if step["channel"] in ("call", "task"):
            step["lapses_after_days"] = draw(st.integers(1, 30))
            step.pop("thread", None)
            step.pop("attach", None)
        step["recipients"] = draw(st.sampled_from([["accounts_payable"], ["owner", "legal"]]))
        modes = ["display", "off"] if is_before else ["display", "claim", "off"]
        step["interest"] = draw(st.sampled_from(modes))
    raw |= {
        "steps": steps,
        "min_days_between_notices": draw(st.integers(0, 20)),
        "promise_grace_days": draw(st.integers(0, 10)),
        "known_since_days": draw(st.integers(0, 5)),
        "catch_up": draw(st.booleans()),
        "contacts_max": {"count": draw(st.integers(1, 6)), "in_days": 30},
        "thresholds": {"EUR": str(draw(st.sampled_from([0, 5, 10, 150])))},
    }
    raw["residual_claims"]["settled_within_days"] = draw(st.sampled_from([0, 10, 60]))
    return yaml.safe_dump(raw, sort_keys=False)


# Shrinking would take minutes; a failing policy is short enough to be read.
@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
@given(text=policies())
def test_a_plan_is_what_the_next_night_does(book: Book, text: str) -> None:
    file = book.changed()
    file.write_text(text, encoding="utf-8")
    made = planned(book, file)
    done = next_night(book, file)
    assert with_changes(book.company.official(), made) == (decisions(done), notices(done))
    part = made.content["entities"][ENTITY]
    after_side = {r["currency"]: Decimal(r["demanded_after"]) for r in part["claims"]}
    assert {c: amount for c, amount in after_side.items() if amount} == claims(done)


def test_a_plan_of_an_unchanged_policy_is_empty(book: Book) -> None:
    file = book.changed(("description:", "# words that decide nothing\ndescription:"))
    made = planned(book, file)
    assert made.is_empty
    assert made.content["total"]["contacts"] == {}
    part = made.content["entities"][ENTITY]
    assert part["items"] > 20
    for row in (*part["claims"], *part["workload"]):
        sides = {key.removesuffix("_before"): value for key, value in row.items() if "before" in key}
        assert sides == {name: row[f"{name}_after"] for name in sides}, "nor is any sum another"
    assert made.hash == planned(book, file).hash, "and the same again"


CHANGES = [
    # old | new | change | customers | because
    ("days_past_due: 3,", "days_past_due: 1,", "contacted", ["AT+002"], "two days late is late now"),
    ("days_past_due: 3,", "days_past_due: 9,", "no longer contacted", ["AT+004"], "four are not"),
    ("days_past_due: -7,", "days_past_due: -21,", "contacted", ["AT-020"], "told sooner"),
    ('EUR: "10.00"', 'EUR: "5.00"', "contacted", ["OWES-LITTLE"], "six euros are worth a letter"),
    ("days_past_due: 30, channel: email, recipients: [finance_director]",
     "days_past_due: 30, channel: email, recipients: [owner]", None, [], "there is no owner anywhere"),
    ("days_past_due: 3, channel: email,", "days_past_due: 3, channel: email, approval: {by: owner},",
     "another way", ["AT+004"], "somebody has to agree first"),
]


@pytest.mark.parametrize("old, new, change, customers, because", CHANGES, ids=[r[-1] for r in CHANGES])
def test_a_plan_names_the_customers_whose_letter_changes(
    book: Book, old: str, new: str, change: str | None, customers: list[str], because: str
) -> None:
    part = planned(book, book.changed((old, new))).content["entities"][ENTITY]
    found = {row["customer_id"]: row["change"] for row in part["contacts"]}
    assert {c: found.get(c) for c in customers} == dict.fromkeys(customers, change), because
    assert set(found.values()) <= {change}, because


def test_a_plan_of_another_days_night_is_another_plan(book: Book) -> None:
    run, file = book.run(), book.changed()
    day = DAY - timedelta(days=5)
    made = plan(run, candidate(file, None, run.settings), [ENTITY], as_of_date=day)
    assert made.is_empty
    assert made.content["entities"][ENTITY]["book"]["as_of_date"] == str(day)
    assert made.hash != planned(book, file).hash


REFUSALS = [
    # file name | words | said | because
    ("standard.yaml", ["--entity", "E1", "--as-of", "2026-01-01"], "no night of 2026-01-01 is published",
     "there is no book"),
    ("new.yaml", [], "no legal entity of", "nobody would decide by it"),
    ("new.yaml", ["--name", "gentle"], "--name standard", "a name has to be one that is used"),
    ("nowhere.yaml", [], "no such file", "it is not there"),
]


@pytest.mark.parametrize("name, words, said, because", REFUSALS, ids=[r[-1] for r in REFUSALS])
def test_a_plan_that_cannot_be_made_says_why(
    book: Book, capsys: pytest.CaptureFixture[str], name: str, words: list[str], said: str, because: str
) -> None:
    book.run()
    file = book.changed(name="new.yaml") if name == "new.yaml" else book.changed().with_name(name)
    settings_file = str(book.company.home / "settings.yaml")
    assert cli.main(["plan", "--policy", str(file), "--settings", settings_file, *words]) in (1, 2)
    assert said in capsys.readouterr().err, because
