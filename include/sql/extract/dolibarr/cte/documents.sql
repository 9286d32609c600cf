-- Validated documents, each with its total in its own currency.
-- Grain: document
-- Reads: llx_facture, companies
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    llx_facture.*,
    companies.digits,
    coalesce(llx_facture.multicurrency_code, '') not in ('', companies.currency) as is_foreign,
    if(
        coalesce(llx_facture.multicurrency_code, '') in ('', companies.currency),
        companies.currency,
        llx_facture.multicurrency_code
    ) as currency,
    round(
        cast(
            if(
                coalesce(llx_facture.multicurrency_code, '') in ('', companies.currency),
                llx_facture.total_ttc,
                llx_facture.multicurrency_total_ttc
            )
            as decimal(24, 8)
        ),
        companies.digits
    ) as total
from llx_facture
left join companies on companies.entity = llx_facture.entity
where llx_facture.fk_statut in (1, 2, 3)
    and llx_facture.type in (0, 1, 2, 3, 5)
