UPDATE workers SET seen_at_ms = {now} WHERE id = $1
