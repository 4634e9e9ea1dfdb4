use super::*;

#[test]
fn a_file_with_a_name_is_one_job_of_defaults() {
    let sweep = planned("name: one\n").unwrap();
    assert_eq!(sweep.jobs.len(), 1);
    assert_eq!(sweep.jobs[0].parameters.algorithm, Algorithm::Sgd);
}
