-- $1 shard. Pools two sets of n numbers with a mean and a sum of squared deviations from it (Chan, Golub
-- and LeVeque 1979): no digits are lost to a large mean. In one order, as the outcomes.
INSERT INTO group_moments (group_id, shard, metric, n, mean, squares)
SELECT column1, $1, column2, column3, column4, column5
FROM {rows: bigint, text, bigint, double precision, double precision}
WHERE TRUE
ORDER BY column1, column2
ON CONFLICT (group_id, shard, metric) DO UPDATE SET
    n = group_moments.n + excluded.n,
    mean = group_moments.mean + (excluded.mean - group_moments.mean)
        * excluded.n / (group_moments.n + excluded.n),
    squares = group_moments.squares + excluded.squares
        + (excluded.mean - group_moments.mean) * (excluded.mean - group_moments.mean)
        * (CAST(group_moments.n AS DOUBLE PRECISION) * excluded.n / (group_moments.n + excluded.n))
