-- What a restatement says otherwise than the official night of its day, item by item and credit by
-- credit; what only one of them knows counts as nothing in the other.
-- Grain: kind, document and instalment that differs
-- Reads: open_item, credit_item, decision, official_open_item, official_credit_item,
--   official_decision
-- Writes: restatement
with restated_rows as (
    select
        'open_item' as kind,
        open_item.invoice_id as document_id,
        open_item.instalment_no,
        open_item.customer_id,
        open_item.currency,
        open_item.open_amount as amount,
        open_item.interest_amount,
        decision.reason_code,
    from open_item
    inner join decision
        on open_item.invoice_id = decision.invoice_id
        and open_item.instalment_no = decision.instalment_no

    union all

    select
        credit_item.kind,
        credit_item.document_id,
        0 as instalment_no,
        credit_item.customer_id,
        credit_item.currency,
        credit_item.amount,
        cast(0 as decimal(38, 4)) as interest_amount,
        cast(null as varchar) as reason_code,
    from credit_item
),

official_rows as (
    select
        'open_item' as kind,
        official_open_item.invoice_id as document_id,
        official_open_item.instalment_no,
        official_open_item.customer_id,
        official_open_item.currency,
        official_open_item.open_amount as amount,
        official_open_item.interest_amount,
        official_decision.reason_code,
    from official_open_item
    inner join official_decision
        on official_open_item.invoice_id = official_decision.invoice_id
        and official_open_item.instalment_no = official_decision.instalment_no

    union all

    select
        official_credit_item.kind,
        official_credit_item.document_id,
        0 as instalment_no,
        official_credit_item.customer_id,
        official_credit_item.currency,
        official_credit_item.amount,
        cast(0 as decimal(38, 4)) as interest_amount,
        cast(null as varchar) as reason_code,
    from official_credit_item
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    cast($known_at as timestamp) as known_at,
    cast($official_known_at as timestamp) as official_known_at,
    coalesce(restated_rows.kind, official_rows.kind) as kind,
    coalesce(restated_rows.document_id, official_rows.document_id) as document_id,
    cast(coalesce(restated_rows.instalment_no, official_rows.instalment_no) as integer)
        as instalment_no,
    coalesce(restated_rows.customer_id, official_rows.customer_id) as customer_id,
    coalesce(restated_rows.currency, official_rows.currency) as currency,
    coalesce(official_rows.amount, 0) as official_amount,
    coalesce(restated_rows.amount, 0) as restated_amount,
    cast(coalesce(restated_rows.amount, 0) - coalesce(official_rows.amount, 0) as decimal(38, 4))
        as difference_amount,
    official_rows.interest_amount as official_interest_amount,
    restated_rows.interest_amount as restated_interest_amount,
    official_rows.reason_code as official_reason_code,
    restated_rows.reason_code as restated_reason_code,
from restated_rows
full outer join official_rows
    on restated_rows.kind = official_rows.kind
    and restated_rows.document_id = official_rows.document_id
    and restated_rows.instalment_no = official_rows.instalment_no
    and restated_rows.currency = official_rows.currency
where restated_rows.amount is distinct from official_rows.amount
    or restated_rows.interest_amount is distinct from official_rows.interest_amount
    or restated_rows.reason_code is distinct from official_rows.reason_code
    or restated_rows.customer_id is distinct from official_rows.customer_id
