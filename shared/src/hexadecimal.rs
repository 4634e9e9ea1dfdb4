//! Bytes in hexadecimal digits, as ids and digests are written.

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    // Digit by digit: a sweep of a million jobs has a million ids.
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    halves.map(digit).collect()
}
