-- $1 sweep. The numbers of planned jobs follow in plan_groups.sql.
INSERT INTO job_groups (id, sweep, task, algorithm, noise_type, regime, planned, planned_seconds)
SELECT column1, $1, column2, column3, column4, column5, 0, 0
FROM {rows: bigint, text, text, text, text}
WHERE TRUE
ON CONFLICT (id) DO NOTHING
