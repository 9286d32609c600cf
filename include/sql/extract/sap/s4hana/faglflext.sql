-- The general ledger's totals by period, from the universal journal: S/4HANA has no such table.
-- Grain: rldnr, rbukrs, racct, ryear
-- Reads: acdoca
-- Writes: view faglflext
select
    rldnr,
    '0' as rrcty,
    '001' as rvers,
    rbukrs,
    racct,
    gjahr as ryear,
    sum(case when poper = '000' then cast(hsl as decimal(23, 2)) else 0 end) as hslvt,
    sum(case when poper = '001' then cast(hsl as decimal(23, 2)) else 0 end) as hsl01,
    sum(case when poper = '002' then cast(hsl as decimal(23, 2)) else 0 end) as hsl02,
    sum(case when poper = '003' then cast(hsl as decimal(23, 2)) else 0 end) as hsl03,
    sum(case when poper = '004' then cast(hsl as decimal(23, 2)) else 0 end) as hsl04,
    sum(case when poper = '005' then cast(hsl as decimal(23, 2)) else 0 end) as hsl05,
    sum(case when poper = '006' then cast(hsl as decimal(23, 2)) else 0 end) as hsl06,
    sum(case when poper = '007' then cast(hsl as decimal(23, 2)) else 0 end) as hsl07,
    sum(case when poper = '008' then cast(hsl as decimal(23, 2)) else 0 end) as hsl08,
    sum(case when poper = '009' then cast(hsl as decimal(23, 2)) else 0 end) as hsl09,
    sum(case when poper = '010' then cast(hsl as decimal(23, 2)) else 0 end) as hsl10,
    sum(case when poper = '011' then cast(hsl as decimal(23, 2)) else 0 end) as hsl11,
    sum(case when poper = '012' then cast(hsl as decimal(23, 2)) else 0 end) as hsl12,
    sum(case when poper = '013' then cast(hsl as decimal(23, 2)) else 0 end) as hsl13,
    sum(case when poper = '014' then cast(hsl as decimal(23, 2)) else 0 end) as hsl14,
    sum(case when poper = '015' then cast(hsl as decimal(23, 2)) else 0 end) as hsl15,
    sum(case when poper = '016' then cast(hsl as decimal(23, 2)) else 0 end) as hsl16
from acdoca
group by rldnr, rbukrs, racct, gjahr
