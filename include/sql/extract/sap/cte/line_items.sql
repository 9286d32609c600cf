-- All customer line items, open and cleared.
-- Grain: line item
-- Reads: bsid, bsad
-- Writes: nothing; a CTE of the SELECTs beside this folder
select
    bukrs, kunnr, umskz, augdt, augbl, gjahr, belnr, buzei, budat, bldat, waers, xblnr,
    blart, bschl, shkzg, wrbtr, sgtxt, zfbdt, zterm, zbd1t, zbd2t, zbd3t, zlsch, zlspr,
    rebzg, rebzj, rebzz, manst, madat, maber, vbeln, filkd, xref1, xref2, bstat
from bsid
union all
select
    bukrs, kunnr, umskz, augdt, augbl, gjahr, belnr, buzei, budat, bldat, waers, xblnr,
    blart, bschl, shkzg, wrbtr, sgtxt, zfbdt, zterm, zbd1t, zbd2t, zbd3t, zlsch, zlspr,
    rebzg, rebzj, rebzz, manst, madat, maber, vbeln, filkd, xref1, xref2, bstat
from bsad
