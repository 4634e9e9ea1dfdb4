//! Entries of any numeric type, read as float64.

use std::io::Read;

use ndarray_npy::{ReadDataError, ReadableElement};
use py_literal::Value;

/// The most entries of an array that we read.
const COUNT_MAX: usize = 1_000 * 1_000;

/// One entry. Integers beyond 2^53 are rounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(pub f64);

impl ReadableElement for Number {
    fn read_to_end_exact_vec<R: Read>(
        reader: R,
        type_descriptor: &Value,
        count: usize,
    ) -> Result<Vec<Self>, ReadDataError> {
        // The count comes from the file: look at it before memory is taken for it.
        if count > COUNT_MAX {
            let reason = format!("{count} entries are too many: each side must be 1 to 1000");
            return Err(ReadDataError::ParseData(reason.into()));
        }
        let array = Array {
            reader,
            type_descriptor,
            count,
        };
        // `<f8` is a byte order, the kind of number, and the bytes of one.
        let name = type_descriptor.as_string().map_or("", String::as_str);
        match name.trim_start_matches(['<', '>', '|']) {
            "f8" => array.read(|value: f64| value),
            "f4" => array.read(|value: f32| value.into()),
            "i8" => array.read(|value: i64| value as f64),
            "i4" => array.read(|value: i32| value.into()),
            "i2" => array.read(|value: i16| value.into()),
            "i1" => array.read(|value: i8| value.into()),
            "u8" => array.read(|value: u64| value as f64),
            "u4" => array.read(|value: u32| value.into()),
            "u2" => array.read(|value: u16| value.into()),
            "u1" => array.read(|value: u8| value.into()),
            _ => Err(ReadDataError::WrongDescriptor(type_descriptor.clone())),
        }
    }
}

/// The rest of an array's file, behind the header.
struct Array<'a, R> {
    reader: R,
    type_descriptor: &'a Value,
    count: usize,
}

impl<R: Read> Array<'_, R> {
    fn read<T: ReadableElement>(
        self,
        to_f64: impl Fn(T) -> f64,
    ) -> Result<Vec<Number>, ReadDataError> {
        let values = T::read_to_end_exact_vec(self.reader, self.type_descriptor, self.count)?;
        Ok(values
            .into_iter()
            .map(|value| Number(to_f64(value)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], descriptor: &str, count: usize) -> Result<Vec<Number>, ReadDataError> {
        Number::read_to_end_exact_vec(bytes, &Value::String(descriptor.to_owned()), count)
    }

    #[test]
    fn both_byte_orders_are_read() {
        let minus_two_and_three = [Number(-2.0), Number(3.0)];
        let little: Vec<u8> = [-2.0_f64, 3.0]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        let big: Vec<u8> = [-2_i16, 3].iter().flat_map(|v| v.to_be_bytes()).collect();
        assert_eq!(read(&little, "<f8", 2).unwrap(), minus_two_and_three);
        assert_eq!(read(&big, ">i2", 2).unwrap(), minus_two_and_three);
    }

    #[test]
    fn a_header_that_promises_too_much_takes_no_memory() {
        let error = read(&[0; 16], "<f8", usize::MAX / 16).unwrap_err();
        assert!(error.to_string().contains("too many"), "{error}");
    }
}
