-- Documents as Dolibarr 20 writes them. Entity 1 keeps its books in EUR, entity 2 in USD.
insert into llx_const (name, entity, value) values
    ('MAIN_MONNAIE', 1, 'EUR'), ('MAIN_MONNAIE', 2, 'USD'), ('MAIN_MAX_DECIMALS_TOT', 1, '2'),
    ('ACCOUNTING_ACCOUNT_CUSTOMER', 1, '411'), ('ACCOUNTING_ACCOUNT_CUSTOMER', 2, '1100');

insert into llx_c_country (rowid, code) values (0, ''), (1, 'FR'), (5, 'DE');
insert into llx_c_paiement (id, code) values (2, 'VIR'), (3, 'PRE'), (7, 'CHQ');
insert into llx_c_payment_term (rowid, type_cdr, nbjour) values (2, 0, 30), (3, 1, 30);
insert into llx_user (rowid, firstname, lastname, email) values (9, 'Ana', 'Silva', 'ana@seller.example');

insert into llx_societe
    (rowid, nom, parent, code_client, address, zip, town, fk_pays, phone, email, tva_intra, cond_reglement, outstanding_limit, default_lang)
values
    (1, 'Café du Nord', null, 'CU-1', '1 rue Haute', '75002', 'Paris', 1, '+33 1', 'compta@nord.example', 'FR1', 2, 5000, 'fr_FR'),
    (2, 'Nord Filiale', 1, 'CU-2', null, null, null, 5, null, '', null, 3, null, null),
    (3, 'Prospect', null, null, null, null, null, 0, null, null, null, null, null, null);

insert into llx_societe_commerciaux (fk_soc, fk_user) values (1, 9);

insert into llx_socpeople (rowid, fk_soc, lastname, firstname, poste, email, phone_mobile, priv, statut) values
    (1, 1, 'Petit', 'Luc', 'Directeur financier', 'luc@nord.example', '+33 6', 0, 1),
    (2, 1, 'Gone', 'Max', 'Comptabilité', 'max@nord.example', null, 0, 0),
    (3, 1, 'Secret', 'Eve', 'Friend', 'eve@home.example', null, 1, 1);

insert into llx_facture
    (rowid, ref, entity, type, fk_soc, datef, date_lim_reglement, total_ttc, multicurrency_code, multicurrency_total_ttc, fk_statut, paye, close_code, date_closing, ref_client, fk_mode_reglement, fk_facture_source)
values
    (1, 'FA-1', 1, 0, 1, '2026-01-05', '2026-02-05', 1000, 'EUR', 1000, 1, 0, null, null, 'PO-1', 2, null),
    (2, 'FA-2', 1, 0, 1, '2026-01-06', '2026-02-06', 500, 'USD', 550, 1, 0, null, null, null, 3, null),
    (3, '(PROV3)', 1, 0, 3, '2026-01-07', '2026-02-07', 70, null, 0, 0, 0, null, null, null, null, null),
    (4, 'FA-4', 1, 0, 1, '2026-01-08', '2026-02-08', 190, null, 0, 3, 0, 'replaced', '2026-01-09 10:00:00', null, null, null),
    (5, 'FA-5', 1, 1, 1, '2026-01-09', '2026-02-09', 200, null, 0, 1, 0, null, null, null, null, 4),
    (6, 'AV-6', 1, 2, 1, '2026-01-20', '2026-01-20', -150, '', 0, 2, 1, null, '2026-01-21 10:00:00', null, null, 1),
    (7, 'FA-7', 1, 0, 1, '2026-01-10', '2026-02-10', 300, '', 0, 1, 0, null, null, null, null, null),
    (8, 'AC-8', 1, 3, 1, '2026-01-11', '2026-01-11', 250, '', 0, 2, 1, null, '2026-01-12 10:00:00', null, null, null),
    (9, 'FA-9', 1, 0, 1, '2026-02-01', '2026-03-01', 750, '', 0, 1, 0, null, null, null, null, null),
    (10, 'FA-10', 1, 0, 1, '2026-01-12', '2026-02-12', 80, '', 0, 2, 1, 'badcustomer', '2026-03-10 10:00:00', null, null, null),
    (11, 'FA-11', 1, 0, 1, '2026-01-13', '2026-02-13', 60, '', 0, 3, 0, 'abandon', '2026-03-11 10:00:00', null, null, null),
    (12, 'FA-12', 1, 0, 1, '2026-01-14', '2026-02-14', 100, '', 0, 2, 1, 'discount_vat', '2026-02-10 10:00:00', null, null, null),
    (13, 'FA-13', 1, 0, 1, '2026-01-15', '2026-02-15', 100, '', 0, 2, 1, null, '2026-02-11 10:00:00', null, null, null),
    (14, 'FA-14', 1, 0, 1, '2026-01-16', '2026-02-16', 90, '', 0, 1, 0, null, null, null, null, null),
    (15, 'AV-15', 1, 2, 1, '2026-01-17', '2026-01-17', -40, '', 0, 2, 1, null, '2026-02-12 10:00:00', null, null, null),
    (16, 'PF-16', 1, 4, 1, '2026-01-18', '2026-02-18', 999, '', 0, 1, 0, null, null, null, null, null),
    (17, 'FA-17', 2, 0, 1, '2026-01-19', '2026-02-19', 70, '', 0, 1, 0, null, null, null, null, null),
    (18, 'FA-18', 1, 5, 2, '2026-01-20', '2026-02-20', 500.10, '', 0, 1, 0, null, null, null, null, null),
    (19, 'FA-19', 1, 0, 2, '2026-01-21', '2026-02-21', 25, '', 0, 2, 1, null, '2026-02-13 10:00:00', null, null, null),
    (20, 'FA-20', 1, 0, 1, '2026-01-21', '2026-02-21', 15, '', 0, 2, 1, null, '2026-02-13 10:00:00', null, null, null),
    (21, 'AV-21', 1, 2, 2, '2026-01-22', '2026-01-22', -35, '', 0, 1, 0, null, null, null, null, null);

insert into llx_facturedet (fk_facture, label, description, rang) values
    (1, 'Pump', 'A pump', 1), (1, null, 'Hose, 5 m', 2);

insert into llx_paiement (rowid, ref, datep, amount, num_paiement) values
    (1, 'PAY-1', '2026-02-10 12:00:00', 400, 'VIR 77'),
    (2, 'PAY-2', '2026-02-11 12:00:00', 100, ''),
    (3, 'PAY-3', '2026-01-12 12:00:00', 250, ''),
    (4, 'PAY-4', '2026-02-09 12:00:00', 30, ''),
    (5, 'PAY-5', '2026-02-09 12:00:00', 98, ''),
    (6, 'PAY-6', '2026-02-11 12:00:00', 110, ''),
    (7, 'PAY-7', '2026-02-12 12:00:00', -40, ''),
    (8, 'PAY-8', '2026-02-13 12:00:00', 40, '');

insert into llx_paiement_facture (rowid, fk_paiement, fk_facture, amount, multicurrency_code, multicurrency_amount) values
    (1, 1, 1, 400, 'EUR', 400),
    (2, 2, 2, 100, 'USD', 110),
    (3, 3, 8, 250, null, 0),
    (4, 4, 10, 30, null, 0),
    (5, 5, 12, 98, null, 0),
    (6, 6, 13, 110, null, 0),
    (7, 7, 15, -40, null, 0),
    (8, 8, 19, 25, null, 0),
    (9, 8, 20, 15, null, 0);

insert into llx_societe_remise_except (rowid, fk_soc, discount_type, datec, amount_ttc, fk_facture, fk_facture_line, fk_facture_source, description) values
    (1, 1, 0, '2026-01-21 10:00:00', 100, 7, null, 6, '(CREDIT_NOTE)'),
    (2, 1, 0, '2026-01-21 10:00:00', 50, null, null, 6, '(CREDIT_NOTE)'),
    (3, 1, 0, '2026-01-12 10:00:00', 250, null, 901, 8, '(DEPOSIT)'),
    (4, 1, 0, '2026-02-11 10:00:00', 10, 14, null, 13, '(EXCESS RECEIVED)'),
    (5, 1, 0, '2026-02-11 10:00:00', 33, null, null, null, 'A promised rebate'),
    (6, 1, 1, '2026-02-11 10:00:00', 44, null, null, null, 'Of a supplier');

insert into llx_multicurrency (rowid, code, entity) values (1, 'EUR', 1), (2, 'USD', 1);
insert into llx_multicurrency_rate (date_sync, rate, fk_multicurrency) values
    ('2026-01-01 08:00:00', 1, 1), ('2026-01-01 08:00:00', 1.3, 2), ('2026-01-01 09:00:00', 1.25, 2);

-- What the double-entry module makes of them, and the three losses that the accountant wrote off.
insert into llx_accounting_bookkeeping (entity, doc_date, numero_compte, debit, credit)
select entity, datef, if(entity = 1, '411', '1100'), greatest(total_ttc, 0), greatest(-total_ttc, 0)
from llx_facture
where fk_statut > 0 and type <> 4 and coalesce(close_code, '') <> 'replaced';

insert into llx_accounting_bookkeeping (entity, doc_date, numero_compte, debit, credit)
select 1, date(datep), '411', greatest(-amount, 0), greatest(amount, 0) from llx_paiement;

insert into llx_accounting_bookkeeping (entity, doc_date, numero_compte, debit, credit) values
    (1, '2026-03-31', '411', 0, 50), (1, '2026-03-31', '411', 0, 60), (1, '2026-03-31', '411', 0, 2),
    (1, '2026-03-31', '654', 112, 0);
