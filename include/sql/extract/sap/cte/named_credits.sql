-- Partial payments and credit memos name the invoice that they are for (REBZG). That holds while
-- both are open, and if both were cleared together; never beyond what the invoice comes to.
-- Grain: credit and the debit that it names
-- Reads: items
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    credit.bukrs,
    credit.item_id as credit_item_id,
    debit.item_id as debit_item_id,
    credit.amount as credit_amount,
    debit.amount as debit_amount,
    sum(credit.amount) over (
        partition by debit.bukrs, debit.item_id
        order by credit.posted_on, credit.item_id
        rows unbounded preceding
    ) as amount_until
from items as credit
inner join items as debit
    on credit.bukrs = debit.bukrs
    and credit.kunnr = debit.kunnr
    and credit.waers = debit.waers
    and credit.rebzg = debit.belnr
    and credit.rebzj = debit.gjahr
    and lpad(cast(credit.rebzz as varchar), 3, '0') = lpad(cast(debit.buzei as varchar), 3, '0')
    and credit.clearing_document = debit.clearing_document
    and coalesce(credit.cleared_on, '') = coalesce(debit.cleared_on, '')
where credit.side <> 'debit'
    and debit.side = 'debit'
    and credit.reversed_on is null
    and debit.reversed_on is null
