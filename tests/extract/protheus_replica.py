"""A small Protheus in its own tables: company 01 (tables end in 010), and a title for each thing that
Protheus does with receivables. Names, types and lengths are those of the standard dictionary (SX3);
text is padded with blanks, an empty date is eight of them, amounts are binary floats.
"""

from __future__ import annotations

from replica import Replica

DATE, MONEY = "char(8)", "double precision"


def char(length: int) -> str:
    return f"char({length})"


SYSTEM = {"d_e_l_e_t_": char(1), "r_e_c_n_o_": "bigint"}
COLUMNS = {
    "se1010": {
        "e1_filial": char(2), "e1_filorig": char(2), "e1_prefixo": char(3), "e1_num": char(9),
        "e1_parcela": char(2), "e1_tipo": char(3), "e1_cliente": char(6), "e1_loja": char(2),
        "e1_emissao": DATE, "e1_emis1": DATE, "e1_vencto": DATE, "e1_vencrea": DATE,
        "e1_vencori": DATE, "e1_valor": MONEY, "e1_saldo": MONEY, "e1_moeda": MONEY,
        "e1_txmoeda": MONEY, "e1_numbco": char(15), "e1_portado": char(3),
        "e1_situaca": char(1), "e1_hist": char(25), "e1_pedido": char(6), **SYSTEM,
    },
    "se5010": {
        "e5_filial": char(2), "e5_filorig": char(2), "e5_data": DATE, "e5_tipo": char(3),
        "e5_valor": MONEY, "e5_vlmoed2": MONEY, "e5_documen": char(50), "e5_recpag": char(1),
        "e5_tipodoc": char(2), "e5_situaca": char(1), "e5_prefixo": char(3),
        "e5_numero": char(9), "e5_parcela": char(2), "e5_clifor": char(6), "e5_loja": char(2),
        "e5_motbx": char(3), "e5_seq": char(2), "e5_vljuros": MONEY, "e5_vlmulta": MONEY,
        "e5_vldesco": MONEY, "e5_vlacres": MONEY, "e5_vldecre": MONEY, "e5_dtcanbx": DATE,
        **SYSTEM,
    },
    "sa1010": {
        "a1_filial": char(2), "a1_cod": char(6), "a1_loja": char(2), "a1_nome": char(40),
        "a1_nreduz": char(20), "a1_est": char(2), "a1_cgc": char(14), "a1_lc": MONEY,
        "a1_vend": char(6), "a1_conta": char(20), "a1_email": char(60), "a1_contato": char(15),
        "a1_ddd": char(3), "a1_tel": char(15), "a1_end": char(40), "a1_cep": char(8),
        "a1_mun": char(15), **SYSTEM,
    },
    "sa3010": {"a3_cod": char(6), "a3_nome": char(40), "a3_email": char(60), **SYSTEM},
    "sm2010": {
        "m2_data": DATE, "m2_moeda2": MONEY, "m2_moeda3": MONEY, "m2_moeda4": MONEY,
        "m2_moeda5": MONEY, **SYSTEM,
    },
    "ct2010": {
        "ct2_data": DATE, "ct2_dc": char(1), "ct2_debito": char(20), "ct2_credit": char(20),
        "ct2_valor": MONEY, "ct2_moedlc": char(2), "ct2_tpsald": char(1), **SYSTEM,
    },
}


def initial(kind: str) -> str:
    return " " * int(kind[5:-1]) if kind.startswith("char") else "0"


TITLES = [
    # number, instalment, type, value, balance, issued, due | more | because
    ("000000101", "A", "NF", "100", "0", "20260110", "20260209", {}, "lettered instalments"),
    ("000000101", "B", "NF", "100", "100", "20260110", "20260311", {}, "B is the second"),
    ("000000101", "C", "NF", "101", "101", "20260110", "20260410", {}, "C is the third"),
    ("000000102", "", "NF", "1000", "600", "20260115", "20260216",
     {"e1_vencto": "20260214", "e1_vencori": "20260210"},
     "due on a Saturday, collected on Monday; partly paid"),
    ("000000103", "", "NF", "200", "200", "20260116", "20260215", {}, "its payment was reversed"),
    ("000000104", "", "NF", "300", "300", "20260117", "20260216", {}, "its payment was cancelled"),
    ("000000105", "", "NF", "500", "0", "20260118", "20260217", {}, "paid with a discount"),
    ("000000106", "", "NF", "700", "550", "20260119", "20260218", {}, "a credit note was set off"),
    ("000000050", "", "NCC", "150", "0", "20260301", "20260301", {}, "the credit note"),
    ("000000107", "", "DP", "400", "250", "20260120", "20260219", {}, "an advance was set off"),
    ("000000060", "", "RA", "250", "100", "20260201", "20260201", {}, "the advance"),
    ("000000061", "", "RA", "80", "0", "20260202", "20260202", {}, "an advance that was returned"),
    ("000000108", "", "NF", "1000", "1000", "20260121", "20260220", {}, "abatement and tax withheld"),
    ("000000108", "", "AB-", "50", "50", "20260121", "20260220", {}, "the abatement"),
    ("000000108", "", "IR-", "15", "15", "20260121", "20260220", {}, "the tax withheld"),
    ("000000109", "", "NF", "400", "0", "20260122", "20260221", {}, "settled by less: abated"),
    ("000000109", "", "AB-", "40", "0", "20260122", "20260221", {}, "its abatement went with it"),
    ("000000110", "", "NF", "1000", "700", "20260123", "20260222",
     {"e1_moeda": "2", "e1_txmoeda": "5.2"}, "in dollars, partly paid in reais"),
    ("000000111", "", "NF", "110", "110", "20260124", "20260223",
     {"e1_numbco": "00001", "e1_portado": "341", "e1_situaca": "1"}, "a boleto at the bank"),
    ("000000112", "", "NF", "120", "120", "20260125", "20260224",
     {"e1_numbco": "00002", "e1_situaca": "F"}, "protested"),
    ("000000113", "", "NF", "130", "130", "20260126", "20260225", {"e1_situaca": "6"}, "in court"),
    ("000000114", "9", "NF", "10", "10", "20260127", "20260601", {}, "the ninth instalment"),
    ("000000114", "A", "NF", "11", "11", "20260127", "20260701", {}, "after 9 comes A, the tenth"),
    ("000000115", "", "NF", "140", "0", "20260128", "20260227", {}, "paid in a lot by the bank"),
    ("000000116", "", "NF", "150", "0", "20260129", "20260228", {}, "ended by returned goods (DAC)"),
    ("000000117", "", "NF", "160", "160", "20260402", "20260502", {}, "issued after March"),
    ("000000118", "", "NF", "170", "0", "20260130", "20260301", {}, "paid after March"),
    ("000000051", "", "NCC", "35", "35", "20260305", "20260305", {}, "a credit note set off nowhere"),
    ("000000119", "", "NF", "0.1", "0.1", "20260131", "20260302", {}, "a float of ten centavos"),
    ("000000120", "", "NF", "999", "999", "20260131", "20260302", {"d_e_l_e_t_": "*"}, "deleted"),
    ("000000121", "", "PR", "888", "888", "20260131", "20260302", {}, "provisional: no debt"),
]

MOVEMENTS = [
    # number, instalment, type, kind, day, value | more | because
    ("000000101", "A", "NF", "VL", "20260215", "105",
     {"e5_vljuros": "3", "e5_vlmulta": "2"}, "105 received: 100 of it for the title"),
    ("000000101", "A", "NF", "JR", "20260215", "3", {}, "interest is in the 105 already"),
    ("000000101", "A", "NF", "MT", "20260215", "2", {}, "so is the fine"),
    ("000000102", "", "NF", "VL", "20260220", "400", {}, "a part"),
    ("000000103", "", "NF", "VL", "20260305", "200", {}, "paid"),
    ("000000103", "", "NF", "ES", "20260310", "200", {"e5_recpag": "P"}, "and reversed"),
    ("000000104", "", "NF", "VL", "20260301", "300",
     {"e5_situaca": "C", "e5_dtcanbx": "20260302"}, "paid and cancelled the day after"),
    ("000000105", "", "NF", "VL", "20260217", "490", {"e5_vldesco": "10"}, "10 of discount"),
    ("000000105", "", "NF", "DC", "20260217", "10", {}, "the discount is in VLDESCO already"),
    ("000000106", "", "NF", "CP", "20260312", "150",
     {"e5_motbx": "CMP", "e5_documen": "UNI000000050  NCC01"}, "set off against the credit note"),
    ("000000050", "", "NCC", "CP", "20260312", "150",
     {"e5_motbx": "CMP", "e5_documen": "UNI000000106  NF 01"}, "the other side of it"),
    ("000000107", "", "DP", "BA", "20260313", "150",
     {"e5_motbx": "CMP", "e5_documen": "UNI000000060  RA 01"}, "set off against the advance"),
    ("000000060", "", "RA", "BA", "20260313", "150",
     {"e5_motbx": "CMP", "e5_recpag": "P", "e5_documen": "UNI000000107  DP 01"}, "the other side"),
    ("000000060", "", "RA", "RA", "20260201", "250", {}, "the advance came in: the title says so"),
    ("000000061", "", "RA", "VL", "20260315", "80", {"e5_recpag": "P"}, "returned to the customer"),
    ("000000109", "", "NF", "VL", "20260225", "360", {}, "paid what was left after the abatement"),
    ("000000110", "", "NF", "VL", "20260301", "1590", {"e5_vlmoed2": "300"}, "300 dollars"),
    ("000000111", "", "NF", "VL", "20260301", "110", {"d_e_l_e_t_": "*"}, "a deleted movement"),
    ("000000115", "", "NF", "BA", "20260227", "140", {}, "one of a lot: money all the same"),
    ("", "", "", "BL", "20260227", "140", {}, "the lot's total belongs to no title"),
    ("000000116", "", "NF", "BA", "20260306", "150", {"e5_motbx": "DAC"}, "no money came"),
    ("000000118", "", "NF", "VL", "20260405", "170", {}, "paid in April"),
]


def protheus() -> Replica:
    """The company's tables as they are on 20 April 2026."""
    replica = Replica(COLUMNS, initial)
    for record, (number, parcel, kind, value, balance, issued, due, more, _) in enumerate(
        TITLES, start=1
    ):
        _padded(replica, "se1010", {
            "e1_filial": "01", "e1_filorig": "01", "e1_prefixo": "UNI", "e1_num": number,
            "e1_parcela": parcel, "e1_tipo": kind, "e1_cliente": "000001", "e1_loja": "01",
            "e1_emissao": issued, "e1_emis1": issued, "e1_vencto": due, "e1_vencrea": due,
            "e1_vencori": due, "e1_valor": value, "e1_saldo": balance, "e1_moeda": "1",
            "e1_situaca": "0", "r_e_c_n_o_": str(record), **more,
        })
    for record, (number, parcel, kind, type_, day, value, more, _) in enumerate(
        MOVEMENTS, start=501
    ):
        _padded(replica, "se5010", {
            "e5_filial": "01", "e5_filorig": "01", "e5_data": day, "e5_tipo": kind,
            "e5_valor": value, "e5_recpag": "R", "e5_tipodoc": type_, "e5_prefixo": "UNI",
            "e5_numero": number, "e5_parcela": parcel, "e5_clifor": "000001", "e5_loja": "01",
            "e5_motbx": "NOR", "e5_seq": "01", "r_e_c_n_o_": str(record), **more,
        })
    for code, name, state, more in (
        ("000001", "Comércio Exemplo Ltda", "SP",
         {"a1_cgc": "11222333000181", "a1_vend": "000007", "a1_conta": "112010001", "a1_lc": "5000",
          "a1_email": "financeiro@exemplo.example;outro@exemplo.example"}),
        ("000002", "Foreign Inc", "EX", {}),
        ("000003", "Apagado Ltda", "SP", {"d_e_l_e_t_": "*"}),
    ):
        _padded(replica, "sa1010", {
            "a1_cod": code, "a1_loja": "01", "a1_nome": name, "a1_est": state, **more,
        })
    _padded(replica, "sa3010", {"a3_cod": "000007", "a3_nome": "Vendedora",
                                "a3_email": "vendas@seller.example"})
    _padded(replica, "sm2010", {"m2_data": "20260331", "m2_moeda2": "5.31", "m2_moeda4": "6.1"})
    for day, side, debit, credit, value in (
        ("20260131", "1", "112010001", "", "8592.10"),
        ("20260228", "2", "", "112010001", "1500"),
        ("20260331", "3", "112010001", "311010001", "1.90"),
        ("20260331", "3", "111010001", "112010001", "1.90"),
        ("20260405", "2", "", "112010001", "10"),
    ):
        _padded(replica, "ct2010", {
            "ct2_data": day, "ct2_dc": side, "ct2_debito": debit, "ct2_credit": credit,
            "ct2_valor": value, "ct2_moedlc": "01", "ct2_tpsald": "1",
        })
    return replica


def _padded(replica: Replica, table: str, values: dict[str, str]) -> None:
    lengths = {name: len(initial(kind)) for name, kind in COLUMNS[table].items()
               if kind.startswith("char")}
    replica.add(table, **{
        name: value.ljust(lengths[name]) if name in lengths else value
        for name, value in values.items()
    })
