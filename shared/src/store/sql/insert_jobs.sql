-- $1 sweep, $2 model version, $3 now. On PostgreSQL a COPY of the same columns.
INSERT INTO jobs (sweep, model_version, available_at_ms, id, group_id, estimated_seconds)
SELECT $1, $2, $3, column1, column2, column3
FROM {rows: text, bigint, double precision}
