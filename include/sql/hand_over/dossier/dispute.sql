-- What the debtor contested by the day, settled or not.
-- Grain: dispute
-- Reads: claim, dispute, invoice
-- Writes: the dossier
select
    dispute.dispute_id,
    dispute.invoice_id,
    dispute.opened_on,
    case when dispute.resolved_on <= $as_of_date then dispute.resolved_on end as resolved_on,
    invoice.currency,
    dispute.amount,
    dispute.reason,
    case when dispute.resolved_on <= $as_of_date then dispute.outcome end as outcome,
from dispute
inner join invoice on dispute.invoice_id = invoice.invoice_id
where dispute.invoice_id in (select claim.invoice_id from claim)
    and dispute.opened_on <= $as_of_date
order by dispute.opened_on, dispute.dispute_id
