-- What Odoo 16 and 17 keep otherwise than 18, as changes to the database of 18: codes without
-- companies, properties in a table of their own, no payment without an entry, "No Follow-up".
alter table account_account add column code varchar(64), drop column code_store;
update account_account set code = case id when 1 then '411000' when 2 then '411100' end;
-- An account belongs to one company.
insert into account_account values (4, 'asset_receivable', '{"en_US": "Customers"}', '121000');
update account_move_line set account_id = 4 where move_id = 125;
alter table res_partner drop column credit_limit;
create table ir_property (
    id integer primary key, name varchar, type varchar not null, company_id integer, res_id varchar,
    value_float double precision, value_reference varchar
);
insert into ir_property values
    (1, 'credit_limit', 'float', 1, 'res.partner,10', 5000.0, null),
    (2, 'credit_limit', 'float', 3, 'res.partner,10', 700.5, null),
    (3, 'credit_limit', 'float', null, null, 0.0, null),
    (4, 'property_account_receivable_id', 'many2one', 1, 'res.partner,10', null, 'account.account,1');
drop table account_move__account_payment;
delete from account_payment where move_id is null;
alter table account_payment drop column state;
alter table account_move_line add column blocked boolean;
update account_move_line set blocked = true where id in (1231, 1002);
update account_move set payment_state = 'not_paid' where payment_state = 'blocked';
