INSERT INTO place_code (job_id, step, mean_spatial_information, place_cells)
SELECT column1, column2, column3, column4
FROM {rows: text, bigint, double precision, bigint}
