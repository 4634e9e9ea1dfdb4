INSERT INTO place_correlations (
    job_id, step, other_step, rate_map_correlation, population_vector_correlation
)
SELECT column1, column2, column3, column4, column5
FROM {rows: text, bigint, bigint, double precision, double precision}
