INSERT INTO checkpoints (job_id, epoch, saved_at_ms, data)
VALUES ($1, $2, {now}, $3)
ON CONFLICT (job_id) DO UPDATE SET
    epoch = excluded.epoch,
    saved_at_ms = excluded.saved_at_ms,
    data = excluded.data
