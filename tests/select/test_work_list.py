"""The work list: what a night leaves for people to do, in which order, and with what words."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from company import DAY, ENTITY, Company, after, read
from policies import policy, step
from python_calamine import CalamineWorkbook
from receivables import night as stages
from receivables.errors import PolicyError
from receivables.lake import Lake, Night
from receivables.publish import workbook_file
from receivables.publish.work_list import work_list_file
from receivables.select import select
from receivables.select.call_words import script_faults
from receivables.select.outbox_past import OutboxPast
from receivables.select.policy_file import POLICIES
from receivables.select.work_list import load_work_list
from test_select import noticed, past_due

SCRIPTS = Path(__file__).with_name("call_scripts")
HOSTILE = "=cmd()<script>alert(1)</script>{{ 7 * 7 }}\u202e\nEND"
NEXT_DAY = DAY + timedelta(days=1)
PHONE = "+55 11 4002-8922"


def waits(name: str, days: int, channel: str = "call", **values: Any) -> dict[str, Any]:
    return step(name, days_past_due=days, channel=channel, lapses_after_days=4, **values)


CALLS = [
    waits("friendly_call", 5, tone="friendly"),
    waits("clear_call", 15, tone="clear", pay_within_days=7),
    waits("firm_call", 30, tone="firm", recipients=["finance_director"]),
    waits("final_call", 60, tone="final", interest="claim", pay_within_days=10),
    waits("posted", 90, "letter"),
    waits("ask_sales", 120, "task"),
    step("agency", days_past_due=150, channel="agency_file", recipients=["legal"]),
]
OFFER = {"instalments_max": 3, "first_days_max": 10, "waives": "interest", "because": "a test"}
SETTINGS: dict[str, Any] = {"entity": {
    "policy": "calls",
    "policy_exceptions": [
        {"customer_id": name, "policy": "mails", "because": "a test"} for name in ("LOST", "SAYS")
    ],
    "interest_rule": {"rule_id": "nine", "annual_percent": "9", "legal_basis": "contract"},
}}


def owes(company: Company, customer_id: str, days: int, amount: str, **values: Any) -> None:
    company.invoice(f"I-{customer_id}", amount, past_due(days), customer_id,
                    issue_date="2025-06-01", posting_date="2025-06-01", **values)


def caller(company: Company, customer_id: str, language: str, name: str, **values: Any) -> None:
    company.add("customer", customer_id=customer_id, name=f"{name} & Co", language=language, **values)
    company.add("contact", customer_id=customer_id, name=name, phone=PHONE)


def owing(home: Path) -> Company:
    """One customer for each language and tone, and one for each other kind of work."""
    company = Company(home)
    caller(company, "DE", "de", "Jörg Weiß", salesperson_name="Ann Lee")
    company.rows["contact"][-1]["verified_on"] = "2026-02-01"
    owes(company, "DE", 6, "1234.50", description="Wälzlager", purchase_order_ref="B-77")
    caller(company, "FR", "fr-CA", "Zoé Roy")
    owes(company, "FR", 16, "900")
    company.add("promise", customer_id="FR", invoice_id="I-FR", amount="500",
                promised_on="2026-03-01", due_on="2026-03-10")
    company.payment("I-FR", "200", "2026-03-09")
    caller(company, "PT", "pt-BR", "Ana Souza")
    company.add("contact", customer_id="PT", role="finance_director", name="Rui Lima", phone="2")
    owes(company, "PT", 31, "5000.00", currency="BRL", description="Válvulas DN50",
         delivery_refs="CT-1;CT-2", instrument_type="boleto", instrument_status="protested",
         instrument_ref="34191.79001")
    company.add("contact_event", event_id="W", customer_id="PT", channel="phone",
                outcome="wrong_person", occurred_at="2026-03-20 10:00:00", direction="outbound")
    caller(company, "RU", "ru", "Иван Петров")
    owes(company, "RU", 61, "70.00")
    caller(company, "ES", "es-MX", "Íñigo Peña")
    owes(company, "ES", 6, "11.00", delivery_refs="AL-1;AL-2")
    caller(company, "IT", "it", "Niccolò Forlì")
    owes(company, "IT", 61, "12.00")
    caller(company, "EN", "en", HOSTILE)
    owes(company, "EN", 16, "80.00", description=HOSTILE, delivery_refs=HOSTILE,
         instrument_type=HOSTILE, instrument_status=HOSTILE)
    company.invoice("I-D", "55.00", past_due(9), "EN")
    company.add("dispute", invoice_id="I-D", opened_on="2026-03-24", reason=HOSTILE)
    for customer_id, days, address in (
        ("POST", 91, "1 Main Road"), ("TASK", 121, None), ("DROP", 151, None),
    ):
        company.customer(customer_id)
        company.rows["contact"][-1]["postal_address"] = address
        owes(company, customer_id, days, "10.00")
    company.add("customer", customer_id="LOST")
    company.add("contact", customer_id="LOST", email=None, phone="4")
    owes(company, "LOST", 9, "30.00")
    company.customer("SAYS")
    owes(company, "SAYS", 9, "40.00")
    company.add("contact_event", event_id="S", customer_id="SAYS", outcome="paid",
                occurred_at="2026-03-30 09:00:00")
    return company


@dataclass(frozen=True)
class Nights:
    """Two nights of one company; in between somebody called DE, and DE promised."""

    company: Company
    first: Night
    workbook: Path
    told: list[str]


def run_night(company: Company, told: list[str], day: Any = DAY) -> Night:
    Lake(company.home / "home").open_official(company.ledger(day))
    run = replace(company.run(day, now=after(day), settings=SETTINGS), progress=told.append)
    opened = stages.balance(run, ENTITY)
    history = [noticed("I-EN", "friendly_call", days_ago=8, customer_id="EN", notice_step="reminder")]
    select(opened, entity=run.entity(ENTITY), past=OutboxPast(history if day == DAY else []),
           scratch=company.home / "scratch", progress=told.append)
    stages.publish(run, ENTITY)
    return opened


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    home = tmp_path_factory.mktemp("work")
    installed = home / "policies"
    shutil.copytree(POLICIES, installed)
    policy(installed, "calls", steps=CALLS, offer=OFFER)
    policy(installed, "mails", steps=[step("first", days_past_due=3)])
    company, told = owing(home), []
    with pytest.MonkeyPatch.context() as patch:
        for module in ("select.policy_file", "settings_policy"):
            patch.setattr(f"receivables.{module}.POLICIES", installed)
        first = run_night(company, told)
        workbook = home / "first.xlsx"
        shutil.copy(workbook_file(Lake(company.home / "home"), first), workbook)
        company.add("contact_event", event_id="C", customer_id="DE", channel="phone",
                    outcome="promised", occurred_at=f"{NEXT_DAY} 09:00:00", direction="outbound")
        company.add("promise", customer_id="DE", invoice_id="I-DE", amount="1234.50",
                    promised_on=str(NEXT_DAY), due_on="2026-04-10")
        run_night(company, told, NEXT_DAY)
        yield Nights(company, first, workbook, told)


def listed(nights: Nights, columns: str, day: Any = DAY) -> dict[str | None, tuple[Any, ...]]:
    """Rows of the warehouse's work list by customer."""
    with duckdb.connect(str(nights.company.home / "home" / "warehouse.duckdb")) as connection:
        rows = connection.execute(
            f"select customer_id, {columns} from receivables.work_list where as_of_date = ?", [day]
        ).fetchall()
    return {row[0]: row[1:] for row in rows}


def shown(nights: Nights) -> dict[str, list[str]]:
    """The cells of the page by customer; a script stands last."""
    page = work_list_file(nights.first).read_text(encoding="utf-8")
    rows = re.findall(r"<tr>(<td data-label=\"Priority\".*?)</tr>(?:\s*<tr>.*?<pre.*?>(.*?)</pre>)?", page, re.S)
    cells = [[html.unescape(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.S)] + [html.unescape(said)]
             for row, said in rows]
    return {row[1].partition("<br>")[0]: row for row in cells}


KINDS = [
    # customer | kind, step | whom to reach, and at what | because
    ("DE", "call", "friendly_call", f"Jörg Weiß (accounts payable)<br>{PHONE}", "a call is due"),
    ("PT", "call", "firm_call", "Rui Lima (finance director)<br>2", "the role that the step asks for"),
    ("POST", "letter", "posted", "Accounts Payable (accounts payable)<br>1 Main Road", "post needs an address"),
    ("TASK", "task", "ask_sales", "Accounts Payable (accounts payable)<br>no number is known", "find one"),
    ("LOST", "contact", "first", "Accounts Payable (accounts payable)<br>4", "no e-mail address: never silence"),
    ("SAYS", "clarify", "first", "Accounts Payable (accounts payable)<br>no number is known", "it says it has paid"),
    ("DROP", "decide", "agency", "<br>", "inside the house: nobody is spoken to"),
]


@pytest.mark.parametrize(
    ("customer", "kind", "due", "reached", "because"), KINDS, ids=[row[-1] for row in KINDS],
)
def test_what_is_to_do_and_whom_to_reach(nights, customer, kind, due, reached, because):
    assert listed(nights, "kind, step")[customer] == (kind, due), because
    assert shown(nights)[customer][2] == reached, because


def test_all_that_waits_for_a_person_is_on_the_list_and_nothing_else(nights):
    waiting = read(nights.first, "decision", "distinct customer_id", "1")
    reviewed = {row[0] for row in read(
        nights.first, "decision", "customer_id, outcome") if row[1] == "review"}
    assert set(listed(nights, "kind")) == reviewed
    assert len(waiting) == len(reviewed), "of these customers each has an item that waits"


def test_a_question_to_clarify_is_what_to_say(nights):
    assert "Has the payment order gone out?" in shown(nights)["SAYS"][-1]
    assert shown(nights)["DROP"][-1] == ""


PRIORITIES = [
    # customer | points in words | because
    ("PT", "8 points: among what makes 60 % of the amount at stake (3), class", "alone in BRL"),
    ("DE", "among what makes 60 % of the amount at stake (3)", "the largest in EUR"),
    ("FR", "among what makes 60 % of the amount at stake (3)", "it fills the 60 %"),
    ("EN", "among what makes 90 % of the amount at stake (2)", "it fills the 90 %"),
    ("RU", "among what makes 100 % of the amount at stake (1)", "a trifle"),
]


@pytest.mark.parametrize(
    ("customer", "said", "because"), PRIORITIES, ids=[row[-1] for row in PRIORITIES]
)
def test_why_it_comes_first(nights, customer, said, because):
    assert said in listed(nights, "priority_reason")[customer][0], because


def test_places_are_given_once_and_points_decide(nights):
    rows = sorted(listed(nights, "priority, priority_reason").values())
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    points = [int(row[1].split()[0]) for row in rows]
    assert points == sorted(points, reverse=True)


@pytest.mark.parametrize("customer", ["DE", "FR", "PT", "RU", "EN", "ES", "IT"])
def test_what_to_say_on_the_phone(nights, customer):
    golden = SCRIPTS / f"{customer.lower()}.txt"
    assert shown(nights)[customer][-1] == golden.read_text(encoding="utf-8")


def test_who_was_called_and_promised_is_off_the_list_the_next_night(nights):
    before, later = listed(nights, "kind"), listed(nights, "kind", NEXT_DAY)
    assert set(before) - set(later) == {"DE"}
    decided = dict(read(nights.company.official(NEXT_DAY), "decision", "customer_id, rule_path"))
    assert decided["DE"].startswith("PROMISED"), "the promise shields it"
    assert "CALL_DUE" not in decided["DE"], "and the call was made"


def test_the_workbook_has_the_list_and_no_formula(nights):
    sheet = CalamineWorkbook.from_path(str(nights.workbook)).get_sheet_by_name("work_list")
    header, *rows = sheet.to_python()
    by_customer = {row[header.index("customer_id")]: dict(zip(header, row, strict=True))
                   for row in rows}
    assert [row[header.index("priority")] for row in rows] == list(range(1, len(rows) + 1))
    assert by_customer["EN"]["customer_name"].startswith("'=cmd()")


def test_finance_is_told_no_name_or_number_of_a_person(nights):
    """The page names them, and only whoever runs the night can read it."""
    named = {"Zoé Roy", PHONE, "1 Main Road", "Ann Lee"}
    sheet = CalamineWorkbook.from_path(str(nights.workbook)).get_sheet_by_name("work_list").to_python()
    finance = repr(listed(nights, "*")) + repr(sheet)
    page = work_list_file(nights.first)
    assert [name for name in named if name in page.read_text(encoding="utf-8")] != []
    assert [name for name in named if name in finance.replace("Zoé Roy & Co", "")] == []
    assert page.stat().st_mode & 0o077 == 0


def test_the_page_shows_the_list_and_runs_nothing(nights):
    page = work_list_file(nights.first).read_text(encoding="utf-8")
    assert re.findall(r"<caption>(\w+)", page) == [
        "Call", "Letter", "Task", "Contact", "Clarify", "Decide"]
    for part in ("default-src 'none'", "@media print", PHONE, "no number is known", "1 Main Road"):
        assert part in page
    assert "<script" not in page and "49" not in page.partition("alert(1)")[2][:40]


def test_no_person_is_named_to_the_operator(nights):
    said = "\n".join(nights.told)
    assert said and not [name for name in ("Weiß", "Souza", PHONE, "alert") if name in said]


def test_a_script_that_is_missing_is_a_fault_of_the_policy(tmp_path, monkeypatch):
    shutil.copytree(SCRIPTS.parents[2] / "include" / "templates", tmp_path / "templates")
    words = tmp_path / "templates" / "call"
    (words / "fr" / "wording.yaml").unlink()
    russian = words / "ru" / "wording.yaml"
    text = russian.read_text(encoding="utf-8")
    russian.write_text(text.replace("{{ total }}", "{{ bank_account }}", 1), encoding="utf-8")
    monkeypatch.setattr(
        "receivables.select.policy_file.script_faults", lambda: script_faults(words.parent))
    with pytest.raises(PolicyError) as refused:
        policy(tmp_path, steps=[CALLS[0]])
    assert "fr/wording.yaml: is missing" in str(refused.value)
    assert "asks for bank_account, which it cannot have" in str(refused.value)
    policy(tmp_path, steps=[step("first", days_past_due=3)])


OFFER_FAULTS = [
    ({"waives": "principal"}, "offer.waives: 'principal' must be interest or none"),
    ({"instalments_max": 0}, "offer.instalments_max: 0 must be a whole number from 1"),
    ({"first_days_max": "soon"}, "offer.first_days_max"),
    ({"because": " "}, "offer.because: say why"),
    ({"discount": 3}, "offer: must say because, first_days_max, instalments_max, waives"),
]


@pytest.mark.parametrize(("values", "said"), OFFER_FAULTS, ids=[row[1] for row in OFFER_FAULTS])
def test_a_faulty_offer_is_refused_with_its_fault(tmp_path, values, said):
    with pytest.raises(PolicyError, match=re.escape(said)):
        policy(tmp_path, offer={**OFFER, **values})


LIST_FAULTS = [
    ("[CALL_DUE]", "[]", "CALL_DUE must be of one kind"),
    ("[CALL_DUE]", "[CALL_DUE, STEP_DUE]", "STEP_DUE is no reason that waits for a person"),
    ("{60: 3, 90: 2, 100: 1}", "{60: 3, 90: 2}", "must rise to 100"),
    ("reached_by: postal_address", "reached_by: pigeon", "must be phone or postal_address"),
]


@pytest.mark.parametrize(("old", "new", "said"), LIST_FAULTS, ids=[row[2] for row in LIST_FAULTS])
def test_a_faulty_list_is_refused_with_its_fault(tmp_path, old, new, said):
    text = (POLICIES / "work_list.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "work_list.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=said):
        load_work_list(file)
