-- $1 sweep, $2 model version. A job that is there already is left as it is.
INSERT INTO jobs (id, sweep, group_id, model_version, estimated_seconds, available_at_ms)
SELECT column1, $1, column2, $2, column3, {now}
FROM {rows: text, bigint, double precision}
WHERE TRUE
ON CONFLICT (id) DO NOTHING
