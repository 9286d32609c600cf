-- Whether each promise of the look-back was kept, in part, or not at all, by the money that came from
-- the day it was given to the end of its days of grace. Where promises for one invoice, or for one
-- account, overlap, money counts once, and for the one due first. A credit note breaks no promise.
-- Grain: promise
-- Reads: promise, invoice, allocation, receipt, customer_currency
-- Writes: promise_outcome
with promises as (
    select
        promise.*,
        promise.due_on + cast($promise_grace_days as integer) as grace_until,
        coalesce(invoice.currency, customer_currency.currency) as currency,
    from promise
    inner join customer_currency on promise.customer_id = customer_currency.customer_id
    left join invoice on promise.invoice_id = invoice.invoice_id
    where promise.promised_on <= $as_of_date
        and promise.due_on > $since
),

opened_promises as (
    select
        promises.*,
        coalesce(
            promises.promised_on > max(promises.grace_until) over (
                partition by promises.customer_id, promises.invoice_id
                order by promises.promised_on, promises.due_on, promises.promise_id
                rows between unbounded preceding and 1 preceding
            ), true
        ) as opens_chain,
    from promises
),

numbered_promises as (
    select
        opened_promises.* exclude (opens_chain),
        count(*) filter (where opened_promises.opens_chain) over (
            partition by opened_promises.customer_id, opened_promises.invoice_id
            order by opened_promises.promised_on, opened_promises.due_on, opened_promises.promise_id
        ) as chain_no,
    from opened_promises
),

chained_promises as (
    select
        numbered_promises.*,
        min(numbered_promises.promised_on) over (
            partition by
                numbered_promises.customer_id, numbered_promises.invoice_id, numbered_promises.chain_no
        ) as chain_from,
    from numbered_promises
),

moneys as (
    select
        chained_promises.promise_id,
        sum(allocation.amount) as amount,
    from chained_promises
    inner join allocation
        on chained_promises.invoice_id = allocation.invoice_id
        and allocation.allocation_date >= chained_promises.chain_from
        and allocation.allocation_date <= least(chained_promises.grace_until, $as_of_date)
    where allocation.source_type <> 'write_off'
        and (allocation.reversed_on is null or allocation.reversed_on > $as_of_date)
    group by chained_promises.promise_id

    union all

    select
        chained_promises.promise_id,
        sum(receipt.amount) as amount,
    from chained_promises
    inner join receipt
        on chained_promises.customer_id = receipt.customer_id
        and chained_promises.currency = receipt.currency
        and receipt.receipt_date >= chained_promises.chain_from
        and receipt.receipt_date <= least(chained_promises.grace_until, $as_of_date)
    where chained_promises.invoice_id is null
    group by chained_promises.promise_id
),

running_promises as (
    select
        chained_promises.*,
        coalesce(moneys.amount, 0) as came_amount,
        sum(chained_promises.amount) over dues as promised_until_amount,
    from chained_promises
    left join moneys on chained_promises.promise_id = moneys.promise_id
    window dues as (
        partition by
            chained_promises.customer_id, chained_promises.invoice_id, chained_promises.chain_no
        order by chained_promises.due_on, chained_promises.promise_id
    )
),

-- What all promises of the chain up to this one got: none more than its sum, all no more than came.
used_promises as (
    select
        running_promises.*,
        running_promises.promised_until_amount + least(0, min(
            running_promises.came_amount - running_promises.promised_until_amount
        ) over dues) as used_until_amount,
    from running_promises
    window dues as (
        partition by
            running_promises.customer_id, running_promises.invoice_id, running_promises.chain_no
        order by running_promises.due_on, running_promises.promise_id
    )
),

received_promises as (
    select
        used_promises.*,
        used_promises.used_until_amount - coalesce(lag(used_promises.used_until_amount) over (
            partition by used_promises.customer_id, used_promises.invoice_id, used_promises.chain_no
            order by used_promises.due_on, used_promises.promise_id
        ), 0) as received_amount,
    from used_promises
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    received_promises.promise_id,
    received_promises.customer_id,
    received_promises.invoice_id,
    received_promises.currency,
    received_promises.amount,
    received_promises.promised_on,
    received_promises.due_on,
    received_promises.grace_until,
    cast(received_promises.received_amount as decimal(38, 4)) as received_amount,
    case
        when received_promises.received_amount >= received_promises.amount then 'kept'
        when received_promises.grace_until >= $as_of_date then 'open'
        when received_promises.received_amount > 0 then 'part_kept'
        else 'broken'
    end as outcome,
from received_promises
