INSERT INTO audits (id, job_id, audited_at_ms, host, cpu, code_version, digest, wall_seconds)
VALUES ($1, $2, {now}, $3, $4, $5, $6, $7)
