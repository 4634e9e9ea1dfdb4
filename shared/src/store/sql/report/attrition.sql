SELECT sweep, state, outcome, excluded, count(*) AS runs
FROM runs
WHERE sweep IN ({sweeps})
GROUP BY sweep, state, outcome, excluded
ORDER BY sweep, state, outcome, excluded
