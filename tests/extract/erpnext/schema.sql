-- The tables and columns of ERPNext 15 that the SELECTs read, as ERPNext creates them.
create table `tabAccount` (
    `name` varchar(140) not null primary key,
    `account_currency` varchar(140) default null,
    `account_type` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabAddress` (
    `name` varchar(140) not null primary key,
    `address_type` varchar(140) default null,
    `address_line1` varchar(240) default null,
    `address_line2` varchar(240) default null,
    `city` varchar(140) default null,
    `state` varchar(140) default null,
    `country` varchar(140) default null,
    `pincode` varchar(140) default null,
    `is_primary_address` int(1) not null default 0,
    `disabled` int(1) not null default 0
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabCompany` (
    `name` varchar(140) not null primary key,
    `abbr` varchar(140) default null,
    `default_currency` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabContact` (
    `name` varchar(140) not null primary key,
    `first_name` varchar(140) default null,
    `middle_name` varchar(140) default null,
    `last_name` varchar(140) default null,
    `full_name` varchar(140) default null,
    `email_id` varchar(140) default null,
    `address` varchar(140) default null,
    `designation` varchar(140) default null,
    `phone` varchar(140) default null,
    `mobile_no` varchar(140) default null,
    `department` varchar(140) default null,
    `is_billing_contact` int(1) not null default 0
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabContact Email` (
    `name` varchar(140) not null primary key,
    `idx` int(8) not null default 0,
    `email_id` varchar(140) default null,
    `is_primary` int(1) not null default 0,
    `parent` varchar(140) default null,
    `parenttype` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabCountry` (
    `name` varchar(140) not null primary key,
    `code` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabCurrency` (
    `name` varchar(140) not null primary key,
    `number_format` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabCurrency Exchange` (
    `name` varchar(140) not null primary key,
    `modified` datetime(6) default null,
    `date` date default null,
    `from_currency` varchar(140) default null,
    `to_currency` varchar(140) default null,
    `exchange_rate` decimal(21,9) not null default 0,
    `for_selling` int(1) not null default 0
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabCustomer` (
    `name` varchar(140) not null primary key,
    `customer_name` varchar(140) default null,
    `customer_group` varchar(140) default null,
    `account_manager` varchar(140) default null,
    `default_currency` varchar(140) default null,
    `industry` varchar(140) default null,
    `language` varchar(140) default null,
    `customer_primary_address` varchar(140) default null,
    `tax_id` varchar(140) default null,
    `payment_terms` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabCustomer Credit Limit` (
    `name` varchar(140) not null primary key,
    `company` varchar(140) default null,
    `credit_limit` decimal(21,9) not null default 0,
    `parent` varchar(140) default null,
    `parenttype` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabDunning` (
    `name` varchar(140) not null primary key,
    `docstatus` int(1) not null default 0,
    `customer` varchar(140) default null,
    `company` varchar(140) default null,
    `posting_date` date default null,
    `dunning_type` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabDynamic Link` (
    `name` varchar(140) not null primary key,
    `link_doctype` varchar(140) default null,
    `link_name` varchar(140) default null,
    `parent` varchar(140) default null,
    `parenttype` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabGL Entry` (
    `name` varchar(140) not null primary key,
    `posting_date` date default null,
    `account` varchar(140) default null,
    `debit_in_account_currency` decimal(21,9) not null default 0,
    `debit` decimal(21,9) not null default 0,
    `party` varchar(140) default null,
    `voucher_no` varchar(140) default null,
    `against_voucher` varchar(140) default null,
    `credit_in_account_currency` decimal(21,9) not null default 0,
    `credit` decimal(21,9) not null default 0,
    `company` varchar(140) default null,
    `is_cancelled` int(1) not null default 0
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabJournal Entry` (
    `name` varchar(140) not null primary key,
    `posting_date` date default null,
    `cheque_no` varchar(140) default null,
    `user_remark` text default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabJournal Entry Account` (
    `name` varchar(140) not null primary key,
    `account` varchar(140) default null,
    `parent` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabOverdue Payment` (
    `name` varchar(140) not null primary key,
    `sales_invoice` varchar(140) default null,
    `parent` varchar(140) default null,
    `parenttype` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabPayment Entry` (
    `name` varchar(140) not null primary key,
    `docstatus` int(1) not null default 0,
    `payment_type` varchar(140) default null,
    `posting_date` date default null,
    `paid_to_account_currency` varchar(140) default null,
    `received_amount` decimal(21,9) not null default 0,
    `reference_no` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabPayment Entry Reference` (
    `name` varchar(140) not null primary key,
    `reference_doctype` varchar(140) default null,
    `reference_name` varchar(140) default null,
    `allocated_amount` decimal(21,9) not null default 0,
    `parent` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabPayment Ledger Entry` (
    `name` varchar(140) not null primary key,
    `posting_date` date default null,
    `company` varchar(140) default null,
    `account_type` varchar(140) default null,
    `account` varchar(140) default null,
    `party_type` varchar(140) default null,
    `party` varchar(140) default null,
    `due_date` date default null,
    `voucher_type` varchar(140) default null,
    `voucher_no` varchar(140) default null,
    `against_voucher_type` varchar(140) default null,
    `against_voucher_no` varchar(140) default null,
    `amount` decimal(21,9) not null default 0,
    `account_currency` varchar(140) default null,
    `amount_in_account_currency` decimal(21,9) not null default 0,
    `delinked` int(1) not null default 0
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabPayment Schedule` (
    `name` varchar(140) not null primary key,
    `idx` int(8) not null default 0,
    `due_date` date default null,
    `payment_amount` decimal(21,9) not null default 0,
    `parent` varchar(140) default null,
    `parenttype` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabPayment Terms Template Detail` (
    `name` varchar(140) not null primary key,
    `due_date_based_on` varchar(140) default null,
    `credit_days` int(11) not null default 0,
    `parent` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabSales Invoice` (
    `name` varchar(140) not null primary key,
    `docstatus` int(1) not null default 0,
    `customer` varchar(140) default null,
    `company` varchar(140) default null,
    `posting_date` date default null,
    `due_date` date default null,
    `return_against` varchar(140) default null,
    `is_debit_note` int(1) not null default 0,
    `amended_from` varchar(140) default null,
    `currency` varchar(140) default null,
    `base_grand_total` decimal(21,9) not null default 0,
    `base_rounded_total` decimal(21,9) not null default 0,
    `grand_total` decimal(21,9) not null default 0,
    `rounded_total` decimal(21,9) not null default 0,
    `total_advance` decimal(21,9) not null default 0,
    `outstanding_amount` decimal(21,9) not null default 0,
    `disable_rounded_total` int(1) not null default 0,
    `po_no` varchar(140) default null,
    `party_account_currency` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabSales Invoice Item` (
    `name` varchar(140) not null primary key,
    `idx` int(8) not null default 0,
    `item_name` varchar(140) default null,
    `delivery_note` varchar(140) default null,
    `parent` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;

create table `tabSales Team` (
    `name` varchar(140) not null primary key,
    `idx` int(8) not null default 0,
    `sales_person` varchar(140) default null,
    `allocated_percentage` decimal(21,9) not null default 0,
    `parent` varchar(140) default null,
    `parenttype` varchar(140) default null
) engine = innodb default charset = utf8mb4 collate = utf8mb4_unicode_ci;
