-- Documents: titles of one number, type and customer; credit notes (NCC) and abatements (types that
-- end in a dash), which lower what is owed. Money given back to a customer, and a receipt that was
-- reversed, is owed on that day by nobody: a debit note that the money itself pays.
-- Grain: invoice_id
-- Reads: se1010, se5010
-- Writes: landing invoice
with documents as (
    select
        document_id,
        customer_id,
        max(num) as invoice_number,
        case
            when max(side) <> 'debit' then 'credit_note'
            when max(tipo) in ('NDC', 'JR') then 'debit_note'
            else 'invoice'
        end as document_type,
        min(issued_on) as issued_on,
        min(coalesce(entered_on, issued_on)) as posted_on,
        max(currency) as currency,
        sum(amount) as amount,
        min(coalesce(business_due_on, due_on, issued_on)) as due_on,
        max(nullif(numbco, '')) as numbco,
        max(
            case
                when situaca in ('F', 'H') then 3
                when situaca in ('1', '2', '3', '4', '7') and numbco <> '' then 2
                when numbco <> '' then 1
                else 0
            end
        ) as instrument_stage,
        max(hist) as hist,
        max(pedido) as pedido,
        max(tipo) as tipo,
        max(prefixo) as prefixo,
        max(branch) as branch,
        max(portado) as portado,
        max(situaca) as situaca
    from keyed_titles
    where side <> 'receipt'
    group by document_id, customer_id
)

select
    document_id as invoice_id,
    '01' as legal_entity_id,
    customer_id,
    invoice_number,
    document_type,
    issued_on as issue_date,
    posted_on as posting_date,
    currency,
    amount as gross_amount,
    due_on as due_date,
    hist as description,
    case when instrument_stage > 0 then 'boleto' end as instrument_type,
    case instrument_stage
        when 3 then 'protested'
        when 2 then 'registered'
        when 1 then 'issued'
    end as instrument_status,
    numbco as instrument_ref,
    tipo as title_type,
    prefixo as prefix,
    branch,
    portado as bank_code,
    situaca as collection_status,
    pedido as sales_order
from documents

union all

select
    recno || case when side = 'debit' then '-ES' else '-DV' end as invoice_id,
    '01' as legal_entity_id,
    customer_id,
    recno as invoice_number,
    'debit_note' as document_type,
    case when side = 'debit' then reversed_on else moved_on end as issue_date,
    case when side = 'debit' then reversed_on else moved_on end as posting_date,
    currency,
    principal as gross_amount,
    case when side = 'debit' then reversed_on else moved_on end as due_date,
    case when side = 'debit' then 'estorno' else 'devolução' end as description,
    null as instrument_type,
    null as instrument_status,
    null as instrument_ref,
    null as title_type,
    null as prefix,
    null as branch,
    null as bank_code,
    null as collection_status,
    null as sales_order
from movements
where principal > 0
    and (
        (side = 'debit' and means = 'money' and reversed_on is not null)
        or (side <> 'debit' and means <> 'set_off' and reversed_on is null)
    )
order by invoice_id
