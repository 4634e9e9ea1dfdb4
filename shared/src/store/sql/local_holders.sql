SELECT DISTINCT w.id, w.pid
FROM workers AS w
JOIN jobs AS j ON j.owner = w.id
WHERE j.state = 'running' AND w.host = $1
