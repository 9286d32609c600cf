"""The message around a letter: plain first, frozen, to one person, and no smuggling."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from letters import composed, make_letter
from receivables.dispatch.address import mailbox
from receivables.dispatch.letter import render
from receivables.dispatch.message import message_id
from receivables.dispatch.templates import LANGUAGES, STEPS
from receivables.errors import DataError, WrongUse

HERE = Path(__file__).parent


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_the_message_is_whole_and_well_formed(step: str, language: str) -> None:
    rendered = render(make_letter(step, language))
    frozen = composed(rendered)
    message = message_from_bytes(frozen, policy=policy.SMTP)
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert plain.get_content_type() == "text/plain", "plain first: the last is what clients prefer"
    assert plain.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n") == rendered.html
    assert {part.get_content_charset() for part in (plain, html)} == {"utf-8"}
    assert message["Subject"] == rendered.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == rendered.language
    assert message["Message-ID"] == "<0123@seller.example>"
    assert message["Date"] == "Wed, 04 Mar 2026 02:00:00 +0000"
    assert message["MIME-Version"] == "1.0"
    assert message.get_all("To") == ["kaya@buyer.example"]
    for absent in ("Cc", "Bcc", "List-Unsubscribe", "Precedence", "Reply-To"):
        assert message[absent] is None
    assert message.defects == []
    assert frozen.isascii() and max(map(len, frozen.split(b"\r\n"))) <= 998
    assert frozen.count(b"\n") == frozen.count(b"\r\n") == frozen.count(b"\r")


def test_the_same_inputs_give_the_same_bytes_in_every_process() -> None:
    script = (
        f"import sys; sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1] / 'plugins')!r}]\n"
        "from letters import composed, make_letter\n"
        "from receivables.dispatch.letter import render\n"
        "sys.stdout.buffer.write(composed(render(make_letter('demand', 'ru'))))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert outputs == {composed(render(make_letter("demand", "ru")))}


def test_a_person_who_releases_a_letter_is_no_machine() -> None:
    frozen = composed(render(make_letter()), is_machine_released=False)
    assert b"Auto-Submitted" not in frozen


def test_replies_can_go_elsewhere() -> None:
    frozen = composed(render(make_letter()), reply_to="replies@seller.example")
    assert b"\r\nReply-To: replies@seller.example\r\n" in frozen


def test_a_copy_is_seen_by_all() -> None:
    message = message_from_bytes(
        composed(render(make_letter()), cc="sales@seller.example"), policy=policy.SMTP
    )
    assert message.get_all("Cc") == ["sales@seller.example"]
    assert message.get_all("To") == ["kaya@buyer.example"]


@pytest.mark.parametrize("domain", ["seller.example", "mail." * 30 + "seller.example"])
def test_a_letter_names_the_root_of_its_thread_in_one_piece(domain: str) -> None:
    root = f"<{'0a' * 16}@{domain}>"
    head = composed(render(make_letter()), thread_id=root).partition(b"\r\n\r\n")[0]
    assert f"\r\nIn-Reply-To: {root}\r\n".encode() in head, "no relay knows an id in pieces"
    assert f"\r\nReferences: {root}\r\n".encode() in head


@pytest.mark.parametrize(
    ("name", "because"),
    [
        ("Acme\r\nBcc: all@evil.example", "a header in a name"),
        ("Acme\nX-Evil: 1\n\nbody", "a header and a body in a name"),
        ("=?utf-8?q?Acme=0D=0ABcc:_all@evil.example?=", "a header in an encoded word"),
        ("=?utf-8?b?DQpCY2M6IGFsbEBldmlsLmV4YW1wbGU=?=", "a header in an encoded word"),
    ],
)
def test_no_name_becomes_a_header(name: str, because: str) -> None:
    letter = make_letter(customer_name=name, recipient_name=name, case_reference=name)
    frozen = composed(render(letter), sender_name=name)
    head = frozen.split(b"\r\n\r\n")[0]
    message = message_from_bytes(frozen, policy=policy.SMTP)
    assert message["Bcc"] is None and message["X-Evil"] is None, because
    assert b"\nBcc:" not in head and message.get_all("To") == ["kaya@buyer.example"]


@pytest.mark.parametrize(
    ("address", "usable", "because"),
    [
        ("kaya@buyer.example", "kaya@buyer.example", "plain"),
        ("First.Last+ar@Sub.Buyer.Example", "First.Last+ar@sub.buyer.example", "domains fold"),
        ("kaya@müller.example", "kaya@xn--mller-kva.example", "an international domain"),
        ("kaya@straße.example", "kaya@xn--strae-oqa.example", "not strasse: that is another's"),
        ("kaya@пример.example", "kaya@xn--e1afmkfd.example", "an international domain"),
        ("o'neil@buyer.example", "o'neil@buyer.example", "an apostrophe is a letter here"),
        ("", None, "nothing"),
        ("kaya", None, "no domain"),
        ("kaya@", None, "no domain"),
        ("@buyer.example", None, "no name"),
        ("kaya@localhost", None, "no top-level domain"),
        ("kaya@buyer.example\n", None, "a trailing line end"),
        ("kaya@buyer.example\r\nBcc: x@evil.example", None, "a header"),
        ("kaya@buyer.example>\r\nRCPT TO:<x@evil.example", None, "a command"),
        ("a@buyer.example,b@evil.example", None, "two"),
        ("a@buyer.example b@evil.example", None, "two"),
        ("a@buyer.example;b@evil.example", None, "two"),
        ("Kaya <kaya@buyer.example>", None, "a name beside it"),
        ("kaya @buyer.example", None, "a space"),
        (" kaya@buyer.example", None, "a space"),
        ('"a b"@buyer.example', None, "a quoted name"),
        ("ka..ya@buyer.example", None, "two dots"),
        (".kaya@buyer.example", None, "a leading dot"),
        ("kaya@buyer..example", None, "an empty label"),
        ("kaya@-buyer.example", None, "a label with a leading hyphen"),
        ("kaya@[127.0.0.1]", None, "a number for a domain"),
        ("kaya@127.0.0.1", None, "a number for a domain"),
        ("käya@buyer.example", None, "a name that not every relay takes"),
        ("kаya@buyer.example", None, "a Cyrillic а in a name"),
        ("kaya@buyer.example\u202e", None, "text turned around"),
        ("kaya@buyer.example\x00", None, "a control character"),
        ("a" * 65 + "@buyer.example", None, "a name that is too long"),
        ("a@" + "b" * 64 + ".example", None, "a label that is too long"),
        ("a@" + ".".join(["b" * 60] * 5) + ".example", None, "an address that is too long"),
        ("a@b@buyer.example", None, "two at signs"),
        ("%s@buyer.example%0d%0a", None, "a line end in disguise"),
    ],
)
def test_only_one_plain_address_is_an_address(
    address: str, usable: str | None, because: str
) -> None:
    if usable is not None:
        assert mailbox(address, owner="contact K-17") == usable, because
        return
    with pytest.raises(DataError, match="contact K-17") as caught:
        composed(render(make_letter()), recipient=address)
    assert not address or address not in str(caught.value), "an address is personal data"


KEY = {
    "legal_entity_id": "DE01", "customer_id": "C1", "step": "demand", "cycle": "I1/1",
    "generation": 0, "domain": "seller.example",
}


def test_a_message_id_is_stable_unique_and_tells_nothing() -> None:
    one = message_id(b"secret", **KEY)
    assert one == message_id(b"secret", **KEY)
    assert one.startswith("<") and one.endswith("@seller.example>") and "C1" not in one
    others = [
        message_id(b"other", **KEY),
        *(message_id(b"secret", **(KEY | change)) for change in (
            {"legal_entity_id": "DE02"}, {"customer_id": "C2"}, {"step": "reminder_1"},
            {"cycle": "I2/1"}, {"generation": 1}, {"customer_id": "C1|demand", "step": ""},
        )),
    ]
    assert len({one, *others}) == 8


def test_a_message_id_needs_a_secret() -> None:
    with pytest.raises(WrongUse, match="secret"):
        message_id(b"", **KEY)


@pytest.mark.parametrize("notice_id", ["", "x" * 32, "../../../etc/passwd", "0" * 32 + "\r\nB: c"])
def test_a_notice_id_is_hexadecimal_or_nothing(notice_id: str) -> None:
    with pytest.raises(WrongUse, match="notice_id"):
        composed(render(make_letter()), notice_id=notice_id)


def test_the_business_day_stands_in_the_message_for_the_sink() -> None:
    frozen = composed(render(make_letter()), as_of_date=date(2026, 3, 3))
    assert b"\r\nX-Receivables-As-Of: 2026-03-03\r\n" in frozen
