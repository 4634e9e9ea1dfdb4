-- Room in every page for the heartbeat's new row versions. SQLite has no fillfactor, so this is no
-- migration; it may run again and again.
ALTER TABLE jobs SET (fillfactor = 70)
