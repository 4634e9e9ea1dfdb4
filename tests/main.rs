//! What driftsweep guarantees, one file a guarantee, tried on the real program.

mod arrows_go_one_way;
mod bad_input_is_refused;
mod interrupted_runs_resume;
mod killed_runs_resume;
mod published_rows_are_met;
mod results_are_reproduced;
mod support;
mod sweeps_are_steered;
mod the_tree_is_tidy;
mod two_runs_share_a_sweep;
