"""How a letter's total is paid: the reference to name, and a code that a banking app reads.

The account comes from the settings, never from the ERP. Sources: ISO 11649 (the reference);
EPC069-12 (the SEPA code); Implementation Guidelines for the QR-bill 2.3, SIX (the Swiss code);
Manual de Padrões para Iniciação do Pix, BCB (the Pix code).
"""

from __future__ import annotations

import io
import unicodedata
from binascii import crc_hqx
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from receivables.currency import exponent
from receivables.dispatch.amounts import NO_BREAK_SPACE

SWISS_COUNTRIES = ("CH", "LI")
# Where a SEPA transfer reaches (EPC409-09): the European Economic Area, and beyond it.
EEA = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})
SEPA_BEYOND_EEA = frozenset({
    "AD", "AL", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA",
})
# The largest amount that each code can hold, in the currencies that it is for.
EPC, SWISS, PIX = "epc", "swiss", "pix"
AMOUNT_MAX = {EPC: Decimal("999999999.99"), SWISS: Decimal("999999999.99"),
              PIX: Decimal("9999999999.99")}
REFERENCE_LENGTH_MAX = 21
NAME_LENGTH_MAX, PIX_NAME_LENGTH_MAX, PIX_CITY_LENGTH_MAX = 70, 25, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAccount:
    """Where a legal entity is paid: an IBAN (with its BIC), a Pix key, or both.

    The address of the holder is asked for by the Swiss code, the city by that of Pix.
    """

    name: str
    country: str
    iban: str = ""
    bic: str = ""
    pix_key: str = ""
    street: str = ""
    building_number: str = ""
    postal_code: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """What a payment code says, and by whose standard (epc, swiss or pix)."""

    scheme: str
    payload: str

    @property
    def svg(self) -> str:
        """The code as a drawing, without the margin that readers of codes need."""
        import segno

        drawing = io.BytesIO()
        code = segno.make_qr(self.payload, error="m", boost_error=False, encoding="utf-8")
        code.save(drawing, kind="svg", border=0, xmldecl=False, light="white", omitsize=True)
        return drawing.getvalue().decode()


def payment_reference(case_reference: str) -> str:
    """The creditor reference (ISO 11649) of a case, which a bank checks as it is typed in.

    It is the case's own reference, without what may not stand in one, behind RF and two digits.
    """
    from stdnum.iso7064 import mod_97_10

    plain = "".join(filter(str.isalnum, _ascii(case_reference))).upper()[:REFERENCE_LENGTH_MAX]
    return f"RF{mod_97_10.calc_check_digits(f'{plain}RF')}{plain}" if plain else ""


def printed_reference(case_reference: str) -> str:
    """The reference as people read it: in groups of four, which no line end takes apart."""
    number = payment_reference(case_reference)
    return NO_BREAK_SPACE.join(number[at : at + 4] for at in range(0, len(number), 4))


def payment_code(
    account: PaymentAccount | None, totals: Mapping[str, Decimal], reference: str
) -> PaymentCode | None:
    """The code that pays exactly the total; None where no code fits: two currencies, one that the
    account's code is not for, or more than it can hold.
    """
    if account is None or len(totals) != 1 or not reference:
        return None
    [(currency, amount)] = totals.items()
    scheme = _scheme(account, currency)
    if scheme is None or not 0 < amount <= AMOUNT_MAX[scheme]:
        return None
    said = f"{amount:.{exponent(currency)}f}"
    assert Decimal(said) == amount
    if scheme == PIX:
        return PaymentCode(scheme, _pix(account, said, reference))
    if scheme == SWISS:
        return PaymentCode(scheme, _swiss(account, said, currency, reference))
    return PaymentCode(scheme, _epc(account, said, reference))


def _scheme(account: PaymentAccount, currency: str) -> str | None:
    if currency == "BRL" and account.pix_key:
        return PIX
    if account.iban[:2] in SWISS_COUNTRIES:
        return SWISS if currency in ("CHF", "EUR") else None
    is_sepa = account.iban[:2] in EEA | SEPA_BEYOND_EEA
    return EPC if currency == "EUR" and is_sepa else None


def _epc(account: PaymentAccount, amount: str, reference: str) -> str:
    return "\n".join([
        "BCD", "002", "1", "SCT", account.bic, account.name[:NAME_LENGTH_MAX], account.iban,
        f"EUR{amount}", "", reference,
    ])


def _swiss(account: PaymentAccount, amount: str, currency: str, reference: str) -> str:
    """Holder with a structured address; who pays is left to the payer."""
    nobody = [""] * 7
    return "\n".join([
        "SPC", "0200", "1", account.iban,
        "S", account.name[:NAME_LENGTH_MAX], account.street, account.building_number,
        account.postal_code, account.city, account.country,
        *nobody, amount, currency, *nobody, "SCOR", reference, "", "EPD",
    ])


def _pix(account: PaymentAccount, amount: str, reference: str) -> str:
    fields = [
        ("00", "01"),
        ("26", _field("00", "br.gov.bcb.pix") + _field("01", account.pix_key)),
        ("52", "0000"), ("53", "986"), ("54", amount), ("58", "BR"),
        ("59", _ascii(account.name)[:PIX_NAME_LENGTH_MAX].rstrip()),
        ("60", _ascii(account.city)[:PIX_CITY_LENGTH_MAX].rstrip()),
        ("62", _field("05", reference)),
    ]
    return with_checksum("".join(_field(code, value) for code, value in fields))


def _field(code: str, value: str) -> str:
    return f"{code}{len(value):02d}{value}"


def with_checksum(fields: str) -> str:
    """A BR Code's fields with the last one, the checksum over them all and over its own head."""
    unsigned = f"{fields}6304"
    return f"{unsigned}{crc_hqx(unsigned.encode(), 0xFFFF):04X}"


def _ascii(text: str) -> str:
    """Letters without their accents; what has no such letter is left out."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
