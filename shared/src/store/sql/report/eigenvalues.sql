WITH shown AS (
    -- The first of the largest networks, of the corridor if there is one.
    SELECT job_id, steps, task, hidden_units, n_samples
    FROM runs
    WHERE sweep IN ({sweeps})
        AND outcome IS NOT NULL
        AND excluded IS NULL
        AND job_id IN (SELECT job_id FROM eigenvalues)
    ORDER BY
        CASE WHEN task = 'predictive_track' THEN 0 ELSE 1 END,
        hidden_units DESC, n_samples DESC, replicate, job_id
    LIMIT 1
),
early AS (
    SELECT e.job_id, e.step
    FROM eigenvalues AS e
    JOIN shown AS s ON s.job_id = e.job_id
    ORDER BY abs(e.step - 0.4 * s.steps), e.step
    LIMIT 1
),
late AS (
    SELECT e.job_id, e.step
    FROM eigenvalues AS e
    JOIN shown AS s ON s.job_id = e.job_id
    ORDER BY abs(e.step - 0.6 * s.steps), e.step DESC
    LIMIT 1
)
SELECT s.job_id, s.task, s.hidden_units, s.n_samples, e.step, e.eigenvalues
FROM shown AS s
JOIN eigenvalues AS e ON e.job_id = s.job_id
WHERE e.step IN (SELECT step FROM early UNION SELECT step FROM late)
ORDER BY e.step
