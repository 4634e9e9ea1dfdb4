SELECT sweep, rules FROM analyses WHERE $1 IS NULL OR sweep = $1
