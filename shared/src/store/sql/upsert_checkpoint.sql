INSERT INTO checkpoints (job_id, epoch, saved_at_ms, steps_done, data, file)
VALUES ($1, $2, {now}, $3, $4, $5)
ON CONFLICT (job_id) DO UPDATE SET
    epoch = excluded.epoch,
    saved_at_ms = excluded.saved_at_ms,
    steps_done = excluded.steps_done,
    data = excluded.data,
    file = excluded.file
