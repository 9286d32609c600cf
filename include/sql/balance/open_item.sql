-- What is owed on the day, with all that is known of each item; a customer's credits are set off
-- against the oldest items for dunning (exposure) and stay apart in the accounts (open amount). Of
-- what was paid late, the interest and compensation that are left are an item of their own.
-- Grain: invoice and instalment
-- Reads: owed_instalment, credit_item, converted_allocation, receipt, invoice, item_interest, dispute,
--   promise, agreement, agreement_instalment, group_rate, currency, aging_bucket
-- Writes: open_item
-- Money of the days right after, where it is known already, is the customer's credit too.
with credits as (
    select credit_item.customer_id, credit_item.currency, -credit_item.amount as credit_amount
    from credit_item

    union all

    select receipt.customer_id, receipt.currency, receipt.amount as credit_amount
    from receipt
    where receipt.receipt_date > $as_of_date
        and receipt.receipt_date <= cast($as_of_date as date) + cast($known_since_days as integer)

    union all

    select invoice.customer_id, invoice.currency, invoice.gross_amount as credit_amount
    from invoice
    where invoice.document_type = 'credit_note'
        and coalesce(invoice.status, 'posted') = 'posted'
        and invoice.posting_date > $as_of_date
        and invoice.posting_date <= cast($as_of_date as date) + cast($known_since_days as integer)

    union all

    -- Money of another currency is no credit in this one until it is set against the invoice.
    select
        converted_allocation.customer_id,
        converted_allocation.invoice_currency as currency,
        converted_allocation.invoice_amount as credit_amount,
    from converted_allocation
    where converted_allocation.allocation_date > $as_of_date
        and converted_allocation.allocation_date
        <= cast($as_of_date as date) + cast($known_since_days as integer)
        and converted_allocation.reversed_on is null
),

credit_amounts as (
    select
        credits.customer_id,
        credits.currency,
        sum(credits.credit_amount) as credit_amount,
    from credits
    group by credits.customer_id, credits.currency
),

disputed_amounts as (
    select
        dispute.invoice_id,
        bool_or(dispute.amount is null) as is_wholly_disputed,
        coalesce(sum(dispute.amount), 0) as disputed_amount,
    from dispute
    where dispute.opened_on <= $as_of_date
        and (dispute.resolved_on is null or dispute.resolved_on > $as_of_date)
    group by dispute.invoice_id
),

live_promises as (
    select promise.*
    from promise
    where promise.promised_on <= $as_of_date
        and promise.due_on >= $as_of_date
),

invoice_promises as (
    select
        live_promises.invoice_id,
        sum(live_promises.amount) as promised_amount,
    from live_promises
    where live_promises.invoice_id is not null
    group by live_promises.invoice_id
),

account_promises as (
    select
        live_promises.customer_id,
        sum(live_promises.amount) as promised_amount,
    from live_promises
    where live_promises.invoice_id is null
    group by live_promises.customer_id
),

missed_agreements as (
    select distinct agreement.agreement_id
    from agreement
    inner join agreement_instalment
        on agreement.agreement_id = agreement_instalment.agreement_id
    where agreement_instalment.due_date
        + coalesce(agreement.default_clause_days, 0) < $as_of_date
        and (
            agreement_instalment.paid_on is null
            or agreement_instalment.paid_on > $as_of_date
        )
),

planned_invoices as (
    select distinct trim(unnest(string_split(agreement.invoice_ids, ';'))) as invoice_id
    from agreement
    left join missed_agreements on agreement.agreement_id = missed_agreements.agreement_id
    where agreement.agreed_on <= $as_of_date
        and missed_agreements.agreement_id is null
),

items as (
    select
        owed_instalment.* exclude (document_type, data_hold_reason),
        case
            when owed_instalment.is_interest_claim then 'interest_claim'
            else owed_instalment.document_type
        end as document_type,
        coalesce(owed_instalment.data_hold_reason, item_interest.reason_code) as data_hold_reason,
        coalesce(item_interest.needs_confirmation, false) as needs_confirmation,
        item_interest.legal_basis,
        case
            when item_interest.reason_code is null
                then coalesce(item_interest.interest_amount, 0)
        end as interest_amount,
        coalesce(item_interest.fixed_fee_amount, 0) as fixed_fee_amount,
        coalesce(item_interest.fine_amount, 0) as fine_amount,
        coalesce(item_interest.fixed_fee_amount, 0) + coalesce(item_interest.fine_amount, 0)
            as compensation_amount,
        coalesce(credit_amounts.credit_amount, 0) as credit_amount,
        coalesce(disputed_amounts.is_wholly_disputed, false) as is_wholly_disputed,
        disputed_amounts.invoice_id is not null as is_invoice_disputed,
        coalesce(disputed_amounts.disputed_amount, 0) as invoice_disputed_amount,
        coalesce(invoice_promises.promised_amount, 0) as invoice_promised_amount,
        coalesce(account_promises.promised_amount, 0) as account_promised_amount,
        planned_invoices.invoice_id is not null as is_on_plan,
        case
            when owed_instalment.is_interest_claim
                then coalesce(
                    item_interest.interest_amount + item_interest.fixed_fee_amount
                    + item_interest.fine_amount,
                    0
                )
            else greatest(owed_instalment.open_amount - owed_instalment.in_transit_amount, 0)
        end as chaseable_amount,
        group_rate.exchange_rate,
        group_rate.exchange_rate_date,
    from owed_instalment
    left join item_interest on owed_instalment.item_no = item_interest.item_no
    left join credit_amounts
        on owed_instalment.customer_id = credit_amounts.customer_id
        and owed_instalment.currency = credit_amounts.currency
    left join disputed_amounts on owed_instalment.invoice_id = disputed_amounts.invoice_id
    left join invoice_promises on owed_instalment.invoice_id = invoice_promises.invoice_id
    left join account_promises on owed_instalment.customer_id = account_promises.customer_id
    left join planned_invoices on owed_instalment.invoice_id = planned_invoices.invoice_id
    left join group_rate on owed_instalment.currency = group_rate.currency
    where not owed_instalment.is_interest_claim
        or item_interest.reason_code is not null
        or item_interest.interest_amount + item_interest.fixed_fee_amount
        + item_interest.fine_amount > 0
),

-- Only where there is something to spread, and of few columns: a window carries all that it is given.
older_of_customers as (
    select
        items.item_no,
        sum(items.chaseable_amount) over older_items as older_chaseable_amount,
        sum(items.open_amount) over older_items as older_open_amount,
    from items
    where items.credit_amount > 0
        or items.account_promised_amount > 0
    window older_items as (
        partition by items.customer_id, items.currency
        order by
            items.is_interest_claim,
            items.due_date nulls last,
            items.invoice_id,
            items.instalment_no
        rows between unbounded preceding and 1 preceding
    )
),

older_of_invoices as (
    select
        items.item_no,
        sum(items.open_amount) over older_items as older_invoice_amount,
    from items
    where items.is_invoice_disputed
        or items.invoice_promised_amount > 0
    window older_items as (
        partition by items.invoice_id
        order by items.due_date nulls last, items.instalment_no
        rows between unbounded preceding and 1 preceding
    )
),

running_items as (
    select
        items.*,
        coalesce(older_of_customers.older_chaseable_amount, 0) as older_chaseable_amount,
        coalesce(older_of_customers.older_open_amount, 0) as older_open_amount,
        coalesce(older_of_invoices.older_invoice_amount, 0) as older_invoice_amount,
    from items
    left join older_of_customers on items.item_no = older_of_customers.item_no
    left join older_of_invoices on items.item_no = older_of_invoices.item_no
),

spread_items as (
    select
        running_items.*,
        least(
            running_items.chaseable_amount,
            greatest(running_items.credit_amount - running_items.older_chaseable_amount, 0)
        ) as credited_amount,
        case
            when running_items.is_wholly_disputed then running_items.open_amount
            else least(
                running_items.open_amount,
                greatest(
                    running_items.invoice_disputed_amount - running_items.older_invoice_amount, 0
                )
            )
        end as disputed_amount,
        least(
            running_items.open_amount,
            greatest(
                running_items.invoice_promised_amount - running_items.older_invoice_amount, 0
            ) + greatest(
                running_items.account_promised_amount - running_items.older_open_amount, 0
            )
        ) as promised_amount,
        cast(running_items.open_amount as decimal(38, 4)) * running_items.exchange_rate
            as exact_group_amount,
    from running_items
),

-- Day by day, for few days are due dates of many items.
aged_days as (
    select due_days.due_date, aging_bucket.aging_bucket
    from (select distinct owed_instalment.due_date from owed_instalment) as due_days
    inner join aging_bucket
        on coalesce(cast($as_of_date as date) - due_days.due_date, 0)
        between aging_bucket.days_from and aging_bucket.days_until
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    spread_items.invoice_id,
    spread_items.instalment_no,
    spread_items.customer_id,
    spread_items.invoice_number,
    spread_items.document_type,
    spread_items.issue_date,
    spread_items.due_date,
    spread_items.currency,
    spread_items.amount as original_amount,
    spread_items.open_amount,
    cast($as_of_date as date) - spread_items.due_date as days_past_due,
    aged_days.aging_bucket,
    cast(spread_items.in_transit_amount as decimal(18, 4)) as in_transit_amount,
    cast(spread_items.credited_amount as decimal(38, 4)) as credited_amount,
    cast(
        spread_items.chaseable_amount - spread_items.credited_amount as decimal(38, 4)
    ) as dunning_exposure_amount,
    cast(spread_items.disputed_amount as decimal(18, 4)) as disputed_amount,
    spread_items.disputed_amount > 0
    or spread_items.is_interest_claim and spread_items.is_invoice_disputed as is_disputed,
    cast(spread_items.promised_amount as decimal(18, 4)) as promised_amount,
    cast(
        case when spread_items.is_on_plan then spread_items.open_amount else 0 end
        as decimal(18, 4)
    ) as on_plan_amount,
    spread_items.is_on_plan,
    cast(spread_items.interest_amount as decimal(38, 4)) as interest_amount,
    cast(spread_items.fixed_fee_amount as decimal(38, 4)) as fixed_fee_amount,
    cast(spread_items.fine_amount as decimal(38, 4)) as fine_amount,
    cast(spread_items.compensation_amount as decimal(38, 4)) as compensation_amount,
    spread_items.needs_confirmation,
    spread_items.legal_basis,
    spread_items.instrument_type,
    spread_items.instrument_status,
    spread_items.data_hold_reason,
    -- Each branch has its scale set before they meet: their common type would cut decimals off. A
    -- mistyped rate may lead beyond all amounts: then there is none.
    case (select currency.exponent from currency where currency.currency = $reporting_currency)
        when 0 then try_cast(round(spread_items.exact_group_amount, 0) as decimal(18, 4))
        when 3 then try_cast(round(spread_items.exact_group_amount, 3) as decimal(18, 4))
        else try_cast(round(spread_items.exact_group_amount, 2) as decimal(18, 4))
    end as open_amount_group,
    $reporting_currency as reporting_currency,
    spread_items.exchange_rate,
    spread_items.exchange_rate_date,
from spread_items
inner join aged_days on spread_items.due_date is not distinct from aged_days.due_date
