-- $1 sweep.
DELETE FROM group_moments WHERE group_id IN (SELECT id FROM job_groups WHERE sweep = $1)
