DELETE FROM checkpoints WHERE job_id IN (SELECT column1 FROM {rows: text})
RETURNING file
