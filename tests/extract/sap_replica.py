"""A small SAP system in its own tables: two company codes, and a document for each thing that SAP
does with receivables. Names, types and lengths are those of SAP's dictionary.
"""

from __future__ import annotations

from replica import Replica

# DATS and NUMC are text in SAP's dictionary; empty, they are noughts.
DATS, CURR = "char(8)", "numeric(23, 2)"


def char(length: int) -> str:
    return f"varchar({length})"


PERIODS = [f"{number:02}" for number in range(1, 17)]

LINE_ITEM = {
    "mandt": char(3), "bukrs": char(4), "kunnr": char(10), "umsks": char(1), "umskz": char(1),
    "augdt": DATS, "augbl": char(10), "zuonr": char(18), "gjahr": char(4), "belnr": char(10),
    "buzei": char(3), "budat": DATS, "bldat": DATS, "cpudt": DATS, "waers": char(5),
    "xblnr": char(16), "blart": char(2), "bschl": char(2), "zumsk": char(1), "shkzg": char(1),
    "dmbtr": CURR, "wrbtr": CURR, "sgtxt": char(50), "hkont": char(10), "filkd": char(10),
    "zfbdt": DATS, "zterm": char(4), "zbd1t": "numeric(3)", "zbd2t": "numeric(3)",
    "zbd3t": "numeric(3)", "zlsch": char(1), "zlspr": char(1), "rebzg": char(10),
    "rebzj": char(4), "rebzz": char(3), "mansp": char(1), "mschl": char(1), "madat": DATS,
    "manst": char(1), "maber": char(2), "vbeln": char(10), "xref1": char(12), "xref2": char(12),
    "bstat": char(1), "rebzt": char(1),
}
COLUMNS = {
    "bsid": LINE_ITEM,
    "bsad": LINE_ITEM,
    "bkpf": {
        "mandt": char(3), "bukrs": char(4), "belnr": char(10), "gjahr": char(4),
        "blart": char(2), "bldat": DATS, "budat": DATS, "stblg": char(10), "stjah": char(4),
        "bstat": char(1), "xreversal": char(1),
    },
    "bsec": {
        "mandt": char(3), "bukrs": char(4), "belnr": char(10), "gjahr": char(4),
        "buzei": char(3), "name1": char(35), "land1": char(3),
    },
    "kna1": {
        "mandt": char(3), "kunnr": char(10), "land1": char(3), "name1": char(35),
        "name2": char(35), "ort01": char(35), "pstlz": char(10), "stras": char(35),
        "adrnr": char(10), "spras": char(1), "brsch": char(4), "stcd1": char(16),
        "stceg": char(20), "telf1": char(16), "xcpdk": char(1),
    },
    "knb1": {
        "mandt": char(3), "kunnr": char(10), "bukrs": char(4), "akont": char(10),
        "knrze": char(10), "zterm": char(4), "zsabe": char(15), "intad": char(130),
        "tlfns": char(30),
    },
    "knb5": {
        "mandt": char(3), "kunnr": char(10), "bukrs": char(4), "maber": char(2),
        "mahna": char(4), "mansp": char(1), "madat": DATS, "mahns": char(1), "gmvdt": DATS,
    },
    "knvk": {
        "mandt": char(3), "parnr": char(10), "kunnr": char(10), "namev": char(35),
        "name1": char(35), "abtnr": char(4), "telf1": char(16), "prsnr": char(10),
    },
    "adr6": {
        "client": char(3), "addrnumber": char(10), "persnumber": char(10),
        "consnumber": char(3), "flgdefault": char(1), "smtp_addr": char(241),
    },
    "t001": {"mandt": char(3), "bukrs": char(4), "waers": char(5)},
    "t002": {"spras": char(1), "laiso": char(2)},
    "tcurx": {"currkey": char(5), "currdec": "numeric(1)"},
    "tcurr": {
        "mandt": char(3), "kurst": char(4), "fcurr": char(5), "tcurr": char(5),
        "gdatu": char(8), "ukurs": "numeric(9, 5)", "ffact": "numeric(9)", "tfact": "numeric(9)",
    },
    "tcurf": {
        "mandt": char(3), "kurst": char(4), "fcurr": char(5), "tcurr": char(5),
        "gdatu": char(8), "ffact": "numeric(9)", "tfact": "numeric(9)",
    },
    "faglflext": {
        "rclnt": char(3), "ryear": char(4), "rldnr": char(2), "rrcty": char(1),
        "rvers": char(3), "racct": char(10), "rbukrs": char(4), "drcrk": char(1),
        "hslvt": CURR, **{f"hsl{period}": CURR for period in PERIODS},
    },
    "knc1": {
        "mandt": char(3), "kunnr": char(10), "bukrs": char(4), "gjahr": char(4), "umsav": CURR,
        **{f"um{period}{side}": CURR for period in PERIODS for side in "sh"},
    },
    "knc3": {
        "mandt": char(3), "kunnr": char(10), "bukrs": char(4), "gjahr": char(4),
        "shbkz": char(1), "saldv": CURR, "solll": CURR, "habnl": CURR,
    },
}


def initial(kind: str) -> str:
    if kind == DATS:
        return "00000000"
    return "0" if kind.startswith("numeric") else ""


MUSTER, BLOCKED, AREA, SPECIAL, BRANCH, ONE_TIME, TOKYO = (
    "0000001000", "0000001001", "0000001002", "0000001003", "0000001004", "0000009000",
    "0000002000",
)
TERMS = {"zbd1t": "14", "zbd2t": "30", "zbd3t": "45"}


def names(document: str, line: str = "001") -> dict[str, str]:
    """The fields by which an item names the invoice that it belongs to."""
    return {"rebzg": document, "rebzj": "2026", "rebzz": line}


def by(document: str, day: str) -> dict[str, str]:
    return {"augbl": document, "augdt": day}


# Company 1000 keeps its books in EUR. Document numbers: 18 invoices, 16 credit memos, 14 payments,
# 01 others. Posting keys: 01 invoice, 06 residual, 09 special G/L debit, 11 credit memo,
# 12 reversed invoice, 15 payment, 05 reversed payment, 19 special G/L credit.
ITEMS = [
    # document, line, customer, key, amount, posted | more | because
    ("1800000001", "001", MUSTER, "01", "1190.00", "20260110", {"zbd1t": "14"},
     "one term: due 14 days after the baseline date"),
    ("1800000002", "001", MUSTER, "01", "200.00", "20260110", TERMS,
     "the third term is the net one"),
    ("1800000003", "001", MUSTER, "01", "300.00", "20260110", {"zbd1t": "14", "zbd2t": "30"},
     "two terms: the second is the net one"),
    ("1800000004", "001", MUSTER, "01", "1000.00", "20260115", {"zbd1t": "30"},
     "partly paid: stays open in full beside the payment"),
    ("1400000001", "002", MUSTER, "15", "400.00", "20260305",
     names("1800000004") | {"rebzt": "Z"}, "a partial payment names its invoice"),
    ("1800000005", "001", MUSTER, "01", "500.00", "20260120",
     {"zbd1t": "30", "xblnr": "RE-5"} | by("1400000002", "20260310"),
     "paid with a residual item: cleared in full"),
    ("1400000002", "002", MUSTER, "15", "500.00", "20260310", by("1400000002", "20260310"),
     "the payment's line clears all of the invoice"),
    ("1400000002", "003", MUSTER, "06", "150.00", "20260310",
     names("1800000005") | {"zfbdt": "20260120", "zbd1t": "30", "rebzt": "V"},
     "the residual item is a debt of its own, due as the invoice was"),
    ("1800000006", "001", MUSTER, "01", "310.00", "20260201",
     {"zbd1t": "30"} | by("1400000003", "20260405"), "open at the end of March: cleared later"),
    ("1400000003", "002", MUSTER, "15", "310.00", "20260405", by("1400000003", "20260405"),
     "its payment"),
    ("1800000007", "001", MUSTER, "01", "320.00", "20260402", {"zbd1t": "30"},
     "not there yet at the end of March: posted later"),
    ("1800000008", "001", MUSTER, "01", "590.00", "20260210", {"zbd1t": "30"},
     "a credit memo names it"),
    ("1600000001", "001", MUSTER, "11", "90.00", "20260312", names("1800000008") | TERMS,
     "a credit memo for an invoice is due with it, and lowers it"),
    ("1600000002", "001", MUSTER, "11", "50.00", "20260313", TERMS,
     "a credit memo for none is due on its baseline date, whatever its terms"),
    ("1600000003", "001", MUSTER, "11", "60.00", "20260313", {"rebzg": "V", "zbd1t": "30"},
     "unless its invoice reference is V: its terms hold"),
    ("1800000009", "001", MUSTER, "01", "100.00", "20260215",
     {"zfbdt": "20260301"} | by("1400000004", "20260302"), "first of three instalments: paid"),
    ("1800000009", "002", MUSTER, "01", "100.00", "20260215", {"zfbdt": "20260401"},
     "second instalment, due a month later"),
    ("1800000009", "003", MUSTER, "01", "101.00", "20260215", {"zfbdt": "20260501"},
     "third instalment"),
    ("1400000004", "002", MUSTER, "15", "100.00", "20260302", by("1400000004", "20260302"),
     "pays the first instalment"),
    ("1800000010", "001", MUSTER, "01", "700.00", "20260301", by("1800000011", "20260320"),
     "a reversed invoice was owed until its reversal"),
    ("1800000011", "001", MUSTER, "12", "700.00", "20260320", by("1800000011", "20260320"),
     "the reversal is no credit memo"),
    ("1800000012", "001", MUSTER, "01", "800.00", "20260110", {"zbd1t": "10"},
     "its clearing was reset, as the payment bounced: open again"),
    ("1400000005", "002", MUSTER, "15", "800.00", "20260120", by("1400000006", "20260125"),
     "the payment that bounced"),
    ("1400000006", "002", MUSTER, "05", "800.00", "20260125", by("1400000006", "20260125"),
     "its reversal clears it"),
    ("1800000013", "001", MUSTER, "01", "100.00", "20260201", by("1400000007", "20260311"),
     "two invoices, a credit memo and a payment cleared together"),
    ("1800000014", "001", MUSTER, "01", "200.00", "20260202", by("1400000007", "20260311"),
     "the younger of the two"),
    ("1600000004", "001", MUSTER, "11", "20.00", "20260301", by("1400000007", "20260311"),
     "the oldest credit goes to the oldest debit"),
    ("1400000007", "002", MUSTER, "15", "280.00", "20260311", by("1400000007", "20260311"),
     "the payment covers the rest"),
    ("1800000015", "001", MUSTER, "01", "108.00", "20260203",
     {"waers": "USD", "dmbtr": "100.00", "zbd1t": "30"} | by("1400000008", "20260312"),
     "an invoice in dollars paid in euros"),
    ("1400000008", "002", MUSTER, "15", "100.00", "20260312", by("1400000008", "20260312"),
     "the euros become the dollars that they cleared"),
    ("1800000016", "001", MUSTER, "01", "216.00", "20260204",
     {"waers": "USD", "dmbtr": "200.00", "zbd1t": "30"}, "open in dollars"),
    ("1800000017", "001", MUSTER, "01", "40.00", "20260205",
     {"mansp": "C", "manst": "2", "madat": "20260312", "zbd1t": "30"},
     "a dunning block on the item"),
    ("1800000018", "001", MUSTER, "01", "41.00", "20260205", {"zlspr": "A", "zbd1t": "30"},
     "a payment block stops our direct debit, not the dunning"),
    ("1800000019", "001", MUSTER, "01", "77.00", "20260206", by("0100000009", "20260316"),
     "cleared against nothing that is to be seen (an account that is not extracted)"),
    ("1800000020", "001", BLOCKED, "01", "500.00", "20260110", {}, "the account is blocked"),
    ("1800000021", "001", AREA, "01", "510.00", "20260110", {"maber": "01"},
     "dunning area 01 of the account is blocked"),
    ("1800000022", "001", AREA, "01", "520.00", "20260110", {"maber": "02"},
     "dunning area 02 is not"),
    ("1400000010", "001", SPECIAL, "19", "250.00", "20260220",
     {"umskz": "A", "hkont": "0000170000"}, "a down payment is money on account"),
    ("0100000001", "001", SPECIAL, "09", "250.00", "20260215",
     {"umskz": "F", "bstat": "S", "hkont": "0000169000"},
     "a down payment request is noted, and no debt"),
    ("0100000002", "001", SPECIAL, "09", "800.00", "20260220",
     {"umskz": "W", "zfbdt": "20260520", "hkont": "0000125000"}, "a bill of exchange"),
    ("0100000003", "001", SPECIAL, "09", "75.00", "20260221",
     {"umskz": "E", "hkont": "0000142000"}, "a doubtful receivable is still owed"),
    ("1800000023", "001", BRANCH, "01", "33.00", "20260301", {"filkd": "0000001005"},
     "posted to the head office, caused by a branch"),
    ("1800000024", "001", ONE_TIME, "01", "60.00", "20260301", {}, "a one-time customer"),
    ("1800000025", "001", ONE_TIME, "01", "61.00", "20260301", {}, "another one on the account"),
]
# Company 2000 keeps its books in JPY, which SAP stores as if it had two decimals.
ITEMS_OF_TOKYO = [
    ("1800000001", "001", TOKYO, "01", "123.45", "20260301", {"zbd1t": "30"},
     "12,345 yen under the document number that company 1000 has, too"),
    ("1800000002", "001", TOKYO, "01", "10.00", "20260301",
     {"zbd1t": "30"} | by("1400000001", "20260310"), "1,000 yen, paid"),
    ("1400000001", "002", TOKYO, "15", "10.00", "20260310", by("1400000001", "20260310"),
     "1,000 yen"),
    ("1800000003", "001", TOKYO, "01", "123.45", "20260301",
     {"waers": "KWD", "dmbtr": "60.00", "zbd1t": "30"}, "12.345 dinars: three decimals"),
]

# The leading ledger: what each reconciliation account moved by, month by month. 500.00 of December
# was carried forward and written back in January.
LEDGER = [
    # company, account, year, carried forward, moved in each period
    ("1000", "0000140000", "2025", "0.00", {"12": "500.00"}),
    ("1000", "0000140000", "2026", "500.00",
     {"01": "5020.00", "02": "1959.00", "03": "-1373.00", "04": "10.00"}),
    ("1000", "0000170000", "2026", "0.00", {"02": "-250.00"}),
    ("1000", "0000125000", "2026", "0.00", {"02": "800.00"}),
    ("1000", "0000142000", "2026", "0.00", {"02": "75.00"}),
    ("2000", "0000140000", "2026", "0.00", {"03": "183.45"}),
]

# SAP's own balance of each account: debits and credits, month by month.
BALANCES = [
    # company, customer, year, carried forward, debit and credit of each period
    ("1000", MUSTER, "2025", "0.00", {"12s": "500.00"}),
    ("1000", MUSTER, "2026", "500.00", {
        "01s": "4790.00", "01h": "1300.00", "02s": "1959.00", "03s": "850.00", "03h": "2377.00",
        "04s": "320.00", "04h": "310.00",
    }),
    ("1000", BLOCKED, "2026", "0.00", {"01s": "500.00"}),
    ("1000", AREA, "2026", "0.00", {"01s": "1030.00"}),
    ("1000", BRANCH, "2026", "0.00", {"03s": "33.00"}),
    ("1000", ONE_TIME, "2026", "0.00", {"03s": "121.00"}),
    ("2000", TOKYO, "2026", "0.00", {"03s": "193.45", "03h": "10.00"}),
]
SPECIAL_BALANCES = [("A", "0.00", "250.00"), ("W", "800.00", "0.00"), ("E", "75.00", "0.00")]


def sap() -> Replica:
    """The system as it is on 20 April 2026."""
    replica = Replica(COLUMNS, initial)
    for company, currency, items in (
        ("1000", "EUR", ITEMS), ("2000", "JPY", ITEMS_OF_TOKYO),
    ):
        replica.add("t001", bukrs=company, waers=currency)
        for document, line, customer, key, amount, posted, more, _ in items:
            _line_item(replica, company, currency, document, line, customer, key, amount, posted,
                       **more)
    for row in replica.rows["bkpf"]:
        if row["bukrs"] == "1000":
            row |= REVERSALS.get(row["belnr"], {})
    _customers(replica)
    _rates(replica)
    _ledger(replica)
    return replica


REVERSALS = {
    "1800000010": {"stblg": "1800000011", "stjah": "2026", "xreversal": "1"},
    "1800000011": {"stblg": "1800000010", "stjah": "2026", "xreversal": "2"},
    "1400000005": {"stblg": "1400000006", "stjah": "2026", "xreversal": "1"},
    "1400000006": {"stblg": "1400000005", "stjah": "2026", "xreversal": "2"},
}


def _line_item(
    replica: Replica, company: str, currency: str, document: str, line: str, customer: str,
    key: str, amount: str, posted: str, **more: str,
) -> None:
    kind = {"18": "RV", "16": "DG", "14": "DZ", "01": "DA"}[document[:2]]
    header = {"bukrs": company, "belnr": document, "gjahr": "2026", "blart": kind,
              "bldat": posted, "budat": posted}
    item = {
        **header, "kunnr": customer, "buzei": line, "waers": currency, "bschl": key,
        "shkzg": "S" if key < "10" else "H", "dmbtr": amount, "wrbtr": amount, "zfbdt": posted,
        "hkont": "0000140000", "rebzj": "0000", "rebzz": "000",
    }
    replica.add("bsad" if "augbl" in more else "bsid", mandt="100", **item | more)
    if header.items() <= (replica.rows.get("bkpf") or [{}])[-1].items():
        return
    replica.add("bkpf", mandt="100", **header)


def _customers(replica: Replica) -> None:
    for customer, company, name, country, language in (
        (MUSTER, "1000", "Muster GmbH", "DE", "D"),
        (BLOCKED, "1000", "Gesperrt AG", "AT", "D"),
        (AREA, "1000", "Bereich SARL", "FR", "F"),
        (SPECIAL, "1000", "Sonder Ltd", "GB", "E"),
        (BRANCH, "1000", "Zentrale KG", "DE", "D"),
        (ONE_TIME, "1000", "CPD", "DE", "D"),
        (TOKYO, "2000", "Tokyo KK", "JP", "J"),
    ):
        replica.add(
            "kna1", kunnr=customer, name1=name, land1=country, spras=language,
            adrnr=f"A{customer[1:]}", ort01="Stadt", pstlz="12345", stras="Weg 1",
            stceg="DE123456789" if customer == MUSTER else "",
            xcpdk="X" if customer == ONE_TIME else "",
        )
        replica.add(
            "knb1", kunnr=customer, bukrs=company, akont="0000140000", zterm="ZB30",
            knrze=MUSTER if customer == BRANCH else "",
            zsabe="Frau Kurz" if customer == MUSTER else "",
            intad="kreditoren@muster.example" if customer == MUSTER else "",
        )
    replica.add("knb5", kunnr=MUSTER, bukrs="1000", mahna="0001", mahns="2", madat="20260312")
    replica.add("knb5", kunnr=BLOCKED, bukrs="1000", mahna="0001", mansp="A")
    replica.add("knb5", kunnr=AREA, bukrs="1000", mahna="0001", maber="01", mansp="B")
    replica.add("knb5", kunnr=SPECIAL, bukrs="1000", mahna="0001", gmvdt="20260401")
    replica.add("adr6", addrnumber="A000001000", consnumber="001", smtp_addr="alt@muster.example")
    replica.add("adr6", addrnumber="A000001000", consnumber="002", flgdefault="X",
                smtp_addr="info@muster.example")
    replica.add("adr6", addrnumber="A000001000", persnumber="P1", consnumber="001",
                smtp_addr="chef@muster.example")
    replica.add("knvk", parnr="0000000001", kunnr=MUSTER, namev="Eva", name1="Chef", abtnr="0001",
                prsnr="P1")
    replica.add("knvk", parnr="0000000002", kunnr=MUSTER, namev="Kai", name1="Bau", abtnr="0007")
    for document, name, country in (("1800000024", "Erika Einmal", "CH"),
                                    ("1800000025", "Otto Einmal", "DE")):
        replica.add("bsec", bukrs="1000", belnr=document, gjahr="2026", buzei="001", name1=name,
                    land1=country)
    for spras, laiso in (("D", "DE"), ("E", "EN"), ("F", "FR"), ("J", "JA")):
        replica.add("t002", spras=spras, laiso=laiso)
    replica.add("tcurx", currkey="JPY", currdec="0")
    replica.add("tcurx", currkey="KWD", currdec="3")


def _rates(replica: Replica) -> None:
    for currency, day, rate, from_units, to_units in (
        ("USD", "20260301", "0.92000", "1", "1"),
        ("USD", "20260331", "-1.08000", "0", "0"),
        ("JPY", "20260331", "0.61000", "0", "0"),
    ):
        replica.add("tcurr", kurst="M", fcurr=currency, tcurr="EUR",
                    gdatu=str(99999999 - int(day)), ukurs=rate, ffact=from_units, tfact=to_units)
    replica.add("tcurr", kurst="B", fcurr="USD", tcurr="EUR", gdatu=str(99999999 - 20260331),
                ukurs="7.00000")
    for currency, day, units in (("USD", "20000101", "1"), ("JPY", "19990101", "1"),
                                 ("JPY", "20000101", "100"), ("JPY", "20270101", "1000")):
        replica.add("tcurf", kurst="M", fcurr=currency, tcurr="EUR",
                    gdatu=str(99999999 - int(day)), ffact=units, tfact="1")


def _ledger(replica: Replica) -> None:
    for company, account, year, forward, periods in LEDGER:
        replica.add("faglflext", rldnr="0L", rrcty="0", rvers="001", rbukrs=company, racct=account,
                    ryear=year, hslvt=forward, **{f"hsl{p}": v for p, v in periods.items()})
        # A parallel ledger and a plan say the same again: they must not be counted.
        replica.add("faglflext", rldnr="2L", rrcty="0", rvers="001", rbukrs=company, racct=account,
                    ryear=year, hsl01="1.00")
        replica.add("faglflext", rldnr="0L", rrcty="1", rvers="001", rbukrs=company, racct=account,
                    ryear=year, hsl01="1.00")
    for company, customer, year, forward, turnover in BALANCES:
        replica.add("knc1", bukrs=company, kunnr=customer, gjahr=year, umsav=forward,
                    **{f"um{period}": amount for period, amount in turnover.items()})
    for indicator, debit, credit in SPECIAL_BALANCES:
        replica.add("knc3", bukrs="1000", kunnr=SPECIAL, gjahr="2026", shbkz=indicator,
                    solll=debit, habnl=credit)
