-- The roles on PostgreSQL. The owner, who runs this after every migration, changes the schema; a worker may not,
-- a reader may not change anything. Not a migration: a server's roles are shared by its databases.

BEGIN;

DO $$ BEGIN
    CREATE ROLE driftsweep_worker LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    CREATE ROLE driftsweep_reader LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

-- What an earlier version granted, and what a database of before PostgreSQL 15 grants to everybody.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM driftsweep_reader, driftsweep_worker;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO driftsweep_reader, driftsweep_worker;
GRANT INSERT ON attempts, results, trajectory, unit_activity, spectra, eigenvalues, positions, place_bins, place_code,
    place_correlations, rate_maps, workers, checkpoints, audits TO driftsweep_worker;
GRANT INSERT, UPDATE ON group_outcomes, group_moments TO driftsweep_worker;
GRANT UPDATE ON jobs, attempts, workers, checkpoints TO driftsweep_worker;
GRANT UPDATE (state, pause_reason, updated_at_ms) ON sweeps TO driftsweep_worker;
GRANT UPDATE (excluded) ON results TO driftsweep_worker;
-- To lock the rules, not to change them: PostgreSQL asks for the right to update some column.
GRANT UPDATE (changed_at_ms) ON analyses TO driftsweep_worker;
GRANT DELETE ON checkpoints TO driftsweep_worker;

COMMIT;
