"""Where a legal entity is paid (`entities.<E>.payment`), each number checked by its own digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from receivables.dispatch.payment import SEPA_BEYOND_EEA, SWISS_COUNTRIES, PaymentAccount

if TYPE_CHECKING:
    from receivables.settings_file import Reader

KEYS = {"iban", "bic", "pix_key", "street", "building_number", "postal_code", "city"}
# Bank numbers of accounts that take no reference but a bank's own (QR-IBAN).
QR_IBAN_BANKS = range(30000, 32000)
_PHONE = re.compile(r"\+[1-9]\d{7,14}")
_RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^@\s]{1,60}@[a-z0-9.-]+\.[a-z]{2,}")


def payment_account(
    reader: Reader, raw: object, key: str, *, name: str, country: str,
    bank_details: tuple[str, ...],
) -> PaymentAccount | None:
    """The account, or None where it is not set: letters have no payment code then."""
    if raw is None:
        return None
    body = reader.mapping(raw, key, KEYS)
    said = {field: str(value).strip() for field, value in body.items() if field in KEYS}
    for field in ("iban", "bic"):
        said[field] = said.get(field, "").replace(" ", "").upper()
    account = PaymentAccount(name=name, country=country.upper(), **said)
    for field, fault in _faults(account, bank_details):
        reader.fault(f"{key}.{field}", fault)
    return account


def _faults(account: PaymentAccount, bank_details: tuple[str, ...]) -> list[tuple[str, str]]:
    from stdnum import bic, iban

    faults = []
    if not account.iban and not account.pix_key:
        faults.append(("iban", "is missing; give an iban or a pix_key"))
    if account.iban and not iban.is_valid(account.iban):
        faults.append(("iban", "is no IBAN: its check digits or its length are wrong"))
    elif account.iban[:2] in SWISS_COUNTRIES and int(account.iban[4:9]) in QR_IBAN_BANKS:
        faults.append(("iban", "is a QR-IBAN, which takes no creditor reference (ISO 11649); give "
                               "the ordinary IBAN of the account"))
    if not account.bic and account.iban[:2] in SEPA_BEYOND_EEA:
        faults.append(("bic", "is missing; beyond the European Economic Area a SEPA code names it"))
    if account.bic and not bic.is_valid(account.bic):
        faults.append(("bic", "is no BIC; write eight or eleven letters and digits"))
    if account.pix_key and not _is_pix_key(account.pix_key):
        faults.append(("pix_key", "is no Pix key: a CNPJ or CPF (digits only), a telephone number "
                                  "(+5511…), an e-mail address or a random key"))
    asked = ["city"] if account.pix_key else []
    if account.iban[:2] in SWISS_COUNTRIES:
        asked = ["street", "postal_code", "city"]
    faults += [(field, "is missing; the account's payment code names it")
               for field in asked if not getattr(account, field)]
    printed = _bare("".join(bank_details))
    faults += [(field, "is not what bank_details print; a code must pay where the letter says")
               for field in ("iban", "pix_key") if _bare(getattr(account, field)) not in printed]
    return faults


def _bare(number: str) -> str:
    """A number as it is compared: people print it in groups."""
    return "".join(filter(str.isalnum, number)).lower()


def _is_pix_key(key: str) -> bool:
    from stdnum.br import cnpj, cpf

    is_number = key.isalnum() and (cnpj.is_valid(key) or cpf.is_valid(key))
    shapes = (_PHONE, _RANDOM, _EMAIL)
    return is_number or (len(key) <= 77 and any(shape.fullmatch(key) for shape in shapes))
