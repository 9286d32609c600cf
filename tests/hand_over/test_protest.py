"""The protest remittance: which titles, with what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from company import Company
from receivables import cli

CNPJ, CPF, NEW_CNPJ = "11.222.333/0001-81", "529.982.247-25", "12.ABC.345/01DE-35"
BOLETO = {"instrument_type": "boleto", "instrument_status": "registered", "currency": "BRL"}

# customer, what is special about its title, tax number, what the row says (None: no row), because
TITLES = [
    ("PLAIN", {}, CNPJ, {"payer_tax_id_kind": "2", "payer_tax_id": "11222333000181",
                         "our_number": "NN-PLAIN", "document_number": "No-PLAIN",
                         "movement_code": "09", "missing": "", "balance_amount": "1000.00"},
     "all is there"),
    ("PERSON", {}, CPF, {"payer_tax_id_kind": "1", "payer_tax_id": "52998224725"}, "a CPF"),
    ("LETTERS", {}, NEW_CNPJ, {"payer_tax_id_kind": "2", "payer_tax_id": "12ABC34501DE35"},
     "a CNPJ may have letters"),
    ("PARTLY", {}, CNPJ, {"nominal_amount": "1000.00", "balance_amount": "700.00"},
     "what was paid is not protested"),
    ("NAMELESS", {"instrument_ref": None}, "123", {"missing": "our_number;payer_tax_id"},
     "a bank would refuse it, so that it is told"),
    ("YOUNG", {"due_date": "2026-03-25"}, CNPJ, None, "six days past due, and ten were asked for"),
    ("ISSUED", {"instrument_status": "issued"}, CNPJ, None, "the bank does not know it"),
    ("PROTESTED", {"instrument_status": "protested"}, CNPJ, None, "it is protested already"),
    ("TRANSFER", {"instrument_type": "transfer"}, CNPJ, None, "no title"),
    ("EURO", {"currency": "EUR"}, CNPJ, None, "a boleto is in reais"),
    ("DISPUTED", {}, CNPJ, None, "a disputed title is not protested"),
    ("PROMISED", {}, CNPJ, None, "a promise runs"),
]


@pytest.fixture(scope="module")
def remittance(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The titles of a Brazilian company's night, by customer."""
    company = Company(tmp_path_factory.mktemp("protest"))
    for customer_id, special, tax_id, *_ in TITLES:
        company.customer(customer_id, tax_id=tax_id, country="BR")
        company.rows["contact"][-1]["postal_address"] = "Rua Um 1, 01310-100 São Paulo SP"
        values = {"instrument_ref": f"NN-{customer_id}", **BOLETO, **special}
        due = values.pop("due_date", "2026-03-01")
        company.invoice(customer_id, "1000.00", due, customer_id, **values)
    company.payment("PARTLY", "300.00", "2026-03-10")
    company.add("dispute", invoice_id="DISPUTED", opened_on="2026-03-05")
    company.add("promise", customer_id="PROMISED", amount="1000.00", promised_on="2026-03-30",
                due_on="2026-04-10")
    settings = {"entity": {"country": "BR", "currency": "BRL"}}
    company.quick_night(settings=settings)
    out = company.home / "out"
    assert cli.main([
        "hand-over", "protest", "--days-past-due", "10", "--out", str(out),
        "--settings", str(company.home / "settings.yaml"),
    ]) == 0
    [file] = out.glob("*.json")
    rows = json.loads(file.read_text(encoding="utf-8"))["protest_remittance"]
    return {row["customer_id"]: row for row in rows}


@pytest.mark.parametrize("customer_id, special, tax_id, said, because", TITLES)
def test_a_title_is_in_the_remittance_if_nothing_forbids_to_protest_it(
    remittance: dict[str, dict[str, Any]], customer_id: str, special: dict[str, Any], tax_id: str,
    said: dict[str, Any] | None, because: str,
) -> None:
    row = remittance.get(customer_id)
    assert (row is None) == (said is None), because
    if row is not None and said is not None:
        assert {name: row[name] for name in said} == said, because
