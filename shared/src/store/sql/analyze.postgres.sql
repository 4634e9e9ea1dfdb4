-- A million new rows that the planner knows nothing of make the claim sort them all. SQLite needs no
-- statistics to choose the right index here.
ANALYZE sweeps, jobs, job_parameters
