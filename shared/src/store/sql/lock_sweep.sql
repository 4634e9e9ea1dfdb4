-- Two transactions that each bury a job must see each other's before they count.
SELECT name FROM sweeps WHERE name = $1 {for_update}
