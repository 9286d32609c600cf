-- A planned day if it has come by the last day of the data, else nothing.
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_happened(day, until) as
    case when day <= until then day end
