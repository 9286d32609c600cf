-- Documents that somebody blocked in Odoo: "No Follow-up", for litigation, on a line (up to 17), or
-- the invoice's payment state "blocked" (from 18 on). They are disputed until the mark is taken off.
-- Grain: legal_entity_id, dispute_id
-- Reads: account_move_line, account_move, account_account, res_company
-- Writes: landing dispute
with posting as (
    select
        line.id,
        move.id as move_id,
        entity.legal_entity_id,
        move.date,
        line.amount_residual_currency,
        coalesce(line.blocked, false) or coalesce(move.payment_state = 'blocked', false)
            as is_blocked,
        case
            when move.move_type in ('out_invoice', 'out_refund', 'out_receipt')
                and sign(line.amount_currency)
                = sign(sum(line.amount_currency) over (partition by line.move_id))
                then line.move_id::text
            else 'line-' || line.id
        end as document_id
    from (select null::boolean as blocked) as absent
    cross join lateral (
        select
            account_move_line.id,
            account_move_line.move_id,
            account_move_line.account_id,
            account_move_line.amount_currency,
            account_move_line.amount_residual_currency,
            blocked
        from account_move_line
    ) as line
    inner join account_account as account
        on line.account_id = account.id and account.account_type = 'asset_receivable'
    inner join account_move as move on line.move_id = move.id
    inner join entity on move.company_id = entity.company_id
    where move.state = 'posted'
        and line.amount_currency <> 0
)

select
    posting.document_id as dispute_id,
    posting.legal_entity_id,
    posting.document_id as invoice_id,
    case
        when bool_or(not posting.is_blocked) then sum(posting.amount_residual_currency)
            filter (where posting.is_blocked)
    end as amount,
    'blocked in Odoo' as reason,
    -- Odoo does not keep the day of the mark: the document's day stands for it.
    min(posting.date) as opened_on
from posting
where posting.amount_residual_currency > 0
group by posting.document_id, posting.legal_entity_id
having bool_or(posting.is_blocked)
order by posting.legal_entity_id, posting.document_id
