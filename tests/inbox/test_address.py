"""Addresses that say what comes back to them: nobody can make one up, and nothing else is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from mailroom import MAIL, Mailroom, report
from receivables.dispatch.address import mailbox
from receivables.errors import SettingsError
from receivables.inbox.address import (
    bounce_address,
    case_reference,
    cases_in,
    is_of_customer,
    notice_of,
    reply_address,
)

SECRET, OTHER = b"s" * 32, b"o" * 32
NOTICE = "0123456789abcdef" * 2
BOUNCE = bounce_address("bounce@x.example", SECRET, notice_id=NOTICE)
LAST = "b" if BOUNCE.partition("@")[0][-1] != "b" else "c"

BOUNCES = [
    # address | secret | notice | because
    (BOUNCE, SECRET, NOTICE, "as it left"),
    (BOUNCE.upper(), SECRET, NOTICE, "some mail servers write capitals"),
    (f"<{BOUNCE}>, other@x.example", SECRET, NOTICE, "in a header"),
    (BOUNCE, OTHER, None, "of another installation"),
    (BOUNCE.partition("@")[0][:-1] + LAST + "@x.example", SECRET, None, "forged: another code"),
    (BOUNCE.replace("+0123", "+1123"), SECRET, None, "forged: another notice"),
    (BOUNCE.partition("@")[0][:-4] + "@x.example", SECRET, None, "cut"),
    (BOUNCE.replace("0123456789abcdef.", "."), SECRET, None, "cut in the middle"),
    ("bounce@x.example", SECRET, None, "without a code"),
]


@pytest.mark.parametrize(
    ("text", "secret", "notice", "because"), BOUNCES, ids=[row[-1] for row in BOUNCES]
)
def test_which_notice_a_bounce_address_tells(
    text: str, secret: bytes, notice: str | None, because: str
) -> None:
    assert notice_of(text, secret) == notice, because


def test_a_reply_address_is_one_customers_own() -> None:
    own = {"legal_entity_id": "DE01", "customer_id": "C1"}
    address = reply_address("ar@x.example", SECRET, **own)
    [(case, code)] = cases_in(f"To: {address.upper()}")
    assert case == case_reference("DE01", "C1")
    assert is_of_customer(code, SECRET, **own)
    assert not is_of_customer(code, OTHER, **own), "of another installation"
    assert not is_of_customer(code, SECRET, legal_entity_id="DE01", customer_id="C2"), "references may coincide"
    assert address == reply_address("ar@x.example", SECRET, **own), "address books keep it"
    assert "C1" not in address and "DE01" not in address
    with_notice = bounce_address("ar@x.example", SECRET, notice_id=NOTICE)
    assert with_notice.rpartition(".")[0] != address.rpartition(".")[0]


@pytest.mark.parametrize("local", ["a", "a" * 14])
def test_an_address_fits_into_an_envelope(local: str) -> None:
    address = bounce_address(f"{local}@x.example", SECRET, notice_id=NOTICE)
    assert mailbox(address, owner="the envelope") == address
    assert len(address.partition("@")[0]) <= 64


FAULTS = [
    # key | value | fault | because
    ("replies", "no address", "mail.replies", "no address"),
    ("replies", "a" * 37 + "@x.example", "at most 36", "no room for the code"),
    ("bounces", "bounces.of.ours@x.example", "at most 14", "no room for the code"),
    ("bounces", "b+x@x.example", "must have no +", "one tag is all that is read"),
    ("inbox", 7, "mail.inbox", "no connection id"),
    ("inbox_kept_days", 0, "mail.inbox_kept_days", "no days"),
]


@pytest.mark.parametrize(("key", "value", "fault", "because"), FAULTS, ids=[r[-1] + " " + r[0] for r in FAULTS])
def test_the_settings_say_what_is_wrong_with_an_address(
    tmp_path: Path, key: str, value: object, fault: str, because: str
) -> None:
    room = Mailroom(tmp_path, f"sqlite:///{tmp_path / 'o.sqlite'}")
    room.mail = {key: value}
    with pytest.raises(SettingsError) as refused:
        _ = room.settings
    assert fault in str(refused.value), because


FORGED = [
    # what comes to which address | what it changes | because
    (lambda room: room.bounce(), "failed", "a true bounce"),
    (lambda room: room.bounce().replace("@", "x@"), "sent", "the code is too long"),
    (lambda room: f"bounce+{room.letter.notice_id}.{'a' * 16}@billing.example.com", "sent",
     "anybody can know a notice, nobody its code"),
    (lambda room: bounce_address(MAIL["bounces"], OTHER, notice_id=room.letter.notice_id), "sent",
     "another installation's"),
]


@pytest.mark.parametrize(("to", "state", "because"), FORGED, ids=[row[-1] for row in FORGED])
def test_a_forged_bounce_changes_nothing(mailroom: Mailroom, to, state: str, because: str) -> None:
    forged = report("5.1.1", to=to(mailroom), message_id="<guessed@seller.example>")
    found = mailroom.read(mailroom.filled(forged))
    assert mailroom.state() == state, because
    assert bool(mailroom.suppressed()) is (state == "failed"), because
    assert found.unmatched == (state == "sent"), because
