-- $1 sweep, $2 the id before, $3 most jobs.
SELECT id FROM jobs WHERE sweep = $1 AND id > $2 ORDER BY id LIMIT $3
