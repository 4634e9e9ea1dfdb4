-- $1 sweep. Until this transaction ends the rules can't change, so no result is labelled by rules that
-- were replaced before it appeared.
SELECT rules FROM analyses WHERE sweep = $1 {for_share}
