//! The user's own data: `.npz` files, as `numpy.savez` and `numpy.savez_compressed` write them.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use ndarray::Array2;
use ndarray_npy::{NpzReader, NpzWriter, ReadNpyError, ReadNpzError, WriteNpzError};
use simulation::Dataset;

mod error;
mod number;

pub use error::{DatasetFileError, DatasetFileErrorKind};
use number::Number;

/// Names of the arrays: inputs `[n_samples, input_dim]`, targets `[n_samples, output_dim]`.
const INPUTS: &str = "X";
const TARGETS: &str = "y";

/// Reads arrays `X` and `y` of float64, float32 or integers, in C or Fortran order.
///
/// # Errors
/// A file that is missing or no archive, an array that is missing, no matrix, or not of numbers,
/// and whatever [`Dataset::new`] refuses.
pub fn read_npz(path: &Path) -> Result<Dataset, DatasetFileError> {
    read(path).map_err(|source| DatasetFileError {
        path: path.to_owned(),
        source,
    })
}

/// Writes arrays `X` and `y` of float64, compressed; replaces a file that is there.
///
/// # Errors
/// A path that can't be written to.
pub fn write_npz(path: &Path, dataset: &Dataset) -> Result<(), DatasetFileError> {
    write(path, dataset).map_err(|source| DatasetFileError {
        path: path.to_owned(),
        source: DatasetFileErrorKind::Write(source),
    })
}

fn read(path: &Path) -> Result<Dataset, DatasetFileErrorKind> {
    let file = File::open(path).map_err(DatasetFileErrorKind::Open)?;
    let not_npz = |error: ReadNpzError| DatasetFileErrorKind::NotNpz(error.to_string());
    let mut archive = NpzReader::new(BufReader::new(file)).map_err(not_npz)?;
    let names = archive.names().map_err(not_npz)?;
    for missing in [INPUTS, TARGETS] {
        if !names.iter().any(|name| name == missing) {
            let present = match names.as_slice() {
                [] => "none at all".to_owned(),
                names => names.join(", "),
            };
            return Err(DatasetFileErrorKind::MissingArray { missing, present });
        }
    }
    let inputs = matrix(archive.by_name(INPUTS), INPUTS, "input_dim")?;
    let targets = matrix(archive.by_name(TARGETS), TARGETS, "output_dim")?;
    Ok(Dataset::new(inputs, targets)?)
}

fn matrix(
    read: Result<Array2<Number>, ReadNpzError>,
    array: &'static str,
    features: &'static str,
) -> Result<Array2<f64>, DatasetFileErrorKind> {
    match read {
        Ok(numbers) => Ok(numbers.mapv(|number| number.0)),
        Err(ReadNpzError::Npy(ReadNpyError::WrongNdim(_, dimensions))) => {
            Err(DatasetFileErrorKind::Dimensions {
                array,
                dimensions,
                features,
            })
        }
        Err(ReadNpzError::Npy(ReadNpyError::WrongDescriptor(found))) => {
            Err(DatasetFileErrorKind::ElementType {
                array,
                found: found.to_string(),
            })
        }
        Err(error) => Err(DatasetFileErrorKind::Unreadable {
            array,
            reason: error.to_string(),
        }),
    }
}

fn write(path: &Path, dataset: &Dataset) -> Result<(), WriteNpzError> {
    let file = File::create(path).map_err(into_write_error)?;
    let mut archive = NpzWriter::new_compressed(BufWriter::new(file));
    archive.add_array(INPUTS, dataset.inputs())?;
    archive.add_array(TARGETS, dataset.targets())?;
    archive.finish()?.flush().map_err(into_write_error)
}

fn into_write_error(error: io::Error) -> WriteNpzError {
    WriteNpzError::Npy(error.into())
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fs;

    use ndarray::{Array1, Array3, array};
    use ndarray_npy::WritableElement;
    use tempfile::TempDir;

    use super::*;

    /// A file of what `add` puts in.
    fn npz(add: impl FnOnce(&mut NpzWriter<File>)) -> (TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data.npz");
        let mut archive = NpzWriter::new(File::create(&path).unwrap());
        add(&mut archive);
        archive.finish().unwrap();
        (directory, path)
    }

    fn error_of(path: &Path) -> String {
        let error = read_npz(path).unwrap_err();
        assert!(
            error.to_string().ends_with(".npz"),
            "the file is named: {error}"
        );
        error.source().unwrap().to_string()
    }

    fn error_with(add: impl FnOnce(&mut NpzWriter<File>)) -> String {
        let (_directory, path) = npz(add);
        error_of(&path)
    }

    #[test]
    fn what_is_written_is_read_back_bit_by_bit() {
        let inputs = array![[0.1, -0.2, 1e-300], [f64::MAX, -0.0, 3.5]];
        let dataset = Dataset::new(inputs, array![[1.0 / 3.0], [2.0]]).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data.npz");
        write_npz(&path, &dataset).unwrap();
        assert_eq!(read_npz(&path).unwrap().id(), dataset.id());
    }

    #[test]
    fn any_numbers_in_either_order_are_one_data_set() {
        fn id<T: WritableElement>(x: &Array2<T>, y: &Array2<T>) -> String {
            let (_directory, path) = npz(|archive| {
                archive.add_array("X", x).unwrap();
                archive.add_array("y", y).unwrap();
            });
            read_npz(&path).unwrap().id()
        }
        let x = array![[1_u8, 2, 3], [4, 5, 6]];
        let y = array![[7_u8], [8]];
        let base = id(&x.mapv(f64::from), &y.mapv(f64::from));
        assert_eq!(id(&x.mapv(f32::from), &y.mapv(f32::from)), base);
        assert_eq!(id(&x.mapv(i64::from), &y.mapv(i64::from)), base);
        assert_eq!(id(&x.mapv(i32::from), &y.mapv(i32::from)), base);
        assert_eq!(id(&x.mapv(u64::from), &y.mapv(u64::from)), base);
        assert_eq!(id(&x, &y), base);
        let fortran = x.t().as_standard_layout().into_owned().reversed_axes();
        assert!(!fortran.is_standard_layout());
        assert_eq!(id(&fortran, &y), base);
    }

    #[test]
    fn a_missing_file_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("none.npz");
        let error = read_npz(&path).unwrap_err().source;
        assert_eq!(error.to_string(), "it can't be opened");
        assert!(matches!(
            error,
            DatasetFileErrorKind::Open(cause) if cause.kind() == io::ErrorKind::NotFound
        ));
    }

    #[test]
    fn a_file_that_is_no_archive_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("text.npz");
        fs::write(&path, "x,y\n1,2\n").unwrap();
        assert!(error_of(&path).starts_with("it is no .npz archive"));
    }

    #[test]
    fn a_file_cut_short_says_so() {
        let (_directory, path) = npz(|archive| {
            archive.add_array("X", &array![[1.0]]).unwrap();
        });
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 30]).unwrap();
        assert!(error_of(&path).starts_with("it is no .npz archive"));
    }

    #[test]
    fn a_damaged_array_is_named() {
        let (_directory, path) = npz(|archive| {
            archive.add_array("X", &array![[1.0], [2.0]]).unwrap();
            archive.add_array("y", &array![[1.0], [2.0]]).unwrap();
        });
        let mut bytes = fs::read(&path).unwrap();
        let two = bytes.windows(8).position(|w| w == 2.0_f64.to_le_bytes());
        bytes[two.unwrap() + 3] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let error = error_of(&path);
        assert!(error.starts_with("X can't be read"), "{error}");
    }

    #[test]
    fn a_missing_array_is_named_beside_those_that_are_there() {
        let error = error_with(|archive| {
            archive.add_array("X", &array![[1.0]]).unwrap();
            archive.add_array("Y", &array![[1.0]]).unwrap();
        });
        assert!(error.starts_with("it has no array y, but X, Y"), "{error}");
        let error = error_with(|_| ());
        assert!(
            error.starts_with("it has no array X, but none at all"),
            "{error}"
        );
    }

    #[test]
    fn an_array_that_is_no_matrix_tells_its_dimensions() {
        let error = error_with(|archive| {
            archive.add_array("X", &array![[1.0], [2.0]]).unwrap();
            archive
                .add_array("y", &Array1::from(vec![1.0, 2.0]))
                .unwrap();
        });
        assert_eq!(
            error,
            "y is 1-dimensional: it must be 2-dimensional, [n_samples, output_dim]"
        );
        let error = error_with(|archive| {
            archive
                .add_array("X", &Array3::<f64>::zeros((1, 1, 1)))
                .unwrap();
            archive.add_array("y", &array![[1.0]]).unwrap();
        });
        assert_eq!(
            error,
            "X is 3-dimensional: it must be 2-dimensional, [n_samples, input_dim]"
        );
    }

    #[test]
    fn an_array_of_no_numbers_tells_its_type() {
        let error = error_with(|archive| {
            archive.add_array("X", &array![[true]]).unwrap();
            archive.add_array("y", &array![[1.0]]).unwrap();
        });
        assert_eq!(
            error,
            "X holds numpy type '|b1': it must hold float64, float32 or integers"
        );
    }

    #[test]
    fn values_and_shapes_that_make_no_data_set_are_refused() {
        let error = error_with(|archive| {
            archive.add_array("X", &array![[1.0], [f64::NAN]]).unwrap();
            archive.add_array("y", &array![[1.0], [2.0]]).unwrap();
        });
        assert_eq!(error, "X[1, 0] is NaN: every value must be finite");
        let error = error_with(|archive| {
            archive.add_array("X", &array![[1.0], [2.0]]).unwrap();
            archive
                .add_array("y", &array![[1.0], [2.0], [3.0]])
                .unwrap();
        });
        assert_eq!(
            error,
            "X and y have 2 and 3 rows: both need one row per sample"
        );
    }

    #[test]
    fn a_path_that_can_not_be_written_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("no such folder").join("data.npz");
        let dataset = Dataset::new(array![[1.0]], array![[1.0]]).unwrap();
        let error = write_npz(&path, &dataset).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "it can't be written");
    }
}
