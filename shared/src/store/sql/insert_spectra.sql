INSERT INTO spectra (
    job_id, step, trace, exact, largest, positive, negative, nonzero_fraction, nonzero_tol, log_sum
)
SELECT
    column1, column2, column3, column4, column5, column6, column7, column8, column9, column10
FROM {rows: text, bigint, double precision, bigint, double precision, bigint, bigint, double precision, double precision, double precision}
