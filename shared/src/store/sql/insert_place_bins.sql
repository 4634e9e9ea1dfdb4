INSERT INTO place_bins (job_id, bin, position, occupancy)
SELECT column1, column2, column3, column4
FROM {rows: text, bigint, double precision, double precision}
