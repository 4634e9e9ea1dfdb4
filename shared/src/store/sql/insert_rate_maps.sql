INSERT INTO rate_maps (job_id, step, unit, spatial_information, rate_map)
SELECT column1, column2, column3, column4, column5
FROM {rows: text, bigint, bigint, double precision, text}
