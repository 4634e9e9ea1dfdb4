//! What driftsweep guarantees, one file a guarantee, tried on the real program.

mod arrows_go_one_way;
mod bad_input_is_refused;
mod interrupted_runs_resume;
mod killed_runs_resume;
mod methods_say_what_the_database_says;
mod others_open_the_database;
mod published_rows_are_drawn;
mod published_rows_are_met;
mod recordings_are_analyzed;
mod reports_show_what_the_runs_say;
mod results_are_reproduced;
#[expect(dead_code, reason = "the tests of faults use the rest")]
mod support;
mod sweeps_are_steered;
mod the_tree_is_tidy;
mod two_runs_share_a_sweep;
