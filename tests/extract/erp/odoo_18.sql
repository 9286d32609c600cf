-- A small Odoo 18: the tables and columns that the connector reads, as Odoo creates them, and a few
-- rows for everything that a receivable account can hold on 31 March 2026.
create table res_country (id integer primary key, code varchar);
create table res_currency (id integer primary key, name varchar not null);
create table res_currency_rate (
    id integer primary key, currency_id integer not null, company_id integer, name date not null,
    rate numeric
);
create table res_partner (
    id integer primary key, name varchar, parent_id integer, commercial_partner_id integer,
    user_id integer, country_id integer, lang varchar, vat varchar, ref varchar, type varchar,
    function varchar, street varchar, street2 varchar, zip varchar, city varchar, email varchar,
    email_normalized varchar, phone varchar, mobile varchar, active boolean, credit_limit jsonb,
    comment text, write_date timestamp
);
create table res_users (
    id integer primary key, partner_id integer not null, login varchar not null, password varchar
);
create table res_company (
    id integer primary key, name varchar not null, partner_id integer not null,
    currency_id integer not null, parent_id integer, parent_path varchar
);
create table account_account (
    id integer primary key, account_type varchar not null, name jsonb not null, code_store jsonb
);
create table account_journal (
    id integer primary key, code varchar(5) not null, type varchar not null,
    company_id integer not null
);
create table account_move (
    id integer primary key, name varchar, state varchar not null, move_type varchar not null,
    payment_state varchar, journal_id integer not null, company_id integer, partner_id integer,
    ref varchar, payment_reference varchar, date date not null, invoice_date date,
    posted_before boolean, write_date timestamp
);
create table account_move_line (
    id integer primary key, move_id integer not null, account_id integer, partner_id integer,
    currency_id integer not null, name varchar, display_type varchar not null, date date,
    date_maturity date, amount_currency numeric, balance numeric, amount_residual numeric,
    amount_residual_currency numeric, write_date timestamp
);
create table account_partial_reconcile (
    id integer primary key, debit_move_id integer not null, credit_move_id integer not null,
    debit_currency_id integer, credit_currency_id integer, max_date date, amount numeric,
    debit_amount_currency numeric, credit_amount_currency numeric
);
create table account_payment (
    id integer primary key, move_id integer, state varchar not null, payment_type varchar not null,
    currency_id integer, amount numeric
);
create table account_move__account_payment (
    invoice_id integer not null, payment_id integer not null
);
create table sale_order_line (id integer primary key, order_id integer not null);
create table sale_order_line_invoice_rel (
    invoice_line_id integer not null, order_line_id integer not null
);
create table stock_picking (id integer primary key, name varchar, state varchar, sale_id integer);

insert into res_country values (1, 'DE'), (2, 'FR'), (3, 'XI');
insert into res_currency values (1, 'EUR'), (2, 'USD'), (3, 'JPY');
-- The first company's own rate of the dollar goes before the shared one; the yen has a shared one.
insert into res_currency_rate values
    (1, 2, 1, '2026-01-01', 1.10), (2, 2, 1, '2026-03-01', 1.25), (3, 2, null, '2026-03-15', 9),
    (4, 3, null, '2026-02-01', 160), (5, 2, 3, '2026-03-20', 7);

insert into res_partner (
    id, name, parent_id, commercial_partner_id, user_id, country_id, lang, vat, ref, type, function,
    street, zip, city, email, email_normalized, phone, active, credit_limit, comment
) values
    (1, 'Alpha SA', null, 1, null, 2, null, null, null, 'contact', null, null, null, null, null,
        null, null, true, null, null),
    (3, 'Beta Inc', null, 3, null, 1, null, null, null, 'contact', null, null, null, null, null,
        null, null, true, null, null),
    (5, 'Sara Seller', null, 5, null, null, null, null, null, 'contact', null, null, null, null,
        'sara@alpha.example', 'sara@alpha.example', null, true, null, null),
    (9, 'Muster Holding AG', null, 9, null, 1, null, null, null, 'contact', null, null, null, null,
        null, null, null, true, null, null),
    (10, 'Muster GmbH', 9, 10, 7, 1, 'de_DE', 'DE129273398', 'K-10', 'contact', null,
        'Ring 1', '10115', 'Berlin', '"Muster" <INFO@muster.example>', 'info@muster.example',
        '030 1', true, '{"1": 5000.0, "3": 700.5}', 'pays late'),
    (11, 'Muster, invoices', 10, 10, null, 1, 'de_DE', null, null, 'invoice', null,
        'Ring 2', '10115', 'Berlin', 'bills@muster.example', 'bills@muster.example', null, true,
        null, null),
    (12, 'Eva Muster', 10, 10, null, 1, 'de_DE', null, null, 'contact', 'CFO', null, null, null,
        'eva@muster.example', 'eva@muster.example', '030 2', false, null, null),
    (13, 'Muster, ramp', 10, 10, null, 1, null, null, null, 'delivery', null, null, null, null,
        'ramp@muster.example', 'ramp@muster.example', null, true, null, null),
    (20, 'Jo Private', null, 20, null, null, 'sr@Cyrl', '/', null, 'contact', null, null, null,
        null, 'jo@private.example', null, null, true, null, null),
    (30, 'Gone Ltd', null, 30, null, 3, 'en_GB', null, null, 'contact', null, null, null, null,
        null, null, null, false, null, null),
    (40, 'Prospect SARL', null, 40, null, 2, 'fr_FR', null, null, 'contact', null, null, null,
        null, null, null, null, true, null, null);
insert into res_users values (7, 5, 'sara', 'secret');
insert into res_company values
    (1, 'Alpha SA', 1, 1, null, '1/'), (2, 'Alpha Lyon', 1, 1, 1, '1/2/'),
    (3, 'Beta Inc', 3, 2, null, '3/');
insert into account_account values
    (1, 'asset_receivable', '{"en_US": "Customers"}', '{"1": "411000", "3": "121000"}'),
    (2, 'asset_receivable', '{"en_US": "Customers (PoS)"}', '{"1": "411100"}'),
    (3, 'income', '{"en_US": "Sales"}', '{"1": "700000"}');
insert into account_journal values
    (1, 'INV', 'sale', 1), (2, 'BNK', 'bank', 1), (3, 'MISC', 'general', 1), (4, 'EXCH', 'general', 1),
    (5, 'INV', 'sale', 2), (6, 'INV', 'sale', 3), (7, 'POSS', 'general', 1);

insert into account_move (
    id, name, state, move_type, payment_state, journal_id, company_id, partner_id, ref,
    payment_reference, date, invoice_date, posted_before
) values
    (100, 'INV/100', 'posted', 'out_invoice', 'partial', 1, 1, 11, 'PO-77', 'RF18 100',
        '2026-02-01', '2026-01-31', true),
    (101, 'INV/101', 'posted', 'out_invoice', 'paid', 1, 1, 10, null, null, '2026-01-10',
        '2026-01-10', true),
    (102, 'INV/102', 'posted', 'out_invoice', 'paid', 1, 1, 10, null, null, '2026-01-10',
        '2026-01-10', true),
    (103, 'INV/103', 'posted', 'out_invoice', 'paid', 1, 1, 10, null, null, '2026-01-10',
        '2026-01-10', true),
    (104, 'RINV/104', 'posted', 'out_refund', 'partial', 1, 1, 10, null, null, '2026-02-10',
        '2026-02-10', true),
    (105, 'INV/105', 'posted', 'out_invoice', 'partial', 1, 1, 10, null, null, '2026-02-05',
        '2026-02-05', true),
    (106, 'INV/106', 'posted', 'out_invoice', 'reversed', 1, 1, 20, null, null, '2026-02-05',
        '2026-02-05', true),
    (107, 'RINV/107', 'posted', 'out_refund', 'paid', 1, 1, 20, null, null, '2026-02-06',
        '2026-02-06', true),
    (108, null, 'draft', 'out_invoice', 'not_paid', 1, 1, 20, null, null, '2026-02-06',
        '2026-02-06', false),
    (109, 'INV/109', 'cancel', 'out_invoice', 'not_paid', 1, 1, 20, null, null, '2026-02-06',
        '2026-02-06', true),
    (110, null, 'cancel', 'out_invoice', 'not_paid', 1, 1, 20, null, null, '2026-02-06',
        '2026-02-06', false),
    (111, 'PBNK/111', 'posted', 'entry', null, 2, 1, 20, 'on account', null, '2026-03-02', null, true),
    (112, 'INV/112', 'posted', 'out_invoice', 'not_paid', 1, 1, 20, null, null, '2026-02-20',
        '2026-02-20', true),
    (113, 'INV/113', 'posted', 'out_invoice', 'paid', 1, 1, 30, null, null, '2026-02-20',
        '2026-02-20', true),
    (114, 'INV/114', 'posted', 'out_invoice', 'in_payment', 1, 1, 30, null, null, '2026-02-20',
        '2026-02-20', true),
    (115, 'MISC/115', 'posted', 'entry', null, 3, 1, null, 'opening', null, '2026-01-01', null, true),
    (116, 'INV/116', 'posted', 'out_invoice', 'paid', 1, 1, 30, null, null, '2026-01-15',
        '2026-01-15', true),
    (117, 'MISC/117', 'posted', 'entry', null, 3, 1, 30, 'bad debt', null, '2026-03-15', null, true),
    (118, 'RINV/118', 'posted', 'out_refund', 'paid', 1, 1, 30, null, null, '2026-03-01',
        '2026-03-01', true),
    (119, 'PBNK/119', 'posted', 'entry', null, 2, 1, 30, null, null, '2026-03-05', null, true),
    (120, 'INV/120', 'posted', 'out_invoice', 'not_paid', 1, 1, 20, null, null, '2026-02-01',
        '2026-02-01', true),
    (121, 'PBNK/121', 'posted', 'entry', null, 2, 1, 20, null, null, '2026-02-20', null, true),
    (122, 'BNK/122', 'posted', 'entry', null, 2, 1, 20, 'bounced', null, '2026-02-25', null, true),
    (123, 'INV/123', 'posted', 'out_invoice', 'blocked', 1, 1, 20, null, null, '2026-02-01',
        '2026-02-01', true),
    (124, 'LYO/124', 'posted', 'out_invoice', 'not_paid', 5, 2, 20, null, null, '2026-02-01',
        '2026-02-01', true),
    (125, 'BETA/125', 'posted', 'out_invoice', 'not_paid', 6, 3, 10, null, null, '2026-02-01',
        '2026-02-01', true),
    (126, 'POSS/126', 'posted', 'entry', null, 7, 1, null, null, null, '2026-03-30', null, true),
    (127, 'INV/127', 'posted', 'out_invoice', 'not_paid', 1, 1, 30, null, null, '2026-02-01',
        '2026-02-01', true),
    (128, 'INV/128', 'posted', 'out_invoice', 'paid', 1, 1, 30, null, null, '2026-02-01',
        '2026-02-01', true),
    (129, 'INV/129', 'posted', 'out_invoice', 'partial', 1, 1, 30, null, null, '2026-02-01',
        '2026-02-01', true),
    (130, 'RINV/130', 'posted', 'out_refund', 'paid', 1, 1, 30, null, null, '2026-02-02',
        '2026-02-02', true),
    (131, 'INV/131', 'posted', 'out_invoice', 'not_paid', 1, 1, 30, null, null, '2026-02-03',
        '2026-02-03', true),
    (141, 'PBNK/141', 'posted', 'entry', null, 2, 1, 10, null, null, '2026-03-01', null, true),
    (142, 'PBNK/142', 'posted', 'entry', null, 2, 1, 10, null, null, '2026-01-20', null, true),
    (143, 'EXCH/143', 'posted', 'entry', null, 4, 1, 10, null, null, '2026-01-20', null, true),
    (144, 'PBNK/144', 'posted', 'entry', null, 2, 1, 10, null, null, '2026-01-21', null, true),
    (145, 'PBNK/145', 'posted', 'entry', null, 2, 1, 10, null, null, '2026-01-22', null, true),
    (146, 'PBNK/146', 'posted', 'entry', null, 2, 1, 30, null, null, '2026-03-20', null, true);
update account_move set write_date = '2026-03-31 20:15:00.5';

insert into account_move_line (
    id, move_id, account_id, partner_id, currency_id, display_type, name, date_maturity,
    amount_currency, balance
) values
    (1001, 100, 1, 11, 1, 'payment_term', null, '2026-02-28', 100, 100),
    (1002, 100, 1, 11, 1, 'payment_term', null, '2026-03-31', 100, 100),
    (1003, 100, 1, 11, 1, 'payment_term', null, '2026-04-30', 100.00, 100),
    (1004, 100, 3, 11, 1, 'product', E'Desk\nbrown', null, -250, -250),
    (1005, 100, 3, 11, 1, 'product', 'Chair', null, -50, -50),
    (1011, 101, 1, 10, 2, 'payment_term', null, '2026-02-10', 110, 100),
    (1021, 102, 1, 10, 1, 'payment_term', null, '2026-02-10', 200, 200),
    (1031, 103, 1, 10, 1, 'payment_term', null, '2026-02-10', 500, 500),
    (1041, 104, 1, 10, 1, 'payment_term', null, '2026-02-10', -80, -80),
    (1051, 105, 1, 10, 1, 'payment_term', null, '2026-03-05', 120, 120),
    (1061, 106, 1, 20, 1, 'payment_term', null, '2026-03-05', 60, 60),
    (1071, 107, 1, 20, 1, 'payment_term', null, '2026-03-05', -60, -60),
    (1081, 108, 1, 20, 1, 'payment_term', null, '2026-03-05', 40, 40),
    (1091, 109, 1, 20, 1, 'payment_term', null, '2026-03-05', 45, 45),
    (1101, 110, 1, 20, 1, 'payment_term', null, '2026-03-05', 46, 46),
    (1111, 111, 1, 20, 1, 'product', null, null, -75, -75),
    (1121, 112, 1, 20, 1, 'payment_term', null, '2026-03-20', 75, 75),
    (1131, 113, 1, 30, 1, 'payment_term', null, '2026-03-20', 60, 60),
    (1132, 113, 1, 30, 1, 'payment_term', null, '2026-04-20', 60, 60),
    (1141, 114, 1, 30, 1, 'payment_term', null, '2026-03-20', 65, 65),
    (1151, 115, 1, 20, 1, 'product', 'Invoice 2025/9', '2025-12-31', 1000, 1000),
    (1152, 115, 1, 10, 1, 'product', 'Credit 2025/8', null, -200, -200),
    (1161, 116, 1, 30, 1, 'payment_term', null, '2026-02-15', 55, 55),
    (1171, 117, 1, 30, 1, 'product', null, null, -55, -55),
    (1181, 118, 1, 30, 1, 'payment_term', null, '2026-03-01', -25, -25),
    (1191, 119, 1, 30, 1, 'product', null, null, 25, 25),
    (1201, 120, 1, 20, 1, 'payment_term', null, '2026-03-01', 85, 85),
    (1211, 121, 1, 20, 1, 'product', null, null, -85, -85),
    (1221, 122, 1, 20, 1, 'product', null, null, 85, 85),
    (1231, 123, 1, 20, 1, 'payment_term', null, '2026-03-01', 33, 33),
    (1241, 124, 1, 20, 1, 'payment_term', null, '2026-03-01', 44, 44),
    (1251, 125, 1, 10, 2, 'payment_term', null, '2026-03-01', 500, 500),
    (1261, 126, 2, null, 1, 'product', null, null, 12, 12),
    (1271, 127, 1, 30, 1, 'payment_term', null, '2026-03-01', 100, 100),
    (1272, 127, 1, 30, 1, 'payment_term', null, '2026-04-01', -20, -20),
    (1281, 128, 1, 30, 1, 'payment_term', null, '2026-03-01', 0, 0),
    (1291, 129, 1, 30, 1, 'payment_term', null, '2026-03-01', 100, 100),
    (1301, 130, 1, 30, 2, 'payment_term', null, '2026-02-02', -55, -50),
    (1311, 131, 1, 30, 3, 'payment_term', null, '2026-03-03', 9001, 56.26),
    (1411, 141, 1, 10, 1, 'product', null, null, -150, -150),
    (1421, 142, 1, 10, 2, 'product', null, null, -110, -95),
    (1431, 143, 1, 10, 2, 'product', null, null, 0, -5),
    (1441, 144, 1, 10, 2, 'product', null, null, -330, -300),
    (1451, 145, 1, 10, 1, 'product', null, null, -500, -500),
    (1461, 146, 1, 30, 1, 'product', null, null, -65, -65);

-- Of the invoice 112 and the payment 111 somebody has taken the reconciliation back: no row.
insert into account_partial_reconcile values
    (1, 1001, 1411, 1, 1, '2026-03-01', 100, 100, 100),
    (2, 1002, 1411, 1, 1, '2026-03-01', 50, 50, 50),
    (3, 1011, 1421, 2, 2, '2026-01-20', 95, 110, 110),
    (4, 1011, 1431, 2, 2, '2026-01-20', 5, 0, 0),
    (5, 1021, 1441, 1, 2, '2026-01-21', 200, 200, 220),
    (6, 1031, 1451, 1, 1, '2026-01-22', 500, 500, 500),
    (7, 1051, 1041, 1, 1, '2026-02-10', 50, 50, 50),
    (8, 1061, 1071, 1, 1, '2026-02-06', 60, 60, 60),
    (9, 1141, 1461, 1, 1, '2026-03-20', 65, 65, 65),
    (10, 1161, 1171, 1, 1, '2026-03-15', 55, 55, 55),
    (11, 1191, 1181, 1, 1, '2026-03-05', 25, 25, 25),
    (12, 1221, 1211, 1, 1, '2026-02-25', 85, 85, 85),
    (13, 1291, 1301, 1, 2, '2026-02-02', 50, 50, 55);
insert into account_payment values
    (1, 141, 'paid', 'inbound', 1, 150), (2, 142, 'paid', 'inbound', 2, 110),
    (3, 144, 'paid', 'inbound', 2, 330), (4, 145, 'paid', 'inbound', 1, 490),
    (5, 111, 'in_process', 'inbound', 1, 75), (6, 121, 'paid', 'inbound', 1, 85),
    (7, 119, 'paid', 'outbound', 1, 25), (8, 146, 'in_process', 'inbound', 1, 65),
    (9, null, 'in_process', 'inbound', 1, 70), (10, null, 'canceled', 'inbound', 1, 75);
insert into account_move__account_payment values (113, 9), (112, 10);
insert into sale_order_line values (1, 900), (2, 900);
insert into sale_order_line_invoice_rel values (1004, 1), (1005, 2);
insert into stock_picking values
    (1, 'WH/OUT/2', 'done', 900), (2, 'WH/OUT/1', 'done', 900), (3, 'WH/OUT/3', 'cancel', 900);

-- Odoo keeps what is left of every line: its amount less what was reconciled.
update account_move_line as line
set date = move.date,
    write_date = move.write_date,
    amount_residual = line.balance
        - coalesce((select sum(amount) from account_partial_reconcile where debit_move_id = line.id), 0)
        + coalesce((select sum(amount) from account_partial_reconcile where credit_move_id = line.id), 0),
    amount_residual_currency = line.amount_currency
        - coalesce((select sum(debit_amount_currency) from account_partial_reconcile
            where debit_move_id = line.id), 0)
        + coalesce((select sum(credit_amount_currency) from account_partial_reconcile
            where credit_move_id = line.id), 0)
from account_move as move
where move.id = line.move_id;
