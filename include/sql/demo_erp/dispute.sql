-- Contested invoices: open ones, for all or part of what is owed, and resolved ones.
-- Grain: dispute_id
-- Reads: demo_subject, demo_setting
-- Writes: dispute
select
    format('DSP{:08d}', demo_subject.i) as dispute_id,
    demo_subject.legal_entity_id,
    format('INV{:08d}', demo_subject.i) as invoice_id,
    case
        when demo_subject.story = 'dispute_partial'
            then demo_amount(demo_whole(demo_subject.open_cents * 2 // 5, demo_subject.unit))
    end as amount,
    (['price', 'quantity', 'quality', 'not_delivered', 'duplicate'])[
        1 + demo_slice(demo_subject.subject_draw, 0) % 5
    ] as reason,
    case
        when demo_subject.story = 'dispute_resolved' then demo_subject.due_date + 2
        else greatest(
            demo_subject.issue_date + 3,
            demo_setting.until - cast(3 + demo_slice(demo_subject.subject_draw, 1) % 40 as integer)
        )
    end as opened_on,
    case when demo_subject.story = 'dispute_resolved' then demo_subject.paid_on_1 - 2 end
        as resolved_on,
    case
        when demo_subject.story = 'dispute_resolved'
            then (['rejected', 'withdrawn'])[1 + demo_slice(demo_subject.subject_draw, 2) % 2]
    end as outcome,
from demo_subject
cross join demo_setting
where demo_subject.story in ('dispute_full', 'dispute_partial', 'dispute_resolved')
order by demo_subject.i
