"""Reading the steps of a policy file: every fault at once, by step and key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import list_currencies

from receivables.dispatch.letter import ATTACHMENTS, INTEREST_MODES, STEPS_WITH_A_DEADLINE
from receivables.select.channel import load_channels
from receivables.select.policy import COPIED, ROLES, THREADS, TONES, Approval, Step

# Takes a key and a remedy.
Fault = Callable[[str, str], None]

TRIGGERS = ("days_past_due", "business_days_past_due", "days_after_previous")
NUMBERS = ("pay_within_days", "lapses_after_days", "min_days_since_last")
KEYS = {
    *TRIGGERS, *NUMBERS, "step", "channel", "recipients", "template", "tone", "interest",
    "thresholds", "approval", "cc", "thread", "attach", "offers",
}
STEP_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_steps(raw: object, fault: Fault) -> tuple[Step, ...]:
    """The ladder; what is at fault has a stand-in."""
    bodies = raw if isinstance(raw, list) else []
    steps = [_step(body, f"steps[{number}]", fault) for number, body in enumerate(bodies, 1)]
    if not steps:
        fault("steps", "list at least one step")
    names = [step.step for step in steps]
    if len(names) != len(set(names)):
        fault("steps", "each step needs a name of its own")
    days = [step.days_past_due for step in steps if step.days_past_due is not None]
    if days != sorted(set(days)):
        fault("steps", "days_past_due must rise from step to step")
    for number, step in enumerate(steps, start=1):
        is_first = number == 1 or steps[number - 2].is_before_due
        if step.days_after_previous is not None and is_first:
            fault(f"steps[{number}] {step.step}", "the step before it comes after no due date; "
                                                  "give days_past_due")
    return tuple(steps)


def whole_number(value: object, key: str, fault: Fault, *, least: int = 0) -> int:
    """A number of days, or of things, or the least after a fault."""
    if type(value) is not int or value < least:
        fault(key, f"{value!r} must be a whole number from {least}")
        return least
    return value


def thresholds(raw: object, key: str, fault: Fault) -> dict[str, Decimal]:
    """Amounts by currency, such as what is not worth a letter."""
    found = {}
    for currency, amount in (raw if isinstance(raw, dict) else {}).items():
        if currency not in list_currencies():
            fault(f"{key}.{currency}", "is no ISO 4217 code")
        try:
            found[str(currency)] = Decimal(str(amount))
        except InvalidOperation:
            fault(f"{key}.{currency}", f"{amount!r} must be a quoted amount")
    return found


def _step(raw: object, key: str, fault: Fault) -> Step:
    body: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    key = f"{key} {body.get('step', '')}".rstrip()
    for unknown in sorted(set(body) - KEYS):
        fault(f"{key}.{unknown}", f"unknown key; known are {', '.join(sorted(KEYS))}")
    step = Step(
        step=_name(body, key, fault),
        channel=_one_of(body, "channel", key, tuple(load_channels()), fault),
        recipients=_recipients(body.get("recipients"), f"{key}.recipients", fault),
        cc=_some_of(body.get("cc", []), f"{key}.cc", COPIED, "who gets a copy", fault),
        attach=_some_of(
            body.get("attach", []), f"{key}.attach", ATTACHMENTS, "what goes with it", fault
        ),
        offers=_is_true(body.get("offers", False), f"{key}.offers", fault),
        thread=_one_of({"thread": "continue"} | body, "thread", key, THREADS, fault),
        template=str(body.get("template", body.get("step", ""))),
        tone=_one_of(body, "tone", key, TONES, fault),
        interest=_one_of({"interest": "display"} | body, "interest", key, INTEREST_MODES, fault),
        thresholds=thresholds(body.get("thresholds"), f"{key}.thresholds", fault),
        approval=_approval(body["approval"], f"{key}.approval", fault)
        if "approval" in body else None,
        **_trigger(body, key, fault),
        **{
            name: whole_number(body[name], f"{key}.{name}", fault)
            for name in NUMBERS if name in body
        },
    )
    _check(step, key, fault)
    for name in sorted({"cc", "thread", "attach", "offers"} & set(body)):
        if step.channel != "email":
            fault(f"{key}.{name}", "only a letter by email has it")
    return step


def _check(step: Step, key: str, fault: Fault) -> None:
    is_persons = load_channels()[step.channel].taken_by == "person"
    if is_persons != (step.lapses_after_days is not None):
        fault(f"{key}.lapses_after_days", "say how many days a call, posted letter or task may "
                                          "wait for a person; no other step has it")
    if is_persons and step.days_after_previous is not None:
        fault(f"{key}.days_after_previous", "what people do is timed by the due date")
    sets_a_deadline = step.channel == "email" and step.template in STEPS_WITH_A_DEADLINE
    if sets_a_deadline and step.pay_within_days is None:
        fault(f"{key}.pay_within_days", "its letter sets a deadline: give pay_within_days")
    if step.approval is not None and step.channel != "email":
        fault(f"{key}.approval", "only an email waits for it; the rest people decide anyway")
    if step.interest == "claim" and step.is_before_due:
        fault(key, "interest cannot be claimed before the due date has passed")
    if step.offers and step.is_before_due:
        fault(f"{key}.offers", "nothing is late yet; a person answers whoever asks for a plan")


def _approval(raw: object, key: str, fault: Fault) -> Approval:
    body: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    above = body.get("above", {})
    if not {"by"} <= set(body) <= {"by", "above"} or not isinstance(above, dict):
        fault(key, 'must say by whom and, by currency, above what, such as '
                   '{by: head_of_credit, above: {EUR: "10000.00"}}')
        return Approval("")
    if not STEP_CODE.fullmatch(str(body["by"])):
        fault(f"{key}.by", "must be a role of small letters, such as head_of_credit; the settings "
                           "name its people under approvers")
    return Approval(str(body["by"]), thresholds(above, f"{key}.above", fault))


def _trigger(body: Mapping[str, Any], key: str, fault: Fault) -> dict[str, int]:
    given = [trigger for trigger in TRIGGERS if trigger in body]
    if len(given) != 1:
        fault(key, f"must give exactly one of {', '.join(TRIGGERS)}")
        return {}
    [trigger] = given
    if trigger == "days_past_due" and type(body[trigger]) is int:
        return {trigger: body[trigger]}
    return {trigger: whole_number(body[trigger], f"{key}.{trigger}", fault, least=1)}


def _name(body: Mapping[str, Any], key: str, fault: Fault) -> str:
    name = str(body.get("step"))
    if not STEP_CODE.fullmatch(name):
        fault(f"{key}.step", "must be a stable code of small letters, such as reminder_1")
    return name


def _recipients(raw: object, key: str, fault: Fault) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not set(map(str, raw)) <= set(ROLES):
        fault(key, f"must list roles, the first asked first: {', '.join(ROLES)}")
        return ()
    return tuple(raw)


def _some_of(
    raw: object, key: str, known: tuple[str, ...], what: str, fault: Fault
) -> tuple[str, ...]:
    if not isinstance(raw, list) or not set(map(str, raw)) <= set(known):
        fault(key, f"must list {what}: {', '.join(known)}")
        return ()
    return tuple(dict.fromkeys(raw))


def _is_true(raw: object, key: str, fault: Fault) -> bool:
    if not isinstance(raw, bool):
        fault(key, f"{raw!r} must be true or false")
    return raw is True


def _one_of(
    body: Mapping[str, Any], name: str, key: str, known: tuple[str, ...], fault: Fault
) -> str:
    if body.get(name) not in known:
        fault(f"{key}.{name}", f"{name} must be one of {', '.join(known)}")
        return known[0]
    return str(body[name])
