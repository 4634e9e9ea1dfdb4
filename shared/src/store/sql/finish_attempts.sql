UPDATE attempts
SET outcome = 'done', ended_at_ms = {now}, error = NULL, digest = given.column3,
    wall_seconds = given.column4, host = given.column5, code_version = given.column6
FROM {rows: text, bigint, text, double precision, text, text}
WHERE attempts.job_id = given.column1 AND attempts.epoch = given.column2
