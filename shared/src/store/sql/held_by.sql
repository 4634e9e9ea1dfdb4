-- $1 worker.
SELECT id, epoch FROM jobs WHERE state = 'running' AND owner = $1 ORDER BY id
