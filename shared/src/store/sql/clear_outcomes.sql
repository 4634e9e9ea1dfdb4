-- $1 sweep.
DELETE FROM group_outcomes WHERE group_id IN (SELECT id FROM job_groups WHERE sweep = $1)
