-- $1: longest silence, in milliseconds. Holding a job under a live lease counts as a sign of life.
SELECT
    w.id, w.host, w.pid, w.process, w.slots, w.cpu, w.code_version,
    {now} - w.seen_at_ms AS silent_ms,
    count(j.id) AS jobs
FROM workers AS w
LEFT JOIN jobs AS j ON j.owner = w.id AND j.state = 'running'
WHERE w.seen_at_ms >= {now} - $1
GROUP BY w.id, w.host, w.pid, w.process, w.slots, w.cpu, w.code_version, w.seen_at_ms
ORDER BY jobs DESC, w.host, w.id
