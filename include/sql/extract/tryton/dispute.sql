-- Documents of which somebody blocked the dunning in Tryton; they are disputed until it is unblocked.
-- Grain: legal_entity_id, dispute_id
-- Reads: account_move_line, account_move, account_account, account_account_type, account_journal,
--   account_invoice, "account_invoice-account_move_line", "account_invoice-additional-account_move",
--   company_company, account_dunning (where it is installed)
-- Writes: landing dispute
with
-- The module account_dunning may not be installed: hence the text.
blocked as (
    select
        split_part(text::text, ' ', 1)::integer as line_id,
        min(split_part(text::text, ' ', 2)) as blocked_on
    from unnest(xpath('//dunning/text()', query_to_xml(
        case
            when to_regclass('account_dunning') is null then 'select null as dunning where false'
            else 'select concat_ws('' '', dunning.line, dunning.date) as dunning '
                || 'from account_dunning as dunning where dunning.blocked'
        end, false, false, ''
    ))) as dunning (text)
    group by 1
)

select
    posting.document_id as dispute_id,
    posting.legal_entity_id,
    posting.document_id as invoice_id,
    case
        when bool_or(blocked.line_id is null) then sum(posting.amount)
            filter (where blocked.line_id is not null)
    end as amount,
    'blocked in Tryton' as reason,
    min(coalesce(nullif(blocked.blocked_on, ''), posting.date::text)) as opened_on
from posting
left join blocked on posting.id = blocked.line_id
where posting.is_document
    and posting.is_open
    and posting.amount > 0
group by posting.document_id, posting.legal_entity_id
having bool_or(blocked.line_id is not null)
order by posting.legal_entity_id, posting.document_id
