-- A small Tryton 8: the tables and columns that the connector reads, as Tryton creates them, with rows
-- that Tryton itself has written (other accounts than receivables left out), and a few more below.
create table company_company (
    id integer primary key, party integer, currency integer
);
create table currency_currency (
    id integer primary key, code varchar, digits integer
);
create table currency_currency_rate (
    id integer primary key, currency integer, date date, rate numeric
);
create table country_country (
    id integer primary key, code varchar
);
create table ir_lang (
    id integer primary key, code varchar
);
create table party_party (
    id integer primary key, name varchar, code varchar, active boolean, create_date timestamp,
    write_date timestamp
);
create table party_party_lang (
    id integer primary key, party integer, lang integer
);
create table party_identifier (
    id integer primary key, party integer, type varchar, code varchar, sequence integer,
    active boolean
);
create table party_address (
    id integer primary key, party integer, street_name varchar, building_number varchar,
    street_unstructured text, postal_code varchar, city varchar, country integer,
    sequence integer, active boolean, invoice boolean
);
create table party_contact_mechanism (
    id integer primary key, party integer, type varchar, value varchar, name varchar,
    sequence integer, active boolean, invoice boolean
);
create table account_account_type (
    id integer primary key, receivable boolean
);
create table account_account (
    id integer primary key, name varchar, code varchar, type integer
);
create table account_journal (
    id integer primary key, type varchar
);
create table account_move (
    id integer primary key, company integer, number varchar, date date, journal integer,
    state varchar
);
create table account_move_line (
    id integer primary key, move integer, account integer, party integer, debit numeric,
    credit numeric, second_currency integer, amount_second_currency numeric, maturity_date date,
    reconciliation integer, description varchar, create_date timestamp, write_date timestamp
);
create table account_move_reconciliation (
    id integer primary key, date date
);
create table account_invoice (
    id integer primary key, party integer, account integer, move integer, cancel_move integer,
    number varchar, reference varchar, invoice_date date, state varchar, write_date timestamp
);
create table account_invoice_line (
    id integer primary key, invoice integer, type varchar, sequence integer, description text
);
create table "account_invoice-account_move_line" (
    id integer primary key, invoice integer, line integer
);
create table "account_invoice-additional-account_move" (
    id integer primary key, invoice integer, move integer
);
create table account_payment (
    id integer primary key, line integer, kind varchar, state varchar, amount numeric
);
create table account_dunning (
    id integer primary key, line integer, date date, blocked boolean
);
create table party_party_credit_limit_amount (
    id integer primary key, party integer, company integer, credit_limit_amount numeric
);
create table "account_invoice_line-stock_move" (
    id integer primary key, invoice_line integer, stock_move integer
);
create table stock_move (
    id integer primary key, shipment varchar
);
create table stock_shipment_out (
    id integer primary key, number varchar
);

insert into company_company values
    (1, 1, 1);
insert into currency_currency values
    (1, 'USD', 2),
    (2, 'EUR', 2);
insert into currency_currency_rate values
    (1, 1, '0001-01-01', 1.0),
    (3, 2, '2026-01-01', 0.80),
    (4, 2, '2026-02-01', 0.90);
insert into country_country values
    (1, 'DE');
insert into ir_lang values
    (1, 'en'),
    (5, 'de'),
    (19, 'pt');
insert into party_party values
    (1, 'Dunder Mifflin', '1', true, '2026-03-01 02:34', '2026-03-01 02:34'),
    (2, 'Muster GmbH', '2', true, '2026-03-01 02:34', '2026-03-01 02:34'),
    (3, 'Jo Private', '3', true, '2026-03-01 02:34', '2026-03-01 02:35');
insert into party_party_lang values
    (1, 1, null),
    (2, 2, 5),
    (3, 3, null);
insert into party_identifier values
    (1, 2, 'eu_vat', 'DE129273398', null, true);
insert into party_address values
    (1, 1, null, null, null, null, null, null, null, true, false),
    (2, 2, null, null, 'Ring 1', '10115', 'Berlin', 1, null, true, true),
    (3, 3, null, null, null, null, null, null, null, true, false);
insert into party_contact_mechanism values
    (1, 2, 'email', 'info@muster.example', null, null, true, false),
    (2, 2, 'email', 'bills@muster.example', 'Bills', null, true, true),
    (3, 2, 'phone', '+4930123456', null, null, true, false);
insert into account_account_type values
    (19, true),
    (37, false);
insert into account_account values
    (39, 'Accounts, Notes And Loans Receivable', '1.2.1', 19),
    (99, 'Goods', '4.1.1', 37),
    (136, 'Currency Exchange', '4.1.1', 37);
insert into account_journal values
    (1, 'revenue'),
    (2, 'expense'),
    (3, 'cash'),
    (4, 'general'),
    (5, 'general'),
    (6, 'write-off');
insert into account_move values
    (3, 1, '1', '2026-01-15', 1, 'posted'),
    (8, 1, '2', '2026-02-15', 3, 'posted'),
    (9, 1, '1', '2026-03-01', 6, 'posted'),
    (11, 1, '3', '2026-01-15', 1, 'posted'),
    (13, 1, '4', '2026-02-15', 3, 'posted'),
    (16, 1, '5', '2026-02-01', 1, 'posted'),
    (18, 1, '6', '2026-02-10', 3, 'posted'),
    (20, 1, '7', '2026-02-01', 1, 'posted'),
    (22, 1, '8', '2026-02-15', 3, 'posted'),
    (24, 1, '9', '2026-02-01', 1, 'posted'),
    (28, 1, '10', '2026-02-15', 3, 'posted'),
    (29, 1, '11', '2026-02-15', 6, 'posted'),
    (31, 1, '12', '2026-02-01', 1, 'posted'),
    (33, 1, '13', '2026-02-15', 3, 'posted'),
    (35, 1, '14', '2026-02-01', 1, 'posted'),
    (37, 1, '15', '2026-02-01', 1, 'posted'),
    (39, 1, '16', '2026-02-01', 1, 'posted'),
    (41, 1, '17', '2026-02-01', 1, 'posted'),
    (43, 1, '18', '2026-02-01', 1, 'posted'),
    (45, 1, '19', '2026-02-01', 1, 'posted'),
    (47, 1, '20', '2026-02-01', 1, 'posted'),
    (50, 1, '2', '2026-03-01', 1, 'posted'),
    (52, 1, '21', '2026-02-01', 1, 'posted'),
    (54, 1, '22', '2026-02-25', 3, 'posted'),
    (56, 1, '23', '2026-02-01', 1, 'posted'),
    (57, 1, '24', '2026-01-01', 1, 'posted'),
    (58, 1, '25', '2026-01-01', 1, 'posted'),
    (60, 1, '26', '2026-03-02', 3, 'posted'),
    (61, 1, '27', '2026-03-03', 3, 'posted'),
    (63, 1, '28', '2026-02-01', 1, 'posted'),
    (65, 1, '29', '2026-02-01', 1, 'posted'),
    (66, 1, '30', '2026-03-04', 3, 'posted'),
    (67, 1, '31', '2026-02-15', 3, 'posted'),
    (69, 1, '32', '2026-02-01', 1, 'posted');
insert into account_move_line values
    (6, 3, 39, 2, 500.00, 0, 2, 400.00, '2026-03-01', 1, null, '2026-03-01 02:34', '2026-03-01 02:34'),
    (15, 8, 39, 2, 0, 444.44, 2, -400, null, 1, null, '2026-03-01 02:34', '2026-03-01 02:34'),
    (17, 9, 39, 2, 0, 55.56, null, null, null, 1, null, '2026-03-01 02:34', '2026-03-01 02:34'),
    (22, 11, 39, 2, 375.00, 0, 2, 300.00, '2026-03-01', null, null, '2026-03-01 02:34', null),
    (25, 13, 39, 2, 0, 133.33, 2, -120, null, null, null, '2026-03-01 02:34', null),
    (34, 16, 39, 2, 100.00, 0, null, null, '2026-02-21', null, null, '2026-03-01 02:34', null),
    (35, 16, 39, 2, 100.00, 0, null, null, '2026-03-13', null, null, '2026-03-01 02:34', null),
    (38, 18, 39, 2, 0, 30, null, null, null, null, null, '2026-03-01 02:34', null),
    (43, 20, 39, 2, 100.00, 0, null, null, '2026-03-01', 2, null, '2026-03-01 02:34', '2026-03-01 02:34'),
    (46, 22, 39, 2, 0, 100, null, null, null, 2, null, '2026-03-01 02:34', '2026-03-01 02:34'),
    (51, 24, 39, 2, 500.00, 0, null, null, '2026-03-01', 3, null, '2026-03-01 02:34', '2026-03-01 02:35'),
    (58, 28, 39, 2, 0, 490, null, null, null, 3, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (60, 29, 39, 2, 0, 10.00, null, null, null, 3, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (65, 31, 39, 3, 100.00, 0, null, null, '2026-03-01', 4, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (69, 33, 39, 3, 0, 100.00, null, null, null, 4, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (70, 33, 39, 3, 0, 10.00, null, null, null, null, null, '2026-03-01 02:35', null),
    (75, 35, 39, 3, 0, 80.00, null, null, '2026-03-01', null, null, '2026-03-01 02:35', null),
    (79, 37, 39, 3, 60.00, 0, null, null, '2026-03-01', 5, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (83, 39, 39, 3, 0, 60.00, null, null, '2026-03-01', 5, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (87, 41, 39, 3, 45.00, 0, null, null, '2026-03-01', 6, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (90, 43, 39, 3, -45.00, 0, null, null, '2026-03-01', 6, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (95, 45, 39, 2, 100.00, 0, 2, 90.00, '2026-03-01', 11, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (99, 47, 39, 3, 10.00, 0, null, null, '2026-03-01', 8, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (105, 50, 39, 3, 5.00, 0, null, null, '2026-05-31', null, null, '2026-03-01 02:35', null),
    (106, 50, 39, 3, 5.00, 0, null, null, '2026-06-30', null, null, '2026-03-01 02:35', null),
    (107, 50, 39, 3, 0, 10.00, null, null, null, 8, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (111, 52, 39, 3, 75.00, 0, null, null, '2026-03-01', null, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (114, 54, 39, 3, 0, 75, null, null, null, null, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (119, 56, 39, 3, 100.00, 0, null, null, '2026-03-01', null, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (120, 57, 39, 3, 1000, 0, null, null, '2025-12-31', null, null, '2026-03-01 02:35', null),
    (122, 58, 39, 2, 0, 200, null, null, null, null, null, '2026-03-01 02:35', null),
    (126, 60, 39, 3, 0, 33, null, null, null, null, null, '2026-03-01 02:35', null),
    (128, 61, 39, 3, 12, 0, null, null, '2026-03-03', null, null, '2026-03-01 02:35', null),
    (133, 63, 39, 2, 70.00, 0, null, null, '2026-03-01', 10, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (137, 65, 39, 2, 0, 20.00, null, null, '2026-03-01', 10, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (138, 66, 39, 2, 0, 50, null, null, null, 10, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (140, 67, 39, 2, 0, 100, null, null, null, 11, null, '2026-03-01 02:35', '2026-03-01 02:35'),
    (145, 69, 39, 3, 33.00, 0, null, null, '2026-03-01', null, null, '2026-03-01 02:35', null);
insert into account_move_reconciliation values
    (1, '2026-03-01'),
    (2, '2026-02-15'),
    (3, '2026-02-15'),
    (4, '2026-02-15'),
    (5, '2026-02-01'),
    (6, '2026-02-01'),
    (8, '2026-03-01'),
    (10, '2026-03-04'),
    (11, '2026-02-15');
insert into account_invoice values
    (1, 2, 39, 3, null, '1', '', '2026-01-15', 'paid', '2026-03-01 02:34'),
    (2, 2, 39, 11, null, '2', '', '2026-01-15', 'posted', '2026-03-01 02:34'),
    (3, 2, 39, 16, null, '3', 'PO-77', '2026-02-01', 'posted', '2026-03-01 02:34'),
    (4, 2, 39, 20, null, '4', '', '2026-02-01', 'paid', '2026-03-01 02:34'),
    (5, 2, 39, 24, null, '5', '', '2026-02-01', 'paid', '2026-03-01 02:35'),
    (6, 3, 39, 31, null, '6', '', '2026-02-01', 'paid', '2026-03-01 02:35'),
    (7, 3, 39, 35, null, '7', '', '2026-02-01', 'posted', '2026-03-01 02:35'),
    (8, 3, 39, 37, 39, '8', '', '2026-02-01', 'cancelled', '2026-03-01 02:35'),
    (11, 3, 39, 39, null, '9', null, '2026-02-01', 'paid', '2026-03-01 02:35'),
    (12, 3, 39, null, null, null, '', '2026-02-01', 'draft', '2026-03-01 02:35'),
    (13, 3, 39, 41, 43, '10', '', '2026-02-01', 'cancelled', '2026-03-01 02:35'),
    (14, 2, 39, 45, null, '11', '', '2026-02-01', 'paid', '2026-03-01 02:35'),
    (15, 3, 39, 47, null, '12', '', '2026-02-01', 'posted', '2026-03-01 02:35'),
    (16, 3, 39, 52, null, '13', '', '2026-02-01', 'posted', '2026-03-01 02:35'),
    (17, 3, 39, 56, null, '14', '', '2026-02-01', 'posted', '2026-03-01 02:35'),
    (18, 2, 39, 63, null, '15', '', '2026-02-01', 'paid', '2026-03-01 02:35'),
    (19, 2, 39, 65, null, '16', '', '2026-02-01', 'paid', '2026-03-01 02:35'),
    (20, 3, 39, 69, null, '17', '', '2026-02-01', 'posted', '2026-03-01 02:35');
insert into account_invoice_line values
    (1, 1, 'line', null, 'Desk'),
    (2, 2, 'line', null, 'Desk'),
    (3, 3, 'line', null, 'Desk'),
    (4, 4, 'line', null, 'Desk'),
    (5, 5, 'line', null, 'Desk'),
    (6, 6, 'line', null, 'Desk'),
    (7, 7, 'line', null, 'Desk'),
    (8, 8, 'line', null, 'Desk'),
    (11, 11, 'line', null, 'Desk'),
    (12, 12, 'line', null, 'Desk'),
    (13, 13, 'line', null, 'Desk'),
    (14, 14, 'line', null, 'Desk'),
    (15, 15, 'line', null, 'Desk'),
    (16, 16, 'line', null, 'Desk'),
    (17, 17, 'line', null, 'Desk'),
    (18, 18, 'line', null, 'Desk'),
    (19, 19, 'line', null, 'Desk'),
    (20, 20, 'line', null, 'Desk');
insert into "account_invoice-account_move_line" values
    (2, 1, 15),
    (3, 2, 25),
    (4, 3, 38),
    (5, 4, 46),
    (7, 5, 58),
    (8, 6, 69),
    (9, 16, 114);
insert into "account_invoice-additional-account_move" values
    (2, 15, 50);
insert into account_payment values
    (1, 119, 'receivable', 'submitted', 20);
insert into account_dunning values
    (1, 128, null, false),
    (2, 120, null, false);
insert into party_party_credit_limit_amount values
    (1, 1, null, null),
    (2, 2, 1, 5000),
    (3, 3, 1, null);

-- Rows by hand, for what Tryton's own scenario above does not have.
insert into party_party values
    (4, null, 'P4', true, '2026-03-01 02:35', null), (5, 'Filial GmbH', '5', true, '2026-03-01', null);
insert into company_company values (2, 5, 2);
insert into account_account values (240, 'Forderungen', '1400', 19);
insert into account_move values
    (200, 1, 'H200', '2026-03-10', 3, 'posted'), (201, 1, 'H201', '2026-02-05', 1, 'posted'),
    (202, 1, 'H202', '2026-03-05', 1, 'posted'), (203, 1, null, '2026-03-05', 1, 'draft'),
    (204, 2, 'H204', '2026-02-05', 1, 'posted'), (205, 1, 'H205', '2026-02-05', 1, 'posted'),
    (206, 1, 'H206', '2026-02-20', 3, 'posted'), (207, 1, 'H207', '2026-02-05', 1, 'posted'),
    (208, 1, 'H208', '2026-02-21', 3, 'posted'), (209, 1, 'H209', '2026-02-21', 6, 'posted'),
    (210, 1, 'H210', '2026-02-05', 1, 'posted'), (211, 1, 'H211', '2026-02-06', 1, 'posted');
insert into account_move_reconciliation values
    (50, '2026-03-05'), (51, '2026-02-21'), (52, '2026-02-06');
insert into account_move_line (
    id, move, account, party, debit, credit, second_currency, amount_second_currency, maturity_date,
    reconciliation, create_date
) values
    (2001, 200, 39, null, 5, 0, null, null, null, null, '2026-03-10'),
    (2011, 201, 39, 3, 64, 0, null, null, '2026-03-01', 50, '2026-03-10'),
    (2021, 202, 39, 3, 0, 64, null, null, '2026-03-01', 50, '2026-03-10'),
    (2022, 202, 39, 4, 64, 0, null, null, '2026-03-01', null, '2026-03-10'),
    (2031, 203, 39, 3, 99, 0, null, null, '2026-03-01', null, '2026-03-10'),
    (2041, 204, 240, 2, 77, 0, null, null, '2026-03-01', null, '2026-03-10'),
    (2051, 205, 39, 2, 50, 0, 2, 45, '2026-03-01', null, '2026-03-10'),
    (2061, 206, 39, 2, 0, 20, null, null, null, null, '2026-03-10'),
    (2071, 207, 39, 2, 111.11, 0, 2, 100, '2026-03-01', 51, '2026-03-10'),
    (2081, 208, 39, 2, 0, 105.55, 2, -95, null, 51, '2026-03-10'),
    (2091, 209, 39, 2, 0, 5.56, null, null, null, 51, '2026-03-10'),
    (2101, 210, 39, 2, 10, 0, 2, 9, '2026-03-01', 52, '2026-03-10'),
    (2111, 211, 39, 2, 0, 10, null, null, null, 52, '2026-03-10');
insert into account_invoice values
    (30, 3, 39, 201, null, 'H30', null, '2026-02-05', 'posted', null),
    (31, 2, 240, 204, null, 'H31', null, '2026-02-05', 'posted', null),
    (32, 2, 39, 205, null, 'H32', null, '2026-02-05', 'posted', null),
    (33, 2, 39, 207, null, 'H33', null, '2026-02-05', 'paid', null),
    (34, 2, 39, 210, null, 'H34', null, '2026-02-05', 'paid', null),
    (35, 2, 39, 211, null, 'H35', null, '2026-02-06', 'paid', null);
insert into "account_invoice-account_move_line" values (20, 32, 2061), (21, 33, 2081);
insert into "account_invoice-additional-account_move" values (20, 30, 202);
insert into account_payment values
    (2, 119, 'receivable', 'succeeded', 30), (3, 119, 'receivable', 'failed', 50),
    (4, 119, 'receivable', 'draft', 50);
insert into account_dunning values (3, 145, '2026-03-20', true);
insert into stock_move values (1, 'stock.shipment.out,1'), (2, 'stock.shipment.out,2');
insert into stock_shipment_out values (1, 'S-2'), (2, 'S-1');
insert into "account_invoice_line-stock_move" values (1, 3, 1), (2, 3, 2);

-- Rescheduled, delegated, and a credit note delegated: each un-reconciled again. Tryton keeps the moves.
insert into account_move values
    (212, 1, 'H212', '2026-02-07', 1, 'posted'), (213, 1, 'H213', '2026-03-07', 1, 'posted'),
    (214, 1, 'H214', '2026-02-07', 1, 'posted'), (215, 1, 'H215', '2026-03-07', 1, 'posted'),
    (216, 1, 'H216', '2026-02-07', 1, 'posted'), (217, 1, 'H217', '2026-03-07', 1, 'posted');
insert into account_move_line (
    id, move, account, party, debit, credit, maturity_date, create_date
) values
    (2121, 212, 39, 3, 40, 0, '2026-03-01', '2026-03-10'),
    (2131, 213, 39, 3, 20, 0, '2026-04-30', '2026-03-10'),
    (2132, 213, 39, 3, 20, 0, '2026-05-31', '2026-03-10'),
    (2133, 213, 39, 3, 0, 40, null, '2026-03-10'),
    (2141, 214, 39, 3, 15, 0, '2026-03-01', '2026-03-10'),
    (2151, 215, 39, 3, 0, 15, '2026-03-01', '2026-03-10'),
    (2152, 215, 39, 4, 15, 0, '2026-03-01', '2026-03-10'),
    (2161, 216, 39, 3, 0, 8, '2026-03-01', '2026-03-10'),
    (2171, 217, 39, 3, 8, 0, '2026-03-01', '2026-03-10'),
    (2172, 217, 39, 4, 0, 8, '2026-03-01', '2026-03-10');
insert into account_invoice values
    (36, 3, 39, 212, null, 'H36', null, '2026-02-07', 'posted', null),
    (37, 3, 39, 214, null, 'H37', null, '2026-02-07', 'posted', null),
    (38, 3, 39, 216, null, 'H38', null, '2026-02-07', 'posted', null);
insert into "account_invoice-additional-account_move" values
    (21, 36, 213), (22, 37, 215), (23, 38, 217);

-- Rescheduled, and then cancelled: the rescheduling is cancelled with the invoice, by amounts below zero.
insert into account_move values
    (218, 1, 'H218', '2026-02-08', 1, 'posted'), (219, 1, 'H219', '2026-03-07', 1, 'posted'),
    (220, 1, 'H220', '2026-03-08', 1, 'posted'), (221, 1, 'H221', '2026-03-08', 1, 'posted');
insert into account_move_reconciliation values (53, '2026-03-08');
insert into account_move_line (
    id, move, account, party, debit, credit, maturity_date, reconciliation, create_date
) values
    (2181, 218, 39, 3, 30, 0, '2026-03-01', 53, '2026-03-10'),
    (2191, 219, 39, 3, 15, 0, '2026-04-30', 53, '2026-03-10'),
    (2192, 219, 39, 3, 15, 0, '2026-05-31', 53, '2026-03-10'),
    (2193, 219, 39, 3, 0, 30, null, 53, '2026-03-10'),
    (2201, 220, 39, 3, -30, 0, '2026-03-01', 53, '2026-03-10'),
    (2211, 221, 39, 3, -15, 0, '2026-04-30', 53, '2026-03-10'),
    (2212, 221, 39, 3, -15, 0, '2026-05-31', 53, '2026-03-10'),
    (2213, 221, 39, 3, 0, -30, null, 53, '2026-03-10');
insert into account_invoice values
    (39, 3, 39, 218, 220, 'H39', null, '2026-02-08', 'cancelled', null);
insert into "account_invoice-additional-account_move" values (24, 39, 219), (25, 39, 221);
