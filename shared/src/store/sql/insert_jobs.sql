-- $1 sweep, $2 model version. A job that is there already is left as it is.
INSERT INTO jobs (id, sweep, model_version, estimated_seconds, available_at_ms)
SELECT column1, $1, $2, column2, {now}
FROM {rows: text, double precision}
WHERE TRUE
ON CONFLICT (id) DO NOTHING
