-- The tables and columns of Dolibarr 20 that the SELECTs read, as Dolibarr creates them.
create table llx_const (
    rowid integer auto_increment primary key,
    name varchar(180) not null,
    entity integer default 1 not null,
    value text not null
) engine = innodb;

create table llx_c_country (
    rowid integer primary key,
    code varchar(2) not null
) engine = innodb;

create table llx_c_paiement (
    id integer auto_increment primary key,
    code varchar(6) not null
) engine = innodb;

create table llx_c_payment_term (
    rowid integer auto_increment primary key,
    type_cdr tinyint,
    nbjour smallint
) engine = innodb;

create table llx_user (
    rowid integer auto_increment primary key,
    firstname varchar(50),
    lastname varchar(50),
    email varchar(255)
) engine = innodb;

create table llx_societe (
    rowid integer auto_increment primary key,
    nom varchar(128),
    parent integer,
    code_client varchar(24),
    address varchar(255),
    zip varchar(25),
    town varchar(50),
    fk_pays integer default 0,
    phone varchar(30),
    email varchar(128),
    tva_intra varchar(20),
    cond_reglement tinyint,
    outstanding_limit double(24, 8) default null,
    default_lang varchar(6),
    multicurrency_code varchar(3)
) engine = innodb;

create table llx_societe_commerciaux (
    rowid integer auto_increment primary key,
    fk_soc integer,
    fk_user integer
) engine = innodb;

create table llx_socpeople (
    rowid integer auto_increment primary key,
    fk_soc integer,
    lastname varchar(50),
    firstname varchar(50),
    address varchar(255),
    zip varchar(25),
    town varchar(255),
    poste varchar(255),
    phone varchar(30),
    phone_mobile varchar(30),
    email varchar(255),
    priv smallint not null default 0,
    statut tinyint default 1 not null
) engine = innodb;

create table llx_facture (
    rowid integer auto_increment primary key,
    ref varchar(30) not null,
    entity integer default 1 not null,
    ref_client varchar(255),
    type smallint default 0 not null,
    fk_soc integer not null,
    datef date,
    date_closing datetime,
    paye smallint default 0 not null,
    close_code varchar(16),
    total_ttc double(24, 8) default 0,
    fk_statut smallint default 0 not null,
    fk_facture_source integer,
    fk_mode_reglement integer,
    date_lim_reglement date,
    multicurrency_code varchar(3),
    multicurrency_total_ttc double(24, 8) default 0
) engine = innodb;

create table llx_facturedet (
    rowid integer auto_increment primary key,
    fk_facture integer not null,
    label varchar(255) default null,
    description text,
    rang integer default 0
) engine = innodb;

create table llx_paiement (
    rowid integer auto_increment primary key,
    ref varchar(30) null,
    entity integer default 1 not null,
    datep datetime,
    amount double(24, 8) default 0,
    multicurrency_amount double(24, 8) default 0,
    num_paiement varchar(50)
) engine = innodb;

create table llx_paiement_facture (
    rowid integer auto_increment primary key,
    fk_paiement integer,
    fk_facture integer,
    amount double(24, 8) default 0,
    multicurrency_code varchar(3),
    multicurrency_tx double(24, 8) default 1,
    multicurrency_amount double(24, 8) default 0
) engine = innodb;

create table llx_societe_remise_except (
    rowid integer auto_increment primary key,
    entity integer default 1 not null,
    fk_soc integer not null,
    discount_type integer default 0 not null,
    datec datetime,
    amount_ttc double(24, 8) default 0 not null,
    fk_facture_line integer,
    fk_facture integer,
    fk_facture_source integer,
    description text not null,
    multicurrency_amount_ttc double(24, 8) default 0 not null
) engine = innodb;

create table llx_multicurrency (
    rowid integer auto_increment primary key,
    code varchar(255),
    entity integer default 1
) engine = innodb;

create table llx_multicurrency_rate (
    rowid integer auto_increment primary key,
    date_sync datetime default null,
    rate double not null default 0,
    fk_multicurrency integer not null
) engine = innodb;

create table llx_accounting_bookkeeping (
    rowid integer not null auto_increment primary key,
    entity integer default 1 not null,
    doc_date date not null,
    numero_compte varchar(32) not null,
    debit double(24, 8) not null,
    credit double(24, 8) not null
) engine = innodb;
