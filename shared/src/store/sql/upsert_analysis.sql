-- $1 sweep, $2 rules. Changes a row only if the rules differ, and so tells whether they do.
INSERT INTO analyses (sweep, rules, version, changed_at_ms)
VALUES ($1, $2, 1, {now})
ON CONFLICT (sweep) DO UPDATE SET
    rules = excluded.rules,
    version = analyses.version + 1,
    changed_at_ms = excluded.changed_at_ms
WHERE analyses.rules <> excluded.rules
