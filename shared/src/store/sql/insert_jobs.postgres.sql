-- As insert_jobs.sqlite.sql, in PostgreSQL's way of loading many rows.
COPY jobs (sweep, model_version, available_at_ms, id, group_id, estimated_seconds) FROM STDIN (FORMAT binary)
