"""Payment references and codes: what a bank and a banking app make of a letter's total."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import segno.helpers
import yaml
from letters import line, make_letter
from printed import codes_of_pdf, codes_of_png
from receivables import settings_file
from receivables.contract import INCLUDE
from receivables.dispatch.letter import Letter, render
from receivables.dispatch.paper import letter_pdf, payment_code_png
from receivables.dispatch.payment import (
    PaymentAccount,
    PaymentCode,
    payment_code,
    payment_reference,
    with_checksum,
)
from receivables.errors import SettingsError
from stdnum import iso11649

EURO = PaymentAccount(name="Red Cross of Belgium", country="BE", iban="BE72000000001616",
                      bic="BPOTBEB1")
SWISS = PaymentAccount(
    name="Robert Schneider AG", country="CH", iban="CH5800791123000889012", street="Rue du Lac",
    building_number="1268", postal_code="2501", city="Biel",
)
PIX = PaymentAccount(name="Fulano de Tal", country="BR", city="BRASILIA",
                     pix_key="123e4567-e12b-12d1-a456-426655440000")
BOTH = replace(EURO, pix_key=PIX.pix_key, city="São Paulo")
REFERENCE = "RF18539007547034"  # of ISO 11649 and of the QR-bill's guidelines

# case | reference | because
REFERENCES = [
    ("539007547034", "RF18539007547034", "the example of ISO 11649"),
    ("AR-0A1B2C3D", "RF44AR0A1B2C3D", "the hyphen may not stand in one"),
    ("ar-0a1b2c3d", "RF44AR0A1B2C3D", "letters are large in one"),
    ("AR-ÄÖ-1", payment_reference("AR-AO-1"), "accents may not stand in one"),
    ("X" * 40, payment_reference("X" * 21), "one has twenty-five places"),
    ("", "", "of nothing there is none"),
    ("株式会社", "", "of nothing that may stand in one there is none"),
]


@pytest.mark.parametrize(("case", "reference", "because"), REFERENCES)
def test_the_reference_of_a_case(case: str, reference: str, because: str) -> None:
    assert payment_reference(case) == reference, because
    assert not reference or iso11649.is_valid(reference), because


# account | totals | scheme | because
SCHEMES = [
    (EURO, {"EUR": "0.01"}, "epc", "the least that a transfer can be"),
    (EURO, {"EUR": "999999999.99"}, "epc", "the most that the code can hold"),
    (EURO, {"EUR": "1000000000.00"}, None, "more than the code can hold"),
    (EURO, {"USD": "10.00"}, None, "a SEPA transfer is in euros"),
    (EURO, {"EUR": "10.00", "USD": "10.00"}, None, "one code pays one sum"),
    (EURO, {"EUR": "0.00"}, None, "there is nothing to pay"),
    (EURO, {"EUR": "-5.00"}, None, "we owe the customer"),
    (EURO, {}, None, "nothing is demanded"),
    (SWISS, {"CHF": "1949.75"}, "swiss", "francs"),
    (SWISS, {"EUR": "1949.75"}, "swiss", "a Swiss account takes euros by the Swiss code"),
    (SWISS, {"USD": "1949.75"}, None, "the Swiss code knows two currencies"),
    (replace(EURO, iban="TR330006100519786457841326"), {"EUR": "1.00"}, None, "SEPA ends before"),
    (PIX, {"BRL": "8158.60"}, "pix", "reais"),
    (PIX, {"EUR": "8158.60"}, None, "a Pix key takes reais"),
    (BOTH, {"BRL": "1.00"}, "pix", "reais to the key"),
    (BOTH, {"EUR": "1.00"}, "epc", "euros to the IBAN"),
    (None, {"EUR": "1.00"}, None, "the settings name no account"),
]


@pytest.mark.parametrize(("account", "totals", "scheme", "because"), SCHEMES)
def test_which_code_a_letter_has(
    account: PaymentAccount | None, totals: dict[str, str], scheme: str | None, because: str
) -> None:
    amounts = {currency: Decimal(amount) for currency, amount in totals.items()}
    code = payment_code(account, amounts, REFERENCE)
    assert (None if code is None else code.scheme) == scheme, because


def said(account: PaymentAccount, currency: str, amount: str) -> str:
    code = payment_code(account, {currency: Decimal(amount)}, REFERENCE)
    assert code is not None
    return code.payload


def test_the_sepa_code_is_as_the_guidelines_write_it() -> None:
    assert said(EURO, "EUR", "1.00") == (
        "BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1.00\n\n"
        "RF18539007547034"
    ), "EPC069-12, its example payee with a structured reference"
    by_segno = segno.helpers.make_epc_qr(
        name=EURO.name, iban=EURO.iban, amount=Decimal("12.30"), reference=REFERENCE, bic=EURO.bic,
        encoding="utf-8",
    )
    ours = segno.make_qr(said(EURO, "EUR", "12.30").replace("12.30", "12.3"), error="m",
                         boost_error=False, encoding="utf-8")
    assert ours.matrix == by_segno.matrix, "what another writer of the standard makes of it"


def test_the_swiss_code_is_as_the_guidelines_write_it() -> None:
    lines = said(SWISS, "CHF", "199.95").split("\n")
    assert lines == [
        "SPC", "0200", "1", "CH5800791123000889012",
        "S", "Robert Schneider AG", "Rue du Lac", "1268", "2501", "Biel", "CH",
        "", "", "", "", "", "", "", "199.95", "CHF", "", "", "", "", "", "", "",
        "SCOR", "RF18539007547034", "", "EPD",
    ], "the example with a creditor reference, its payer left open"


def test_the_pix_code_is_as_the_manual_writes_it() -> None:
    fields = ("00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
              "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***")
    assert with_checksum(fields) == f"{fields}63041D3D", "the manual's own example and checksum"
    paid = said(PIX, "BRL", "8158.60")
    assert paid[:-4] == (
        fields.replace("5802BR", "54078158.605802BR").replace("62070503***",
        "62200516RF18539007547034") + "6304"
    ), "and with an amount and a reference"
    assert paid == with_checksum(paid[:-8])


def test_names_fit_the_fields_of_a_pix_code() -> None:
    long = replace(PIX, name="Conceição & Irmãos Indústria e Comércio Ltda.", city="São José dos Campos")
    assert "5925Conceicao & Irmaos Indust6015Sao Jose dos Ca6220" in said(long, "BRL", "1.00")


def paid_letter(account: PaymentAccount, currency: str, amount: str) -> Letter:
    return make_letter(
        "demand", "de", payment=account, credits={}, totals={currency: Decimal(amount)},
        lines=(line("RE-1", date(2026, 1, 12), currency, amount),),
    )


# account | currency | amount
PAID = [(EURO, "EUR", "7211.79"), (SWISS, "CHF", "1949.75"), (PIX, "BRL", "8158.60")]


@pytest.mark.parametrize(("account", "currency", "amount"), PAID, ids=["epc", "swiss", "pix"])
def test_a_telephone_reads_from_paper_and_mail_what_the_letter_says(
    account: PaymentAccount, currency: str, amount: str
) -> None:
    rendered = render(paid_letter(account, currency, amount))
    assert rendered.payment_code is not None
    pdf = letter_pdf(rendered, as_of_date=date(2026, 3, 3), owner="customer C-1")
    expected = [rendered.payment_code.payload]
    assert codes_of_pdf(pdf) == codes_of_png(payment_code_png(rendered)) == expected
    reference = payment_reference("AR-2026-00123")
    assert amount in expected[0] and reference in expected[0]
    grouped = "\u00a0".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    assert grouped in rendered.text and grouped in rendered.html
    assert rendered.html.count("<img ") == 1 and 'alt="QR-Code mit' in rendered.html


def test_a_letter_without_a_code_shows_no_picture() -> None:
    rendered = render(make_letter(payment=EURO))
    assert rendered.payment_code is None, "it demands three currencies"
    assert "<img" not in rendered.html and "cid:" not in rendered.html


def test_a_code_is_drawn_the_same_every_time() -> None:
    assert PaymentCode("epc", "x").svg == PaymentCode("epc", "x").svg


DE, CH, BR = "IBAN DE02 1203 0000 0000 2020 51", "IBAN CH58 0079 1123 0008 8901 2", "Pix 11.222.333/0001-81"
SWISS_HOLDER = {"street": "Rue du Lac", "postal_code": "2501", "city": "Biel"}

# payment | bank_details | fault | because
ACCOUNTS: list[tuple[Any, str, str | None, str]] = [
    ({"iban": "DE02 1203 0000 0000 2020 51"}, DE, None, "as people write it"),
    ({"iban": "de02120300000000202051", "bic": "byladem1001"}, DE, None, "in small letters"),
    ({"iban": "DE02120300000000202052"}, DE, "payment.iban: is no IBAN", "a wrong digit"),
    ({"iban": "DE021203000000002020"}, DE, "payment.iban: is no IBAN", "too short"),
    ({"iban": "DE02120300000000202051", "bic": "BYL"}, DE, "payment.bic: is no BIC", "too short"),
    ({"iban": "DE89370400440532013000"}, DE, "payment.iban: is not what bank_details print",
     "paper and code must not name two accounts"),
    ({"iban": "GB33BUKB20201555555555"}, "GB33 BUKB 2020 1555 5555 55", "payment.bic: is missing",
     "beyond the EEA"),
    ({"iban": "CH5800791123000889012", **SWISS_HOLDER}, CH, None, "with the holder's address"),
    ({"iban": "CH5800791123000889012"}, CH, "payment.street: is missing", "the code asks for it"),
    ({"iban": "CH4431999123000889012", **SWISS_HOLDER}, "CH44 3199 9123 0008 8901 2",
     "payment.iban: is a QR-IBAN", "it takes no creditor reference"),
    ({"pix_key": "11222333000181", "city": "São Paulo"}, BR, None, "a CNPJ"),
    ({"pix_key": "11222333000182", "city": "São Paulo"}, BR, "payment.pix_key: is no Pix key",
     "a wrong digit"),
    ({"pix_key": "ar@seller.example", "city": "Rio"}, "Pix ar@seller.example", None, "an address"),
    ({"pix_key": "+5511940028922", "city": "Rio"}, "Pix +55 11 94002-8922", None, "a telephone"),
    ({"pix_key": "11222333000181"}, BR, "payment.city: is missing", "the code asks for it"),
    ({}, DE, "payment: must be a non-empty mapping", "nothing"),
    ({"city": "Berlin"}, DE, "payment.iban: is missing", "no account"),
    ({"iban": "DE02120300000000202051", "iban2": "x"}, DE, "unknown key", "a typing error"),
]


@pytest.mark.parametrize(("payment", "details", "fault", "because"), ACCOUNTS)
def test_which_accounts_the_settings_take(
    tmp_path: Path, payment: Any, details: str, fault: str | None, because: str
) -> None:
    body = yaml.safe_load((INCLUDE / "settings.yaml").read_text(encoding="utf-8"))
    body["entities"]["DE"] |= {"payment": payment, "bank_details": [details]}
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    if fault is None:
        assert settings_file.read(file).entities["DE"].payment is not None, because
        return
    with pytest.raises(SettingsError) as caught:
        settings_file.read(file)
    assert f"entities.DE.{fault}" in str(caught.value) or fault in str(caught.value), because
