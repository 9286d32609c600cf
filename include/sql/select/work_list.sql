-- What people have to do: one piece of work a customer, kind and currency, about all the items for which
-- it waits. Of several steps the highest leads, with its oldest item. Amounts are compared in the
-- reporting currency where a rate is known, else within their own. A question to the bank is of no customer.
-- People are named by their ids alone; their names and numbers are looked up for the page.
-- Grain: customer (empty: the bank), kind and currency
-- Reads: decision, open_item, work_kind, policy_step, customer, contact, customer_class,
--   clarification_task, work_amount_point, work_class_point
-- Writes: work_list
with work_items as (
    select
        decision.* exclude (customer_id),
        case
            when decision.cash_doubt is distinct from 'bank_feed' then decision.customer_id
        end as customer_id,
        work_kind.kind,
        work_kind.reached_by,
        open_item.open_amount_group,
        open_item.reporting_currency,
    from decision
    inner join work_kind on decision.reason_code = work_kind.reason_code
    inner join open_item
        on decision.invoice_id = open_item.invoice_id
        and decision.instalment_no = open_item.instalment_no
),

led_items as (
    select
        work_items.*,
        row_number() over (
            partition by work_items.customer_id, work_items.kind, work_items.currency
            order by
                work_items.step_no desc nulls last,
                work_items.days_past_due desc nulls last,
                work_items.invoice_id,
                work_items.instalment_no
        ) = 1 as is_leader,
    from work_items
),

tasks as (
    select
        led_items.customer_id,
        led_items.kind,
        led_items.currency,
        any_value(led_items.as_of_date) as as_of_date,
        any_value(led_items.legal_entity_id) as legal_entity_id,
        any_value(led_items.reached_by) as reached_by,
        any_value(led_items.policy_name) as policy_name,
        any_value(led_items.policy_version) as policy_version,
        max(led_items.step) filter (where led_items.is_leader) as step,
        max(led_items.recipients) filter (where led_items.is_leader) as recipients,
        max(led_items.reason_text) filter (where led_items.is_leader) as reason_text,
        array_to_string(list_sort(array_agg(distinct led_items.reason_code)), ', ') as reason_codes,
        count(*) as item_count,
        sum(led_items.open_amount) as open_amount,
        sum(led_items.dunning_exposure_amount) as dunning_exposure_amount,
        max(led_items.days_past_due) as days_past_due_max,
        array_to_string(list_sort(array_agg(distinct led_items.invoice_number)), ', ')
            as invoice_numbers,
        case
            when bool_and(led_items.open_amount_group is not null)
                then any_value(led_items.reporting_currency)
            else led_items.currency
        end as compared_in,
        case
            when bool_and(led_items.open_amount_group is not null)
                then sum(led_items.open_amount_group)
            else sum(led_items.open_amount)
        end as compared_amount,
    from led_items
    group by led_items.customer_id, led_items.kind, led_items.currency
),

compared_tasks as (
    select
        tasks.*,
        sum(tasks.compared_amount) over (partition by tasks.compared_in) as all_amount,
        sum(tasks.compared_amount) over (
            partition by tasks.compared_in
            order by tasks.compared_amount desc, tasks.customer_id, tasks.kind, tasks.currency
        ) - tasks.compared_amount as larger_amount,
    from tasks
),

amount_points as (
    select
        compared_tasks.customer_id,
        compared_tasks.kind,
        compared_tasks.currency,
        min(work_amount_point.until_percent) as until_percent,
        arg_min(work_amount_point.points, work_amount_point.until_percent) as points,
    from compared_tasks
    inner join work_amount_point
        on compared_tasks.larger_amount * 100
        < compared_tasks.all_amount * work_amount_point.until_percent
    group by compared_tasks.customer_id, compared_tasks.kind, compared_tasks.currency
),

reached_contacts as (
    select
        tasks.customer_id,
        tasks.kind,
        tasks.currency,
        contact.* exclude (customer_id, legal_entity_id),
        case tasks.reached_by
            when 'phone' then nullif(trim(contact.phone), '') is not null
            else nullif(trim(contact.postal_address), '') is not null
        end as is_reachable,
    from tasks
    inner join contact on tasks.customer_id = contact.customer_id
    where tasks.reached_by is not null
        and coalesce(contact.is_active, true)
    qualify row_number() over (
        partition by tasks.customer_id, tasks.kind, tasks.currency
        order by
            is_reachable desc,
            coalesce(
                nullif(list_position(string_split(tasks.recipients, ','), contact.role), 0),
                len(string_split(tasks.recipients, ',')) + 1
            ),
            contact.role <> 'accounts_payable',
            contact.contact_id
    ) = 1
),

pointed_tasks as (
    select
        compared_tasks.*,
        customer_class.abc_class,
        customer_class.risk_class,
        amount_points.until_percent,
        coalesce(amount_points.points, 0) as amount_points,
        coalesce(abc_point.points, 0) as abc_points,
        coalesce(risk_point.points, 0) as risk_points,
    from compared_tasks
    left join amount_points
        on compared_tasks.customer_id is not distinct from amount_points.customer_id
        and compared_tasks.kind = amount_points.kind
        and compared_tasks.currency = amount_points.currency
    left join customer_class on compared_tasks.customer_id = customer_class.customer_id
    left join work_class_point as abc_point
        on customer_class.abc_class = abc_point.class
        and abc_point.component = 'abc_class'
    left join work_class_point as risk_point
        on customer_class.risk_class = risk_point.class
        and risk_point.component = 'risk_class'
)

select
    pointed_tasks.as_of_date,
    pointed_tasks.legal_entity_id,
    pointed_tasks.customer_id,
    pointed_tasks.kind,
    pointed_tasks.currency,
    cast(row_number() over (
        order by
            amount_points + abc_points + risk_points desc,
            pointed_tasks.compared_amount desc,
            pointed_tasks.days_past_due_max desc nulls last,
            pointed_tasks.customer_id,
            pointed_tasks.kind,
            pointed_tasks.currency
    ) as integer) as priority,
    concat_ws(
        ', ',
        cast(amount_points + abc_points + risk_points as varchar) || ' points: '
        || coalesce(
            'among what makes ' || pointed_tasks.until_percent || ' % of the amount at stake',
            'no amount at stake'
        ) || ' (' || amount_points || ')',
        'class ' || pointed_tasks.abc_class || ' (' || abc_points || ')',
        'risk ' || pointed_tasks.risk_class || ' (' || risk_points || ')'
    ) as priority_reason,
    pointed_tasks.reason_codes,
    pointed_tasks.reason_text,
    pointed_tasks.step,
    policy_step.tone,
    customer.name as customer_name,
    reached_contacts.role as contact_role,
    reached_contacts.contact_id,
    coalesce(
        clarification_task.language, reached_contacts.language, customer.language, 'en'
    ) as language,
    cast(pointed_tasks.item_count as bigint) as item_count,
    pointed_tasks.invoice_numbers,
    cast(pointed_tasks.open_amount as decimal(38, 4)) as open_amount,
    cast(pointed_tasks.dunning_exposure_amount as decimal(38, 4)) as dunning_exposure_amount,
    pointed_tasks.days_past_due_max,
    pointed_tasks.abc_class,
    pointed_tasks.risk_class,
    pointed_tasks.policy_name,
    pointed_tasks.policy_version,
    clarification_task.question,
from pointed_tasks
left join customer on pointed_tasks.customer_id = customer.customer_id
left join reached_contacts
    on pointed_tasks.customer_id = reached_contacts.customer_id
    and pointed_tasks.kind = reached_contacts.kind
    and pointed_tasks.currency = reached_contacts.currency
left join policy_step
    on pointed_tasks.policy_name = policy_step.policy_name
    and pointed_tasks.step = policy_step.step
left join clarification_task
    on pointed_tasks.kind = 'clarify'
    and pointed_tasks.customer_id is not distinct from clarification_task.customer_id
    and pointed_tasks.currency = clarification_task.currency
