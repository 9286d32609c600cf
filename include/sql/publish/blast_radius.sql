-- What bad data holds up: of each rule that held somebody, or was broken, the customers and open
-- items that are not dunned because of it, and the letters not written tonight. An item that two
-- rules hold is in the row of each: the rows do not sum.
-- Grain: table, reason and currency
-- Reads: quarantine, customer, open_item, decision, withheld_item, night
-- Writes: blast_radius
with broken_rules as (
    select
        quarantine.source_table,
        quarantine.reason_code,
        count(distinct (quarantine.source_row, quarantine.row_key)) as rows_quarantined,
        count(distinct customer.customer_id) filter (where quarantine.holds_dunning)
            as customers_held,
    from quarantine
    left join customer on quarantine.customer_id = customer.customer_id
    group by quarantine.source_table, quarantine.reason_code
),

held_customers as (
    select distinct quarantine.source_table, quarantine.reason_code, quarantine.customer_id
    from quarantine
    where quarantine.holds_dunning
        and quarantine.customer_id is not null
),

held_items as (
    select
        held_customers.source_table,
        held_customers.reason_code,
        open_item.*,
    from open_item
    inner join held_customers on open_item.customer_id = held_customers.customer_id

    union all by name

    select
        'open_item' as source_table,
        open_item.data_hold_reason as reason_code,
        open_item.*,
    from open_item
    where open_item.data_hold_reason is not null
),

written_notices as (
    select distinct decision.customer_id, not decision.is_before_due as is_overdue
    from decision
    where decision.outcome = 'selected'
),

counted_items as (
    select
        held_items.source_table,
        held_items.reason_code,
        held_items.currency,
        count(distinct held_items.customer_id) as customers_held,
        count(*) as open_items_held,
        cast(sum(held_items.open_amount) as decimal(38, 4)) as open_amount_held,
        count(withheld_item.invoice_id) as items_withheld,
        count(distinct (withheld_item.customer_id, withheld_item.is_overdue)) filter (
            where withheld_item.invoice_id is not null
            and written_notices.customer_id is null
        ) as notices_withheld,
    from held_items
    left join withheld_item
        on held_items.invoice_id = withheld_item.invoice_id
        and held_items.instalment_no = withheld_item.instalment_no
    left join written_notices
        on withheld_item.customer_id = written_notices.customer_id
        and withheld_item.is_overdue = written_notices.is_overdue
    group by held_items.source_table, held_items.reason_code, held_items.currency
)

select
    cast($as_of_date as date) as as_of_date,
    $legal_entity_id as legal_entity_id,
    coalesce(broken_rules.source_table, counted_items.source_table) as source_table,
    coalesce(broken_rules.reason_code, counted_items.reason_code) as reason_code,
    counted_items.currency,
    coalesce(broken_rules.rows_quarantined, 0) as rows_quarantined,
    coalesce(broken_rules.customers_held, counted_items.customers_held) as customers_held,
    coalesce(counted_items.open_items_held, 0) as open_items_held,
    coalesce(counted_items.open_amount_held, 0) as open_amount_held,
    coalesce(counted_items.items_withheld, 0) as items_withheld,
    coalesce(counted_items.notices_withheld, 0) as notices_withheld,
from broken_rules
full join counted_items
    on broken_rules.source_table = counted_items.source_table
    and broken_rules.reason_code = counted_items.reason_code
