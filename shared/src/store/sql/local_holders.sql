SELECT DISTINCT w.id, w.process
FROM workers AS w
JOIN jobs AS j ON j.owner = w.id
WHERE j.state = 'running' AND w.host = $1
