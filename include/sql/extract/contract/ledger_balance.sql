-- Balance of the general ledger's receivables control account.
-- Grain: legal_entity_id, balance_date, account, currency
-- Reads: ledger_balance
-- Writes: landing ledger_balance
select * from ledger_balance
