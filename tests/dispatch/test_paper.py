"""Letters on paper: the same words, in every language, the same bytes, and whatever a name is."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from email import message_from_bytes, policy
from pathlib import Path

import pypdfium2
import pytest
from letters import AS_OF, composed, line, make_letter
from printed import codes_of_png, pages
from receivables.dispatch.gallery import write_gallery
from receivables.dispatch.letter import PAYMENT_CODE_ID, Letter, render
from receivables.dispatch.message import ATTACHED_OCTETS_MAX, Attachment
from receivables.dispatch.paper import letter_pdf
from receivables.dispatch.payment import PaymentAccount
from receivables.dispatch.templates import LANGUAGES, STEPS, labels
from receivables.errors import DataError
from test_letter import CURRENCY_AMOUNT

HERE = Path(__file__).parent
ACCOUNT = PaymentAccount(name="Nordlicht Pumpen GmbH", country="DE", iban="DE89370400440532013000")
ADDRESS = ("Lange Straße 7", "70173 Stuttgart")


def printed(letter: Letter) -> bytes:
    return letter_pdf(render(letter), as_of_date=letter.as_of_date, owner="customer C-1")


def plain(text: str) -> str:
    """Text without what the end of a line takes or leaves: spaces and hyphens."""
    return re.sub(r"[\s\ufffe\x02-]", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
def test_paper_says_what_the_text_says(step: str, language: str) -> None:
    letter = make_letter(step, language, recipient_address=ADDRESS)
    rendered, said = render(letter), plain(" ".join(pages(printed(letter))))
    for amount in CURRENCY_AMOUNT.findall(rendered.text):
        assert plain(amount) in said, amount
    page = rendered.page
    for words in (*page["opening"], *page["closing"], *page["notes"], *page["fixed_on_paper"],
                  page["greeting"], page["heading"], page["payment_reference"], *ADDRESS,
                  "IBAN DE89 3704 0044 0532 0130 00", "AR-2026-00123", "Müller & Söhne"):
        assert plain(words) in said, words
    for words in (page["fixed"][2], labels(language)["automatic"]):
        assert plain(words) not in said, "paper cannot be replied to"


def test_a_long_letter_repeats_its_headings_and_counts_its_pages() -> None:
    lines = tuple(line(f"RE-{n:03d}", date(2026, 1, 12), "EUR", "10.00") for n in range(1, 101))
    told = pages(printed(make_letter(
        "demand", "de", lines=lines, credits={}, totals={"EUR": Decimal("1000.00")},
    )))
    with_items = [page for page in told if "RE-0" in page or "RE-100" in page]
    assert len(with_items) > 2 and all("Rechnungsbetrag" in page for page in with_items)
    assert [f"Seite {n} von {len(told)}" in page for n, page in enumerate(told, 1)] == [True] * len(told)
    assert all(f"RE-{n:03d}" in " ".join(told) for n in range(1, 101))


def test_programs_that_read_aloud_know_what_it_is() -> None:
    letter = make_letter("demand", "pt-BR")
    pdf = printed(letter)
    with pypdfium2.PdfDocument(pdf) as document:
        about = document.get_metadata_dict()
        assert document.is_tagged()
    assert about["Title"] == render(letter).subject and about["Author"] == "Nordlicht Pumpen GmbH"
    assert about["CreationDate"].startswith("D:20260303000000"), "the letter's day, no clock's"
    assert b"<pdfuaid:part>1" in pdf and b"<pdfaid:part>2" in pdf


def test_the_same_letter_is_the_same_paper_in_every_process() -> None:
    script = (
        f"import sys; sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1] / 'plugins')!r}]\n"
        "from test_paper import ACCOUNT, printed\nfrom letters import make_letter\n"
        "sys.stdout.buffer.write(printed(make_letter('demand', 'ru')))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert outputs == {printed(make_letter("demand", "ru"))}


# name | seen | because
NAMES = [
    ('#set text(red) $x^2$ *b* _i_ `c` @a <b> \\ // x', "#set text(red) $x^2$ *b* _i_ `c` @a <b> \\ // x",
     "Typst's markup is plain text"),
    ('#read("/etc/passwd") #import "@preview/x:1.0.0"', '#read("/etc/passwd")', "nothing is read"),
    ("{{ 7 * 7 }} {% raw %}", "{{ 7 * 7 }}", "nor is Jinja's"),
    ("Ωμέγα Żółć Привет Ђурђевак", "Ωμέγα Żółć Привет Ђурђевак", "the alphabets of Europe"),
    ("\u202egnp.exe \x00\x07 end", "gnp.exe end", "what turns the line around is dropped"),
    ("x" * 500, "x" * 10, "no place to break the line"),
]


@pytest.mark.parametrize(("name", "seen", "because"), NAMES)
def test_paper_takes_whatever_a_customer_calls_itself(name: str, seen: str, because: str) -> None:
    told = pages(printed(make_letter(customer_name=name, recipient_name=name)))
    assert seen in " ".join(told).replace("\u200b", ""), because
    assert len(told) <= 3, because


def test_a_name_from_right_to_left_is_set_from_right_to_left() -> None:
    told = " ".join(pages(printed(make_letter(customer_name="דנה לוי", recipient_name="شركة"))))
    assert "דנה" in told or "הנד" in told


def test_a_name_that_no_font_has_is_refused_by_its_owner_and_code() -> None:
    with pytest.raises(DataError, match=r"customer C-1: no font .* U\+682A") as caught:
        printed(make_letter(customer_name="株式会社"))
    assert "株" not in str(caught.value), "a name is personal data"


def parts(frozen: bytes) -> list[tuple[str, str | None]]:
    message = message_from_bytes(frozen, policy=policy.SMTP)
    return [(part.get_content_type(), part.get_filename()) for part in message.walk()]


def one_invoice(**changes: object) -> Letter:
    return make_letter(
        "demand", "ru", credits={}, totals={"EUR": Decimal("10.00")},
        lines=(line("RE-1", date(2026, 1, 12), "EUR", "10.00"),), **changes,
    )


def test_a_message_carries_its_picture_and_its_papers() -> None:
    letter = one_invoice(payment=ACCOUNT)
    rendered = render(letter)
    pdf = Attachment("письмо.pdf", printed(letter))
    frozen = composed(rendered, attachments=[pdf])
    assert parts(frozen) == [
        ("multipart/mixed", None), ("multipart/alternative", None), ("text/plain", None),
        ("multipart/related", None), ("text/html", None), ("image/png", None),
        ("application/pdf", "письмо.pdf"),
    ]
    message = message_from_bytes(frozen, policy=policy.SMTP)
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == rendered.text
    [attached] = message.iter_attachments()
    assert attached.get_content() == pdf.content
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == f"<{PAYMENT_CODE_ID}>" and picture.get_content_disposition() == "inline"
    assert codes_of_png(picture.get_content()) == [rendered.payment_code.payload]
    assert message["Content-Language"] == "ru" and message.defects == []
    assert frozen.isascii() and max(map(len, frozen.split(b"\r\n"))) <= 998
    assert frozen == composed(render(letter), attachments=[pdf]), "the same bytes again"


def test_no_boundary_begins_another() -> None:
    frozen = composed(render(one_invoice(payment=ACCOUNT)), attachments=[Attachment("a.pdf", b"%PDF-")])
    found = {part.get_boundary() for part in message_from_bytes(frozen).walk() if part.is_multipart()}
    assert len(found) == 3
    assert not [(a, b) for a in found for b in found if a != b and a.startswith(b)]


def test_more_than_mailboxes_take_is_refused() -> None:
    half = Attachment("letter.pdf", b"x" * (ATTACHED_OCTETS_MAX // 2 + 1))
    composed(render(make_letter()), attachments=[half])
    with pytest.raises(DataError, match=r"contact K-17: 5000002 bytes are attached"):
        composed(render(make_letter()), attachments=[half, half])


def test_a_message_without_pictures_and_papers_stays_as_it_was() -> None:
    assert parts(composed(render(make_letter()))) == [
        ("multipart/alternative", None), ("text/plain", None), ("text/html", None),
    ]


def test_the_gallery_shows_every_letter_and_runs_nothing(tmp_path: Path) -> None:
    file = write_gallery(tmp_path, steps=["demand"], languages=["fr"], progress=lambda line: None)
    page = file.read_text(encoding="utf-8")
    linked = re.findall(r'href="(pdf/[a-z0-9_]+\.pdf)"', page)
    assert len(linked) == page.count("<iframe sandbox ") == len(list(tmp_path.glob("pdf/*"))) == 9
    assert all((tmp_path / name).read_bytes().startswith(b"%PDF-") for name in linked)
    assert "<script" not in page and "cid:" not in page and "data:image/png;base64," in page
    assert 'href="#demand_fr"' in page and 'id="demand_fr"' in page


def test_the_day_of_the_letter_stands_in_words() -> None:
    assert AS_OF.isoformat() == "2026-03-03"
    assert "3. März 2026" in pages(printed(make_letter("demand", "de")))[0]
