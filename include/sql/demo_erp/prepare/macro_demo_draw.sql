-- Sixty-four random bits that depend on nothing but the seed, a salt and a number.
-- Grain: scalar
-- Reads: its arguments
-- Writes: nothing
create macro demo_draw(seed, salt, number) as
    md5_number_lower(concat(seed, ':', salt, ':', number))
