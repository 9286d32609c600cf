-- Landed rows with what the border checks of every table need to know.
-- Grain: landed row
-- Reads: landed, duplicate_key, source_entity
-- Writes: checked
select
    landed.*,
    coalesce(source_entity.legal_entity_id is not null, false) as entity_is_known,
    case
        when duplicate_key.row_key is null then 'none'
        when duplicate_key.is_conflicting then 'conflicting'
        when landed.source_row = duplicate_key.first_source_row then 'none'
        else 'repeated'
    end as duplicate
from landed
left join duplicate_key on landed.row_key = duplicate_key.row_key
left join source_entity on landed.legal_entity_id = source_entity.legal_entity_id
