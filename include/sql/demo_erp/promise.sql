-- Promises to pay: kept, still open and broken; two are for the account instead of an invoice.
-- Grain: promise_id
-- Reads: demo_subject, demo_setting
-- Writes: promise
with
promises as (
    select
        demo_subject.*,
        case
            when story = 'promise_kept' then paid_on_1 + 1
            when story in ('promise_open', 'account_promise_open')
                then demo_setting.until + cast(2 + rank % 12 as integer)
            else demo_setting.until - cast(8 + rank % 8 as integer)
        end as due_on,
    from demo_subject
    cross join demo_setting
    where
        story in (
            'promise_kept', 'promise_open', 'promise_broken', 'account_promise_open',
            'account_promise_broken'
        )
)

select
    format('PRM{:08d}', promises.i) as promise_id,
    promises.legal_entity_id,
    promises.customer_id,
    case
        when promises.story not in ('account_promise_open', 'account_promise_broken')
            then format('INV{:08d}', promises.i)
    end as invoice_id,
    demo_amount(
        case when promises.story = 'promise_kept' then promises.cents_1 else promises.open_cents end
    ) as amount,
    least(promises.due_on - 7, demo_setting.until - cast(promises.rank % 4 as integer))
        as promised_on,
    promises.due_on,
    case when promises.story = 'promise_open' and promises.rank % 8 = 2
        then format('GL-{:06d}', promises.i)
    end as guarantee_letter_ref,
from promises
cross join demo_setting
order by promises.i
