-- Documents as ERPNext 15 writes them. Company NC keeps its books in USD, FL in EUR.
insert into tabCompany (name, abbr, default_currency) values
    ('Northwind Components', 'NC', 'USD'),
    ('Filiale Lyon', 'FL', 'EUR');

insert into tabAccount (name, account_type, account_currency) values
    ('Debtors - NC', 'Receivable', 'USD'),
    ('Debtors EUR - NC', 'Receivable', 'EUR'),
    ('Debtors - FL', 'Receivable', 'EUR'),
    ('Bank - NC', 'Bank', 'USD'),
    ('Bad Debts - NC', 'Expense Account', 'USD'),
    ('Temporary Opening - NC', 'Temporary', 'USD');

insert into tabCurrency (name, number_format) values
    ('USD', '#,###.##'), ('EUR', '#,###.##'), ('GBP', '#,###.##'), ('JPY', '#,###');

insert into `tabCurrency Exchange`
    (name, modified, date, from_currency, to_currency, exchange_rate, for_selling)
values
    ('2026-01-01-EUR-USD', '2026-01-01', '2026-01-01', 'EUR', 'USD', 1.100000000, 1),
    ('2026-01-01-EUR-USD-Buying', '2026-01-02', '2026-01-01', 'EUR', 'USD', 1.090000000, 0);

insert into tabCountry (name, code) values ('Germany', 'de'), ('Japan', 'jp');

insert into tabCustomer
    (name, customer_name, customer_group, language, default_currency, tax_id, account_manager,
     customer_primary_address, payment_terms)
values
    ('Müller & Söhne', 'Müller & Söhne GmbH', 'Commercial', 'de', 'EUR', 'DE1', 'ana@nc.example',
     'Müller-Billing', 'Net 30'),
    ('Tanaka', 'Tanaka KK', 'Commercial', 'ja', null, null, null, null, 'Mixed'),
    ('Nowhere', 'Nowhere Ltd', 'Commercial', 'en', null, null, null, null, null),
    ('Prospect', 'Prospect Inc', 'Commercial', 'en', null, null, null, null, null);

insert into tabAddress
    (name, address_type, address_line1, city, country, pincode, is_primary_address, disabled)
values
    ('Müller-Billing', 'Billing', 'Hauptstraße 1', 'Berlin', 'Germany', '10115', 1, 0),
    ('Tanaka-Old', 'Billing', '1 Old Street', 'London', 'Germany', 'E1', 1, 1),
    ('Tanaka-Shipping', 'Shipping', '1-2 Marunouchi', 'Tokyo', 'Japan', '100', 0, 0);

insert into tabContact
    (name, first_name, full_name, email_id, designation, phone, mobile_no, is_billing_contact)
values
    ('Erika', 'Erika', 'Erika Muster', 'ap@mueller.example', null, '+49 30 1', '+49 170 1', 1),
    ('Kenji', 'Kenji', null, null, 'CFO', '', '+81 3 1', 0);

insert into `tabContact Email` (name, parent, parenttype, email_id, is_primary, idx) values
    ('ce1', 'Kenji', 'Contact', 'old@tanaka.example', 0, 1),
    ('ce2', 'Kenji', 'Contact', 'cfo@tanaka.example', 1, 2);

insert into `tabDynamic Link` (name, parent, parenttype, link_doctype, link_name) values
    ('dl1', 'Müller-Billing', 'Address', 'Customer', 'Müller & Söhne'),
    ('dl2', 'Tanaka-Old', 'Address', 'Customer', 'Tanaka'),
    ('dl3', 'Tanaka-Shipping', 'Address', 'Customer', 'Tanaka'),
    ('dl4', 'Erika', 'Contact', 'Customer', 'Müller & Söhne'),
    ('dl5', 'Kenji', 'Contact', 'Customer', 'Tanaka'),
    ('dl6', 'Kenji', 'Contact', 'Supplier', 'Tanaka');

insert into `tabSales Team` (name, parent, parenttype, sales_person, allocated_percentage, idx) values
    ('st1', 'Tanaka', 'Customer', 'Bruno', 40, 1),
    ('st2', 'Tanaka', 'Customer', 'Carla', 60, 2);

insert into `tabCustomer Credit Limit` (name, parent, parenttype, company, credit_limit) values
    ('cl1', 'Müller & Söhne', 'Customer', 'Northwind Components', 9000);

insert into `tabPayment Terms Template Detail` (name, parent, credit_days, due_date_based_on) values
    ('pt1', 'Net 30', 30, 'Day(s) after invoice date'),
    ('pt2', 'Mixed', 10, 'Day(s) after invoice date'),
    ('pt3', 'Mixed', 60, 'Day(s) after the end of the invoice month');

insert into `tabSales Invoice`
    (name, docstatus, company, customer, posting_date, due_date, currency, party_account_currency,
     grand_total, rounded_total, base_grand_total, base_rounded_total, disable_rounded_total,
     outstanding_amount, total_advance, return_against, amended_from, po_no)
values
    ('PARTLY-PAID', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-05', '2026-03-05', 'USD', 'USD', 1000, 1000, 1000, 1000, 0, 500, 0, null, null, 'PO-1'),
    ('EUR-UNPAID', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-06', '2026-02-06', 'EUR', 'USD', 100, 100, 110, 110, 0, 110, 0, null, null, null),
    ('EUR-PARTLY', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-07', '2026-02-07', 'EUR', 'USD', 200, 0, 220.02, 0, 1, 110.01, 0, null, null, null),
    ('EUR-LEDGER', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-08', '2026-02-08', 'EUR', 'EUR', 300, 300, 330, 330, 0, 0, 0, null, null, null),
    ('RETURNED', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-09', '2026-02-09', 'USD', 'USD', 250, 250, 250, 250, 0, 200, 0, null, null, null),
    ('RETURN', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-20', '2026-01-20', 'USD', 'USD', -50, -50, -50, -50, 0, 0, 0, 'RETURNED', null, null),
    ('CREDIT', 1, 'Northwind Components', 'Tanaka', '2026-01-21', '2026-01-21', 'USD', 'USD', -80, -80, -80, -80, 0, -80, 0, null, null, null),
    ('WRITTEN-OFF', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-10', '2026-02-10', 'USD', 'USD', 600, 600, 600, 600, 0, 0, 0, null, null, null),
    ('CANCELLED', 2, 'Northwind Components', 'Müller & Söhne', '2026-01-11', '2026-02-11', 'USD', 'USD', 90, 90, 90, 90, 0, 90, 0, null, null, null),
    ('CANCELLED-1', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-11', '2026-02-11', 'USD', 'USD', 95, 95, 95, 95, 0, 95, 0, null, 'CANCELLED', null),
    ('DRAFT', 0, 'Northwind Components', 'Prospect', '2026-01-11', '2026-02-11', 'USD', 'USD', 70, 70, 70, 70, 0, 70, 0, null, null, null),
    ('UNRECONCILED', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-12', '2026-02-12', 'USD', 'USD', 120, 120, 120, 120, 0, 120, 0, null, null, null),
    ('OPENING', 1, 'Northwind Components', 'Tanaka', '2026-01-01', '2026-01-15', 'USD', 'USD', 40, 40, 40, 40, 0, 40, 0, null, null, null),
    ('ROUNDED', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-13', '2026-04-13', 'USD', 'USD', 98.7, 99, 98.7, 99, 0, 99, 0, null, null, null),
    ('SET-OFF', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-14', '2026-02-14', 'USD', 'USD', 65, 65, 65, 65, 0, 40, 0, null, null, null),
    ('SET-OFF-CREDIT', 1, 'Northwind Components', 'Müller & Söhne', '2026-01-15', '2026-01-15', 'USD', 'USD', -25, -25, -25, -25, 0, 0, 0, null, null, null),
    ('ADVANCED', 1, 'Filiale Lyon', 'Müller & Söhne', '2026-01-16', '2026-02-16', 'EUR', 'EUR', 1000, 1000, 1000, 1000, 0, 700, 300, null, null, null),
    ('GBP-PAID', 1, 'Northwind Components', 'Tanaka', '2026-01-17', '2026-02-17', 'GBP', 'USD', 99.99, 99.99, 130.01, 130.01, 0, 0, 0, null, null, null),
    ('USD-PAID', 1, 'Northwind Components', 'Tanaka', '2026-01-17', '2026-02-17', 'USD', 'USD', 55, 55, 55, 55, 0, 0, 0, null, null, null),
    ('JPY-UNPAID', 1, 'Northwind Components', 'Tanaka', '2026-01-18', '2026-02-18', 'JPY', 'USD', 5000.45, 0, 33.5, 0, 1, 33.5, 0, null, null, null),
    ('PAID-OUT', 1, 'Northwind Components', 'Tanaka', '2026-01-19', '2026-01-19', 'USD', 'USD', -30, -30, -30, -30, 0, 0, 0, null, null, null),
    ('BY-JOURNAL', 1, 'Northwind Components', 'Nowhere', '2026-01-20', '2026-02-20', 'USD', 'USD', 60, 60, 60, 60, 0, 0, 0, null, null, null),
    ('BOUNCED', 1, 'Northwind Components', 'Nowhere', '2026-01-20', '2026-02-20', 'USD', 'USD', 45, 45, 45, 45, 0, 50, 0, null, null, null);

insert into `tabSales Invoice Item` (name, parent, idx, item_name, delivery_note) values
    ('i1', 'PARTLY-PAID', 1, 'Pump', 'DN-1'),
    ('i2', 'PARTLY-PAID', 2, 'Hose', 'DN-2'),
    ('i3', 'PARTLY-PAID', 3, 'Pump', 'DN-1');

insert into `tabPayment Schedule` (name, parent, parenttype, idx, due_date, payment_amount) values
    ('s1', 'PARTLY-PAID', 'Sales Invoice', 1, '2026-02-05', 300),
    ('s2', 'PARTLY-PAID', 'Sales Invoice', 2, '2026-03-05', 300),
    ('s3', 'PARTLY-PAID', 'Sales Invoice', 3, '2026-04-05', 400),
    ('s4', 'ROUNDED', 'Sales Invoice', 1, '2026-02-13', 33),
    ('s5', 'ROUNDED', 'Sales Invoice', 2, '2026-03-13', 33),
    ('s6', 'ROUNDED', 'Sales Invoice', 3, '2026-04-13', 32.99),
    ('s7', 'ADVANCED', 'Sales Invoice', 1, '2026-02-16', 700);

insert into `tabPayment Entry` (name, docstatus, payment_type, posting_date, reference_no, paid_to_account_currency, received_amount) values
    ('PAY-1', 1, 'Receive', '2026-02-10', 'TRX1', 'USD', 500),
    ('PAY-GBP', 1, 'Receive', '2026-02-11', 'TRX2', 'GBP', 84.62),
    ('PAY-EUR', 1, 'Receive', '2026-02-12', 'TRX3', 'USD', 333),
    ('PAY-UNRECONCILED', 1, 'Receive', '2026-02-13', 'TRX4', 'USD', 120),
    ('PAY-ADVANCE', 1, 'Receive', '2026-01-10', 'TRX5', 'EUR', 300),
    ('PAY-SEVERAL', 1, 'Receive', '2026-02-14', 'TRX6', 'USD', 195.01),
    ('PAY-OUT', 1, 'Pay', '2026-02-15', 'TRX7', 'USD', 30),
    ('PAY-DRAFT', 0, 'Receive', '2026-02-20', 'TRX8', 'USD', 40),
    ('PAY-CANCELLED', 2, 'Receive', '2026-02-20', 'TRX9', 'USD', 95);

insert into `tabPayment Entry Reference` (name, parent, reference_doctype, reference_name, allocated_amount) values
    ('r1', 'PAY-DRAFT', 'Sales Invoice', 'ROUNDED', 40),
    ('r2', 'PAY-CANCELLED', 'Sales Invoice', 'CANCELLED-1', 95);

insert into `tabJournal Entry` (name, posting_date, user_remark, cheque_no) values
    ('JV-WRITE-OFF', '2026-03-01', null, null),
    ('JV-OPENING', '2026-01-01', 'Opening balance', null),
    ('JV-SET-OFF', '2026-02-01', null, null),
    ('JV-EXCHANGE', '2026-02-12', null, null),
    ('JV-BANK', '2026-02-21', null, 'CHQ-1'),
    ('JV-BONUS', '2026-02-22', 'Yearly bonus', null);

insert into `tabJournal Entry Account` (name, parent, account) values
    ('j1', 'JV-WRITE-OFF', 'Debtors - NC'),
    ('j2', 'JV-WRITE-OFF', 'Bad Debts - NC'),
    ('j3', 'JV-OPENING', 'Debtors - NC'),
    ('j4', 'JV-OPENING', 'Debtors - NC'),
    ('j5', 'JV-OPENING', 'Temporary Opening - NC'),
    ('j6', 'JV-SET-OFF', 'Debtors - NC'),
    ('j7', 'JV-BANK', 'Debtors - NC'),
    ('j8', 'JV-BANK', 'Bank - NC'),
    ('j9', 'JV-BONUS', 'Debtors - NC'),
    ('j10', 'JV-BONUS', 'Bad Debts - NC');

insert into `tabPayment Ledger Entry`
    (name, posting_date, company, account_type, account, party_type, party, voucher_type, voucher_no,
     against_voucher_type, against_voucher_no, account_currency, amount_in_account_currency, amount, delinked)
values
    ('p01', '2026-01-05', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'PARTLY-PAID', 'Sales Invoice', 'PARTLY-PAID', 'USD', 1000, 1000, 0),
    ('p02', '2026-02-10', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-1', 'Sales Invoice', 'PARTLY-PAID', 'USD', -500, -500, 0),
    ('p03', '2026-01-06', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'EUR-UNPAID', 'Sales Invoice', 'EUR-UNPAID', 'USD', 110, 110, 0),
    ('p04', '2026-01-07', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'EUR-PARTLY', 'Sales Invoice', 'EUR-PARTLY', 'USD', 220.02, 220.02, 0),
    ('p05', '2026-02-11', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-GBP', 'Sales Invoice', 'EUR-PARTLY', 'USD', -110.01, -110.01, 0),
    ('p06', '2026-01-08', 'Northwind Components', 'Receivable', 'Debtors EUR - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'EUR-LEDGER', 'Sales Invoice', 'EUR-LEDGER', 'EUR', 300, 330, 0),
    ('p07', '2026-02-12', 'Northwind Components', 'Receivable', 'Debtors EUR - NC', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-EUR', 'Sales Invoice', 'EUR-LEDGER', 'EUR', -300, -333, 0),
    ('p08', '2026-02-12', 'Northwind Components', 'Receivable', 'Debtors EUR - NC', 'Customer', 'Müller & Söhne', 'Journal Entry', 'JV-EXCHANGE', 'Sales Invoice', 'EUR-LEDGER', 'EUR', 0, 3, 0),
    ('p09', '2026-01-09', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'RETURNED', 'Sales Invoice', 'RETURNED', 'USD', 250, 250, 0),
    ('p10', '2026-01-20', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'RETURN', 'Sales Invoice', 'RETURNED', 'USD', -50, -50, 0),
    ('p11', '2026-01-21', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Sales Invoice', 'CREDIT', 'Sales Invoice', 'CREDIT', 'USD', -80, -80, 0),
    ('p12', '2026-01-10', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'WRITTEN-OFF', 'Sales Invoice', 'WRITTEN-OFF', 'USD', 600, 600, 0),
    ('p13', '2026-03-01', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Journal Entry', 'JV-WRITE-OFF', 'Sales Invoice', 'WRITTEN-OFF', 'USD', -600, -600, 0),
    ('p14', '2026-01-11', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'CANCELLED', 'Sales Invoice', 'CANCELLED', 'USD', 90, 90, 1),
    ('p15', '2026-01-11', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'CANCELLED', 'Sales Invoice', 'CANCELLED', 'USD', -90, -90, 1),
    ('p16', '2026-01-11', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'CANCELLED-1', 'Sales Invoice', 'CANCELLED-1', 'USD', 95, 95, 0),
    ('p17', '2026-02-20', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-CANCELLED', 'Sales Invoice', 'CANCELLED-1', 'USD', -95, -95, 1),
    ('p18', '2026-02-20', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-CANCELLED', 'Sales Invoice', 'CANCELLED-1', 'USD', 95, 95, 1),
    ('p19', '2026-01-12', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'UNRECONCILED', 'Sales Invoice', 'UNRECONCILED', 'USD', 120, 120, 0),
    ('p20', '2026-02-13', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-UNRECONCILED', 'Sales Invoice', 'UNRECONCILED', 'USD', -120, -120, 1),
    ('p21', '2026-02-13', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-UNRECONCILED', 'Payment Entry', 'PAY-UNRECONCILED', 'USD', -120, -120, 0),
    ('p22', '2026-01-01', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Sales Invoice', 'OPENING', 'Sales Invoice', 'OPENING', 'USD', 40, 40, 0),
    ('p23', '2026-01-13', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'ROUNDED', 'Sales Invoice', 'ROUNDED', 'USD', 99, 99, 0),
    ('p24', '2026-01-14', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'SET-OFF', 'Sales Invoice', 'SET-OFF', 'USD', 65, 65, 0),
    ('p25', '2026-01-15', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'SET-OFF-CREDIT', 'Sales Invoice', 'SET-OFF-CREDIT', 'USD', -25, -25, 0),
    ('p26', '2026-02-01', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Journal Entry', 'JV-SET-OFF', 'Sales Invoice', 'SET-OFF', 'USD', -25, -25, 0),
    ('p27', '2026-02-01', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Müller & Söhne', 'Journal Entry', 'JV-SET-OFF', 'Sales Invoice', 'SET-OFF-CREDIT', 'USD', 25, 25, 0),
    ('p28', '2026-01-16', 'Filiale Lyon', 'Receivable', 'Debtors - FL', 'Customer', 'Müller & Söhne', 'Sales Invoice', 'ADVANCED', 'Sales Invoice', 'ADVANCED', 'EUR', 1000, 1000, 0),
    ('p29', '2026-01-10', 'Filiale Lyon', 'Receivable', 'Debtors - FL', 'Customer', 'Müller & Söhne', 'Payment Entry', 'PAY-ADVANCE', 'Sales Invoice', 'ADVANCED', 'EUR', -300, -300, 0),
    ('p30', '2026-01-17', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Sales Invoice', 'GBP-PAID', 'Sales Invoice', 'GBP-PAID', 'USD', 130.01, 130.01, 0),
    ('p31', '2026-01-17', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Sales Invoice', 'USD-PAID', 'Sales Invoice', 'USD-PAID', 'USD', 55, 55, 0),
    ('p32', '2026-02-14', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Payment Entry', 'PAY-SEVERAL', 'Sales Invoice', 'GBP-PAID', 'USD', -130.01, -130.01, 0),
    ('p33', '2026-02-14', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Payment Entry', 'PAY-SEVERAL', 'Sales Invoice', 'USD-PAID', 'USD', -55, -55, 0),
    ('p34', '2026-02-14', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Payment Entry', 'PAY-SEVERAL', 'Payment Entry', 'PAY-SEVERAL', 'USD', -10.000000001, -10, 0),
    ('p35', '2026-01-18', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Sales Invoice', 'JPY-UNPAID', 'Sales Invoice', 'JPY-UNPAID', 'USD', 33.5, 33.5, 0),
    ('p36', '2026-01-19', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Sales Invoice', 'PAID-OUT', 'Sales Invoice', 'PAID-OUT', 'USD', -30, -30, 0),
    ('p37', '2026-02-15', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Payment Entry', 'PAY-OUT', 'Sales Invoice', 'PAID-OUT', 'USD', 30, 30, 0),
    ('p38', '2026-01-01', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Journal Entry', 'JV-OPENING', 'Journal Entry', 'JV-OPENING', 'USD', 700.5, 700.5, 0),
    ('p39', '2026-01-01', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Nowhere', 'Journal Entry', 'JV-OPENING', 'Journal Entry', 'JV-OPENING', 'USD', -20, -20, 0),
    ('p40', '2026-01-20', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Nowhere', 'Sales Invoice', 'BY-JOURNAL', 'Sales Invoice', 'BY-JOURNAL', 'USD', 60, 60, 0),
    ('p41', '2026-02-21', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Nowhere', 'Journal Entry', 'JV-BANK', 'Sales Invoice', 'BY-JOURNAL', 'USD', -60, -60, 0),
    ('p42', '2026-01-20', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Nowhere', 'Sales Invoice', 'BOUNCED', 'Sales Invoice', 'BOUNCED', 'USD', 45, 45, 0),
    ('p43', '2026-02-22', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Nowhere', 'Journal Entry', 'JV-BONUS', 'Sales Invoice', 'BOUNCED', 'USD', 5, 5, 0),
    ('p44', '2026-02-22', 'Northwind Components', 'Receivable', 'Debtors - NC', 'Customer', 'Tanaka', 'Journal Entry', 'JV-BONUS', 'Journal Entry', 'JV-BONUS', 'USD', -15, -15, 0);

-- ERPNext posts each of these to the general ledger too, and a cancelled document twice.
insert into `tabGL Entry`
    (name, posting_date, company, account, debit_in_account_currency, credit_in_account_currency, debit, credit, is_cancelled,
     party, voucher_no, against_voucher)
select
    concat('g', name), posting_date, company, account,
    greatest(amount_in_account_currency, 0), greatest(-amount_in_account_currency, 0),
    greatest(amount, 0), greatest(-amount, 0), delinked,
    party, voucher_no, if(against_voucher_type = 'Sales Invoice', against_voucher_no, null)
from `tabPayment Ledger Entry`;

insert into tabDunning (name, docstatus, company, customer, posting_date, dunning_type) values
    ('DUNN-1', 1, 'Northwind Components', 'Müller & Söhne', '2026-03-10', 'First'),
    ('DUNN-2', 0, 'Northwind Components', 'Müller & Söhne', '2026-03-20', 'Second');

insert into `tabOverdue Payment` (name, parent, parenttype, sales_invoice) values
    ('o1', 'DUNN-1', 'Dunning', 'PARTLY-PAID'),
    ('o2', 'DUNN-1', 'Dunning', 'PARTLY-PAID'),
    ('o3', 'DUNN-2', 'Dunning', 'PARTLY-PAID');
