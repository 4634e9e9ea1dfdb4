//! Wrong files: the whole message, with its place.

use super::*;

#[test]
fn text_that_is_no_sweep_file() {
    assert_eq!(
        complaint(""),
        "s.yaml:1:1: no sweep file: give a map of keys, at least name"
    );
}
