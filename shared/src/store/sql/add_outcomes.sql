-- $1 shard. In one order, so that two transactions lock the same rows in the same order.
INSERT INTO group_outcomes (
    group_id, shard, outcome, excluded, results, steps_done, wall_seconds, planned_seconds
)
SELECT column1, $1, column2, column3, column4, column5, column6, column7
FROM {rows: bigint, text, text, bigint, bigint, double precision, double precision}
WHERE TRUE
ORDER BY column1, column2, column3
ON CONFLICT (group_id, shard, outcome, excluded) DO UPDATE SET
    results = group_outcomes.results + excluded.results,
    steps_done = group_outcomes.steps_done + excluded.steps_done,
    wall_seconds = group_outcomes.wall_seconds + excluded.wall_seconds,
    planned_seconds = group_outcomes.planned_seconds + excluded.planned_seconds
