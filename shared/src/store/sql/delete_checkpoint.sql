DELETE FROM checkpoints WHERE job_id = $1
