SELECT file FROM checkpoints WHERE job_id = $1 AND file IS NOT NULL
