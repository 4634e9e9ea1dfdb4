SELECT * FROM sweep_summary
WHERE sweep = '{sweep}'
ORDER BY task, algorithm, noise_type, regime
