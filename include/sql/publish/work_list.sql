-- What people have to do; people are named by their ids alone.
-- Grain: customer (empty: the bank), kind and currency
-- Reads: work_list
-- Writes: work_list
select
    work_list.as_of_date,
    work_list.legal_entity_id,
    work_list.customer_id,
    work_list.kind,
    work_list.currency,
    work_list.priority,
    work_list.priority_reason,
    work_list.reason_codes,
    work_list.reason_text,
    work_list.step,
    work_list.tone,
    work_list.customer_name,
    work_list.contact_role,
    work_list.contact_id,
    work_list.language,
    work_list.item_count,
    work_list.invoice_numbers,
    work_list.open_amount,
    work_list.dunning_exposure_amount,
    work_list.days_past_due_max,
    work_list.abc_class,
    work_list.risk_class,
    work_list.policy_version,
from work_list
