-- Customers' open items, from the documents themselves: S/4HANA has no such table.
-- Parked, recurring and sample documents are none of it, nor are those of other ledgers alone.
-- Grain: bukrs, belnr, gjahr, buzei
-- Reads: bseg, bkpf
-- Writes: view bsid
select
    bseg.bukrs,
    bseg.kunnr,
    bseg.umskz,
    bseg.augdt,
    bseg.augbl,
    bseg.gjahr,
    bseg.belnr,
    bseg.buzei,
    bkpf.budat,
    bkpf.bldat,
    bkpf.waers,
    bkpf.xblnr,
    bkpf.blart,
    bkpf.bstat,
    bseg.bschl,
    bseg.shkzg,
    bseg.dmbtr,
    bseg.wrbtr,
    bseg.sgtxt,
    bseg.hkont,
    bseg.filkd,
    bseg.zfbdt,
    bseg.zterm,
    bseg.zbd1t,
    bseg.zbd2t,
    bseg.zbd3t,
    bseg.zlsch,
    bseg.zlspr,
    bseg.rebzg,
    bseg.rebzj,
    bseg.rebzz,
    bseg.mansp,
    bseg.madat,
    bseg.manst,
    bseg.maber,
    bseg.vbeln,
    bseg.xref1,
    bseg.xref2
from bseg
inner join bkpf
    on bseg.bukrs = bkpf.bukrs
    and bseg.belnr = bkpf.belnr
    and bseg.gjahr = bkpf.gjahr
where bseg.koart = 'D'
    and coalesce(trim(bseg.augbl), '') = ''
    and coalesce(trim(bkpf.bstat), '') in ('', 'A', 'B', 'S')
