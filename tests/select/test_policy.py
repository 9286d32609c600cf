"""What a policy may say, key by key: when a step comes, what waits, and which policy is whose."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from company import DAY, Company, read
from policies import policy, step
from receivables.dispatch.commitment import commitment_faults
from receivables.dispatch.templates import TEMPLATES, template_faults
from receivables.errors import PolicyError, SettingsError
from receivables.select.policy_file import POLICIES, load_policy, load_versions
from test_select import decided, noticed, one_item, past_due, the_decision

FIRST, SECOND = step("first", days_past_due=3), step("second", days_past_due=10)
CALL = step("call", days_past_due=5, channel="call", lapses_after_days=4)


def outcome(
    home: Path, steps: list[dict[str, Any]], *, days: int, history: tuple[Any, ...] = (),
    day: date = DAY, **changes: Any,
) -> tuple[Any, ...]:
    """Outcome, step and reason of one item under a ladder."""
    company = one_item(home, days=days - (day - DAY).days)
    rules = policy(home, steps=steps, **changes)
    return the_decision(decided(company, history, day, policies={"standard": rules}))


TRIGGERS = [
    # ladder | days past due on a Tuesday | last step, days ago | reason, step | because
    ([FIRST], 2, None, ("STEP_NOT_REACHED", None), "three calendar days are not over"),
    ([FIRST], 3, None, ("STEP_DUE", "first"), "three calendar days"),
    ([step("first", business_days_past_due=3)], 4, None, ("STEP_NOT_REACHED", None),
     "due on a Friday: Monday and Tuesday are two business days"),
    ([step("first", business_days_past_due=2)], 4, None, ("STEP_DUE", "first"),
     "due on a Friday: two business days"),
    ([step("first", business_days_past_due=3)], 900, None, ("STEP_DUE", "first"),
     "due before the calendar begins"),
    ([FIRST, step("second", days_after_previous=14)], 40, ("first", 13),
     ("STEP_NOT_REACHED", None), "a fortnight after the first step, not the due date"),
    ([FIRST, step("second", days_after_previous=14)], 40, ("first", 14), ("STEP_DUE", "second"),
     "a fortnight after the first step"),
]


@pytest.mark.parametrize(
    ("ladder", "days", "last", "expected", "because"), TRIGGERS, ids=[r[-1] for r in TRIGGERS]
)
def test_when_a_step_comes(tmp_path, ladder, days, last, expected, because):
    history = (noticed("I1", last[0], days_ago=last[1]),) if last else ()
    _, found, reason = outcome(tmp_path, ladder, days=days, history=history)
    assert (reason, found) == expected, because


CAUGHT_UP = [
    # catch_up | days past due | last step, days ago | step | because
    (False, 70, None, "first", "no warning is skipped"),
    (True, 70, None, "second", "only the highest due letter acts"),
    (True, 5, None, "first", "the second is not due yet"),
    (True, 70, ("second", 20), "agency", "handing over follows the last letter"),
]


@pytest.mark.parametrize(
    ("catch_up", "days", "last", "expected", "because"), CAUGHT_UP, ids=[r[-1] for r in CAUGHT_UP]
)
def test_after_missed_nights(tmp_path, catch_up, days, last, expected, because):
    agency = step("agency", days_past_due=30, channel="agency_file", recipients=["legal"])
    history = (noticed("I1", last[0], days_ago=last[1]),) if last else ()
    found = outcome(
        tmp_path, [FIRST, SECOND, agency], days=days, history=history, catch_up=catch_up
    )
    assert found[1] == expected, because


CALLS = [
    # days past due | contact events (days ago, values) | reason, step | because
    (5, [], ("CALL_DUE", "call"), "somebody has to call"),
    (8, [], ("CALL_DUE", "call"), "it stays on the list until it is made"),
    (9, [], ("STEP_NOT_REACHED", None), "nobody found the time: it lapses"),
    (10, [], ("STEP_DUE", "second"), "and the ladder goes on"),
    (6, [(1, {"channel": "phone", "outcome": "note"})], ("STEP_NOT_REACHED", None), "it was made"),
    (6, [(1, {"channel": "phone", "outcome": "no_answer"})], ("CALL_DUE", "call"),
     "nobody answered"),
    (6, [(1, {"channel": "email", "outcome": "note"})], ("CALL_DUE", "call"), "a mail is no call"),
    (6, [(1, {"channel": "phone", "outcome": "note", "direction": "inbound"})],
     ("CALL_DUE", "call"), "they called about something else"),
    (6, [(4, {"channel": "phone", "outcome": "note"})], ("CALL_DUE", "call"),
     "that was before the step came"),
    (6, [(1, {"channel": "phone", "outcome": "note", "invoice_id": "I9"})], ("CALL_DUE", "call"),
     "that was about another invoice"),
]


@pytest.mark.parametrize(
    ("days", "events", "expected", "because"), CALLS, ids=[r[-1] for r in CALLS]
)
def test_a_call_is_due_until_it_is_made_or_lapses(tmp_path, days, events, expected, because):
    company = one_item(tmp_path, days=days)
    for days_ago, values in events:
        company.add("contact_event", customer_id="C1",
                    occurred_at=f"{DAY - timedelta(days=days_ago)}T10:00:00", **values)
    history = [noticed("I1", "first", days_ago=days - 3)]
    rules = policy(tmp_path, steps=[FIRST, CALL, SECOND], min_days_between_notices=0)
    _, found, reason = the_decision(decided(company, history, policies={"standard": rules}))
    assert (reason, found) == expected, because


def test_a_call_does_not_skip_the_letter_before_it(tmp_path):
    assert outcome(tmp_path, [FIRST, CALL, SECOND], days=70)[1] == "first"


def test_two_things_that_people_do_follow_one_another(tmp_path):
    post = step("post", days_past_due=6, channel="letter", lapses_after_days=10)
    history = (noticed("I1", "first", days_ago=9),)
    found = outcome(tmp_path, [FIRST, CALL, post, SECOND], days=12, history=history)
    assert found == ("review", "post", "LETTER_DUE"), "the call lapsed, the posted letter did not"


WAITS = [
    # what the policy says | day | history | reason | because
    ({}, date(2026, 4, 1), 0, "STEP_DUE", "Thursday morning"),
    ({}, date(2026, 4, 2), 0, "NO_BUSINESS_DAY", "Good Friday"),
    ({}, date(2026, 4, 3), 0, "NO_BUSINESS_DAY", "Saturday"),
    ({}, date(2026, 4, 6), 0, "STEP_DUE", "Tuesday after Easter"),
    ({"leaves_on": "any_day"}, date(2026, 4, 2), 0, "STEP_DUE", "the policy does not mind"),
    ({"busy_seasons": [{"from": "03-20", "until": "04-05", "because": "x"}]}, DAY, 0,
     "BUSY_SEASON", "left in peace"),
    ({"busy_seasons": [{"from": "12-20", "until": "04-01", "because": "x"}]}, DAY, 0,
     "BUSY_SEASON", "a season over the new year; the letter would leave on its last day"),
    ({"contacts_max": {"count": 2, "in_days": 30}}, DAY, 2, "CONTACTED_ENOUGH",
     "two calls this month are enough"),
    ({"contacts_max": {"count": 3, "in_days": 30}}, DAY, 2, "STEP_DUE", "a third is allowed"),
    ({"contacts_max": {"count": 2, "in_days": 5}}, DAY, 2, "STEP_DUE", "they were a week ago"),
]


@pytest.mark.parametrize(
    ("says", "day", "calls", "reason", "because"), WAITS, ids=[r[-1] for r in WAITS]
)
def test_what_makes_a_due_step_wait(tmp_path, says, day, calls, reason, because):
    company = one_item(tmp_path)
    for _ in range(calls):
        company.add("contact_event", customer_id="C1", channel="phone", outcome="note",
                    occurred_at=f"{DAY - timedelta(days=7)}T10:00:00")
    rules = policy(tmp_path, steps=[FIRST], **says)
    assert the_decision(decided(company, (), day, policies={"standard": rules}))[2] == reason


HOLIDAYS = [
    # customer's country, calendar of ours | the letter would leave on | reason | because
    ("DE", "de", date(2026, 9, 7), "STEP_DUE", "Independence Day of Brazil is a Monday in Berlin"),
    ("BR", "de", date(2026, 9, 7), "NO_BUSINESS_DAY", "Independence Day where the customer is"),
    ("DE", "br", date(2026, 9, 7), "NO_BUSINESS_DAY", "Independence Day where we are"),
    ("AR", "de", date(2026, 9, 7), "STEP_DUE", "no calendar is known: weekdays"),
]


@pytest.mark.parametrize(
    ("country", "calendar", "leaves", "reason", "because"), HOLIDAYS, ids=[r[-1] for r in HOLIDAYS]
)
def test_business_days_of_customer_and_ours(tmp_path, country, calendar, leaves, reason, because):
    company = one_item(tmp_path)
    company.rows["customer"][0]["country"] = country
    rules = policy(tmp_path, steps=[FIRST])
    night = decided(
        company, (), leaves - timedelta(days=1), policies={"standard": rules},
        entity={"calendar": calendar},
    )
    assert the_decision(night)[2] == reason, because


EXCEPTIONS = [
    # exceptions | the policy that decides | because
    ([], "standard", "the entity's own"),
    ([{"customer_id": "C1"}], "gentle", "this customer's"),
    ([{"customer_id": "C2"}], "standard", "another customer's"),
    ([{"country": "DE", "segment": "public"}], "gentle", "both fit"),
    ([{"country": "FR", "segment": "public"}], "standard", "one does not fit"),
    ([{"segment": "public", "until": date(2026, 3, 31)}], "gentle", "on its last day"),
    ([{"segment": "public", "until": date(2026, 3, 30)}], "standard", "it is over"),
    ([{"abc_class": "Z"}], "standard", "the customer is in no such class"),
]


@pytest.mark.parametrize(
    ("exceptions", "expected", "because"), EXCEPTIONS, ids=[r[-1] for r in EXCEPTIONS]
)
def test_which_policy_is_a_customers(tmp_path, monkeypatch, exceptions, expected, because):
    monkeypatch.setattr("receivables.settings_policy.POLICIES", tmp_path)
    policies = {name: policy(tmp_path, name, steps=[FIRST]) for name in ("standard", "gentle")}
    company = one_item(tmp_path)
    company.rows["customer"][0] |= {"country": "DE", "segment": "public"}
    night = decided(company, policies=policies, entity={"policy_exceptions": [
        {**exception, "policy": "gentle", "because": "a good customer"} for exception in exceptions
    ]})
    [(version,)] = read(night, "decision", "policy_version")
    assert version.partition("@")[0] == expected, because


def test_a_faulty_exception_is_refused_with_its_fault(tmp_path):
    with pytest.raises(SettingsError) as refused:
        Company(tmp_path).settings(entity={"policy_exceptions": [
            {"policy": "nowhere", "until": "soon"}]})
    said = str(refused.value)
    for part in ("customer_id, country", "nowhere.yaml", "until", "because"):
        assert part in said


INSOLVENCY = [
    ("insolvency", "INSOLVENT", "no letter, ever"),
    (" Bankruptcy", "INSOLVENT", "as people write it"),
    ("lawyer asked", "ON_HOLD", "a common hold"),
]


@pytest.mark.parametrize(("why", "reason", "because"), INSOLVENCY, ids=[r[-1] for r in INSOLVENCY])
def test_a_hold_for_insolvency_says_so(tmp_path, why, reason, because):
    company = one_item(tmp_path)
    company.add("hold", customer_id="C1", held_from="2026-03-01", held_until="2026-12-31",
                reason=why)
    assert the_decision(decided(company))[2] == reason, because


PROMISES = [
    # promised, for the invoice | paid since, days ago | last step, days ago | reason, step | because
    ("100", "100", None, ("STEP_NOT_REACHED", None), "kept, of an invoice of 200: the rest waits"),
    ("100", "40", None, ("PROMISE_BROKEN", "second"), "kept in part is broken"),
    ("100", "0", None, ("PROMISE_BROKEN", "second"), "broken: the next step at once"),
    ("100", "0", ("second", 1), ("LADDER_CLIMBED", None), "a broken promise escalates once"),
]


@pytest.mark.parametrize(
    ("promised", "paid", "last", "expected", "because"), PROMISES, ids=[r[-1] for r in PROMISES]
)
def test_a_broken_promise_brings_the_next_step_on(
    tmp_path, promised, paid, last, expected, because
):
    company = one_item(tmp_path, days=20, amount="200")
    company.add("promise", invoice_id="I1", amount=promised, promised_on="2026-03-14",
                due_on="2026-03-20")
    if paid != "0":
        company.payment("I1", paid, "2026-03-19")
    history = [noticed("I1", "first", days_ago=17)]
    if last:
        history.append(noticed("I1", last[0], days_ago=last[1]))
    rules = policy(tmp_path, steps=[FIRST, step("second", days_past_due=40)])
    _, found, reason = the_decision(decided(company, history, policies={"standard": rules}))
    assert (reason, found) == expected, because


def test_an_accounts_promise_is_kept_by_any_money_of_the_customer(tmp_path):
    company = one_item(tmp_path, days=5)
    company.add("promise", amount="60", promised_on="2026-03-29", due_on="2026-04-20")
    assert the_decision(decided(company))[2] == "PROMISED"
    company.add("receipt", customer_id="C1", amount="60", receipt_date="2026-03-30")
    assert the_decision(decided(company))[2] == "STEP_DUE", "kept: the rest is asked for"


def test_a_step_that_the_policy_no_longer_has_is_for_a_person(tmp_path):
    history = (noticed("I1", "gone", days_ago=9), noticed("I1", "first", days_ago=20))
    assert outcome(tmp_path, [FIRST, SECOND], days=30, history=history) == (
        "review", "second", "STEP_NOT_IN_POLICY")


def test_a_step_has_its_own_threshold_and_days_of_peace(tmp_path):
    patient = step("second", days_past_due=10, min_days_since_last=20)
    history = (noticed("I1", "first", days_ago=15),)
    assert outcome(tmp_path, [FIRST, patient], days=30, history=history)[2] == "NOTICED_LATELY"
    costly = step("first", days_past_due=3, thresholds={"EUR": "100.01"})
    assert outcome(tmp_path / "costly", [costly], days=30)[2] == "BELOW_THRESHOLD"


def test_recipients_are_asked_in_the_order_of_the_step(tmp_path):
    company = one_item(tmp_path)
    for role in ("owner", "finance_director"):
        company.add("contact", customer_id="C1", role=role, email=f"{role}@x.example")
    for asked, role in [(["legal", "finance_director", "owner"], "finance_director"),
                        (["owner", "finance_director"], "owner"),
                        (["legal"], "accounts_payable")]:
        rules = policy(tmp_path, steps=[step("first", days_past_due=3, recipients=asked)])
        night = decided(company, policies={"standard": rules})
        assert read(night, "notice", "recipient_role") == [(role,)]


def test_the_rule_path_tells_every_reason_that_holds(tmp_path):
    company = one_item(tmp_path)
    company.add("dispute", invoice_id="I1", opened_on="2026-03-01")
    company.add("hold", customer_id="C1", held_from="2026-03-01", held_until="2026-04-20")
    [(reason, path)] = read(decided(company), "decision", "reason_code, rule_path")
    assert (reason, path) == ("DISPUTED", "DISPUTED > ON_HOLD > STEP_DUE")


SLEEPING = [
    # what happened | whether it sleeps | because
    (lambda company: None, False, "it is written about tonight"),
    (lambda company: company.add("dispute", invoice_id="I1", opened_on="2025-12-01"), True,
     "disputed, and nobody has talked about it"),
    (lambda company: company.add("hold", customer_id="C1", held_from="2026-03-01",
                                 held_until="2026-12-31"), False, "a hold has an end"),
]


@pytest.mark.parametrize(("happen", "sleeps", "because"), SLEEPING, ids=[r[-1] for r in SLEEPING])
def test_what_sleeps(tmp_path, happen, sleeps, because):
    company = one_item(tmp_path, days=60)
    happen(company)
    assert read(decided(company), "decision", "is_sleeping") == [(sleeps,)], because


def test_a_word_with_the_customer_wakes_an_item(tmp_path):
    company = one_item(tmp_path, days=60)
    company.add("dispute", invoice_id="I1", opened_on="2025-12-01")
    company.add("contact_event", customer_id="C1", occurred_at=f"{past_due(3)}T10:00:00",
                channel="phone", outcome="note", direction="inbound")
    columns = "is_sleeping, last_contacted_on"
    assert read(decided(company), "decision", columns) == [(False, past_due(3))]


def versions(home: Path, *days: date) -> Path:
    body = yaml.safe_load((POLICIES / "standard.yaml").read_text(encoding="utf-8"))
    file = home / "standard.yaml"
    file.write_text("\n---\n".join(
        yaml.safe_dump({**body, "valid_from": day}) for day in days), encoding="utf-8")
    return file


def test_a_night_takes_the_newest_version_that_is_valid_on_its_day(tmp_path):
    file = versions(tmp_path, date(2026, 1, 1), date(2026, 6, 1))
    old, new = load_versions("standard", file)
    assert old.version != new.version
    for day, expected in [(date(2025, 1, 1), old), (date(2026, 5, 31), old),
                          (date(2026, 6, 1), new), (date(2030, 1, 1), new)]:
        assert load_policy("standard", day, file) == expected


def test_two_versions_from_one_day_are_refused(tmp_path):
    with pytest.raises(PolicyError, match="two versions are valid from one day"):
        load_versions("standard", versions(tmp_path, date(2026, 1, 1), date(2026, 1, 1)))


STEP_FAULTS = [
    ({"channel": "call"}, "lapses_after_days: say how many days"),
    ({"lapses_after_days": 3}, "no other step has it"),
    ({"channel": "call", "lapses_after_days": 3, "days_past_due": None, "days_after_previous": 3},
     "timed by the due date"),
    ({"business_days_past_due": 3}, "exactly one of"),
    ({"days_past_due": None, "days_after_previous": 3}, "give days_past_due"),
    ({"step": "Erste Mahnung"}, "stable code"),
    ({"tone": "rude"}, "tone must be one of friendly"),
    ({"interest": "claim", "days_past_due": -1}, "before the due date"),
    ({"colour": "red"}, "unknown key"),
    ({"cc": ["everybody"]}, "must list who gets a copy: salesperson"),
    ({"cc": "salesperson"}, "must list who gets a copy"),
    ({"attach": ["invoice"]}, "must list what goes with it: letter, commitment_letter"),
    ({"channel": "call", "lapses_after_days": 3, "attach": ["letter"]}, "only a letter by email"),
    ({"thread": "old"}, "thread must be one of continue, new"),
    ({"channel": "call", "lapses_after_days": 3, "thread": "new"}, "only a letter by email"),
    ({"channel": "call", "lapses_after_days": 3, "cc": ["salesperson"]}, "only a letter by email"),
    ({"attach": "commitment_letter"}, "must list what goes with it"),
    ({"channel": "call", "lapses_after_days": 3, "attach": []}, "only a letter by email"),
    ({"offers": "yes"}, "offers: 'yes' must be true or false"),
    ({"offers": True}, "offer: a step has `offers`: say what is offered, or take it out"),
    ({"offers": True, "days_past_due": -1}, "nothing is late yet"),
    ({"channel": "call", "lapses_after_days": 3, "offers": True}, "only a letter by email"),
]


def test_a_step_may_attach_a_commitment_letter_and_offer_instalments(tmp_path):
    offer = {"instalments_max": 3, "first_days_max": 9, "waives": "none", "because": "They come."}
    body = step("first", days_past_due=3, attach=["commitment_letter"], offers=True)
    [read_step] = policy(tmp_path, steps=[body], offer=offer).steps
    assert (read_step.attach, read_step.offers) == (("commitment_letter",), True)
    [plain] = policy(tmp_path, steps=[FIRST]).steps
    assert (plain.attach, plain.offers) == ((), False)


def test_a_letter_or_attachment_that_nobody_wrote_is_a_fault_of_the_policy(tmp_path, monkeypatch):
    root = tmp_path / "templates"
    shutil.copytree(TEMPLATES, root)
    (root / "reminder_1/it/wording.yaml").unlink()
    (root / "commitment_letter/es/wording.yaml").unlink()
    for check in (template_faults, commitment_faults):
        monkeypatch.setattr(f"receivables.select.policy_file.{check.__name__}",
                            partial(check, root=root))
    with pytest.raises(PolicyError) as refused:
        policy(tmp_path, steps=[{**FIRST, "attach": ["commitment_letter"]}])
    assert [line.split("/templates/")[1] for line in str(refused.value).splitlines()] == [
        "reminder_1/it/wording.yaml: is missing; write it",
        "commitment_letter/es/wording.yaml: is missing; write it",
    ]
    policy(tmp_path, steps=[{**FIRST, "template": "demand", "pay_within_days": 9}])


@pytest.mark.parametrize("name", ["standard", "demonstration", "gentle"])
def test_each_policy_of_ours_asks_for_a_commitment_between_reminders_and_demand(name):
    [attaching] = [one for one in load_policy(name, DAY).steps if one.attach]
    assert attaching.step == "reminder_2"


@pytest.mark.parametrize(("values", "said"), STEP_FAULTS, ids=[f"{fault}" for fault in STEP_FAULTS])
def test_a_faulty_step_is_refused_with_its_fault(tmp_path, values, said):
    body = {name: value for name, value in {**step("first", days_past_due=3), **values}.items()
            if value is not None}
    with pytest.raises(PolicyError, match=said):
        policy(tmp_path, steps=[body])
