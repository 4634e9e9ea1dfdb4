-- $1 sweep, $2 most rows.
SELECT
    job_id, kind, recorded_digest, recorded_host, recorded_cpu, recorded_code_version, digest, host, cpu,
    code_version
FROM mismatches
WHERE sweep = $1
ORDER BY at_ms DESC, job_id
LIMIT $2
