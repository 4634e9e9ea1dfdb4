-- $1 sweep. What cancel.sql changes besides what it cancels.
SELECT count(*) AS jobs FROM jobs WHERE sweep = $1 AND state = 'dead' AND taken_back IS NOT NULL
