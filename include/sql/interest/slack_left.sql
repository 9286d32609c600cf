-- How far off what is left of a bucket can be, where the payment or what stands before may be off:
-- not at all where it is surely paid in full, no further than before where surely nothing is paid.
-- Grain: scalar
-- Reads: nothing
-- Writes: slack_left
create or replace macro slack_left(is_payable, offered, offered_slack, due, due_slack) as
    case
        when not is_payable or offered + offered_slack <= 0 then due_slack
        when offered - offered_slack >= due + due_slack then 0
        else due_slack + offered_slack
    end
