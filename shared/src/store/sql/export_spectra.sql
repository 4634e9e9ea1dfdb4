SELECT
    h.job_id, h.step, h.trace, h.exact, h.largest, h.positive, h.negative, h.nonzero_fraction, h.nonzero_tol,
    h.log_sum
FROM jobs AS j
JOIN spectra AS h ON h.job_id = j.id
WHERE j.sweep = '{sweep}'
ORDER BY h.job_id, h.step
