SELECT count(*) AS jobs FROM jobs WHERE sweep = $1
