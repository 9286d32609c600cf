"""The sink: a relay that keeps every letter as a file and lets none out."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest
from drafts import MORNING, make_draft
from letters import composed, make_letter
from receivables.dispatch.dispatcher import dispatch
from receivables.dispatch.letter import render
from receivables.dispatch.outbox import Outbox
from receivables.dispatch.relay import Relay
from receivables.dispatch.sink import sink

NOTICE = "0123456789abcdef" * 2


def send(relay: Relay, message: bytes) -> None:
    with smtplib.SMTP(relay.host, relay.port, local_hostname="localhost") as smtp:
        smtp.sendmail("ar@seller.example", ["kaya@buyer.example"], message)


def test_the_sink_files_letters_by_day_and_notice_byte_for_byte(tmp_path: Path) -> None:
    outbox = Outbox(f"sqlite:///{tmp_path / 'outbox.sqlite'}")
    drafts = [make_draft(n) for n in range(30)]
    outbox.draft(drafts)
    with sink(tmp_path / "sink") as relay:
        report = dispatch(
            outbox, relay=relay, now=lambda: MORNING, progress=lambda _: None,
            kill_switch=lambda: False,
        )
    assert report.sent == 30
    kept = sorted((tmp_path / "sink").rglob("*"))
    day = tmp_path / "sink" / "2026-03-03"
    assert kept == sorted([day, *(day / f"{draft.notice_id}.eml" for draft in drafts)])
    for draft in drafts:
        assert (day / f"{draft.notice_id}.eml").read_bytes() == draft.message


def test_the_sink_listens_on_this_machine_only_on_a_free_port(tmp_path: Path) -> None:
    with sink(tmp_path) as one, sink(tmp_path) as other:
        assert one.host == other.host == "127.0.0.1"
        assert one.port != other.port
    with pytest.raises(OSError):
        smtplib.SMTP(one.host, one.port, timeout=1)


def test_a_letter_that_comes_twice_is_kept_twice(tmp_path: Path) -> None:
    message = composed(render(make_letter()))
    with sink(tmp_path) as relay:
        for _ in range(3):
            send(relay, message)
    names = sorted(path.name for path in (tmp_path / "2026-03-03").iterdir())
    assert names == [f"{NOTICE}-2.eml", f"{NOTICE}-3.eml", f"{NOTICE}.eml"]


def test_without_a_business_day_the_date_of_the_letter_serves(tmp_path: Path) -> None:
    message = composed(render(make_letter())).replace(b"X-Receivables-As-Of", b"X-Other")
    with sink(tmp_path) as relay:
        send(relay, message)
    assert (tmp_path / "2026-03-04" / f"{NOTICE}.eml").is_file()


@pytest.mark.parametrize(
    ("old", "new", "because"),
    [
        (NOTICE.encode(), b"../../../../tmp/evil", "a path for a name"),
        (NOTICE.encode(), b"/etc/cron.d/evil", "a path for a name"),
        (NOTICE.encode(), b"", "no name"),
        (b"X-Receivables-Notice", b"X-Other", "not a letter of ours"),
    ],
)
def test_no_header_chooses_where_the_sink_writes(
    tmp_path: Path, old: bytes, new: bytes, because: str
) -> None:
    message = composed(render(make_letter())).replace(old, new)
    with sink(tmp_path / "sink") as relay, pytest.raises(smtplib.SMTPDataError):
        send(relay, message)
    assert not (tmp_path / "sink").exists(), because


def test_a_business_day_that_is_a_path_is_no_day(tmp_path: Path) -> None:
    message = composed(render(make_letter())).replace(b"As-Of: 2026-03-03", b"As-Of: ../../evil")
    with sink(tmp_path / "sink") as relay:
        send(relay, message)
    assert [path.name for path in (tmp_path / "sink").iterdir()] == ["2026-03-04"]
