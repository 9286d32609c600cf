-- What a person asks before anybody writes: one question a customer and currency, with its strongest
-- doubt; an old bank feed is one question to the bank, whomever it concerns. A customer is asked in
-- its own language.
-- Grain: customer (empty: the bank) and currency
-- Reads: decision, customer, cash_doubt_reason, cash_question
-- Writes: clarification_task
with asked_items as (
    select
        decision.*,
        cash_doubt_reason.doubt_no,
        case when decision.cash_doubt <> 'bank_feed' then decision.customer_id end
            as asked_customer_id,
    from decision
    inner join cash_doubt_reason on decision.cash_doubt = cash_doubt_reason.cash_doubt
),

tasks as (
    select
        asked_items.as_of_date,
        asked_items.legal_entity_id,
        asked_items.asked_customer_id as customer_id,
        asked_items.currency,
        arg_min(asked_items.cash_doubt, asked_items.doubt_no) as cash_doubt,
        count(*) as item_count,
        count(distinct asked_items.customer_id) as customer_count,
        sum(asked_items.open_amount) as open_amount,
        max(asked_items.days_past_due) as days_past_due_max,
        case when asked_items.asked_customer_id is not null then max(asked_items.cash_amount) end
            as cash_amount,
        list_sort(array_agg(distinct asked_items.invoice_number)
            filter (where asked_items.asked_customer_id is not null)) as invoice_numbers,
        -- The question about one invoice names that one, not all that wait with it.
        list_sort(array_agg(distinct asked_items.invoice_number)
            filter (where asked_items.cash_doubt = 'advice_of_item')) as advised_numbers,
        max(asked_items.advised_on) as advised_on,
        max(asked_items.newest_receipt_on) as newest_receipt_on,
    from asked_items
    group by
        asked_items.as_of_date,
        asked_items.legal_entity_id,
        asked_items.asked_customer_id,
        asked_items.currency
),

spoken_tasks as (
    select
        tasks.*,
        case
            when tasks.cash_doubt = 'advice_of_item' then tasks.advised_numbers
            else tasks.invoice_numbers
        end as asked_numbers,
        coalesce(spoken.language, fallback.language) as language,
        coalesce(spoken.question, fallback.question) as question,
    from tasks
    left join customer on tasks.customer_id = customer.customer_id
    left join cash_question as spoken
        on tasks.cash_doubt = spoken.cash_doubt
        and spoken.language
        = lower(split_part(replace(coalesce(customer.language, ''), '_', '-'), '-', 1))
    inner join cash_question as fallback
        on tasks.cash_doubt = fallback.cash_doubt
        and fallback.is_fallback
)

-- The numbers come from outside: they go in last, so that nothing in them is taken for a blank. A
-- question names a few of them; all are in a column of their own.
select
    spoken_tasks.as_of_date,
    spoken_tasks.legal_entity_id,
    spoken_tasks.customer_id,
    spoken_tasks.currency,
    spoken_tasks.cash_doubt,
    spoken_tasks.language,
    replace(replace(replace(
        spoken_tasks.question,
        '{advised_on}', coalesce(cast(spoken_tasks.advised_on as varchar), '?')),
        '{newest_receipt_on}', coalesce(cast(spoken_tasks.newest_receipt_on as varchar), '?')),
        '{invoices}', coalesce(
            array_to_string(spoken_tasks.asked_numbers[:5], ', ')
            || case when len(spoken_tasks.asked_numbers) > 5 then ' …' else '' end, '?'
        )) as question,
    cast(spoken_tasks.customer_count as bigint) as customer_count,
    cast(spoken_tasks.item_count as bigint) as item_count,
    cast(spoken_tasks.open_amount as decimal(38, 4)) as open_amount,
    spoken_tasks.cash_amount,
    spoken_tasks.days_past_due_max,
    spoken_tasks.advised_on,
    spoken_tasks.newest_receipt_on,
    array_to_string(spoken_tasks.invoice_numbers, ', ') as invoice_numbers,
from spoken_tasks
