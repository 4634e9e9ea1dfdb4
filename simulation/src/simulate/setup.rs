//! From parameters and data to a simulation that can start.

use crate::{Dataset, ValidParameters};

/// Why a simulation can't start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The data set that the parameters name was not given.
    #[error("data set {id} was not given")]
    MissingDataset {
        /// Identity of the data set.
        id: String,
    },
    /// The data set is not the one that the parameters name.
    #[error("data set {given} was given where {expected} was asked for")]
    OtherDataset {
        /// Identity asked for.
        expected: String,
        /// Identity given.
        given: String,
    },
    /// The data set's shape is not that of the parameters.
    #[error("data set of shape {given} was given where the parameters say {expected}")]
    Shape {
        /// Samples x inputs x outputs of the parameters.
        expected: String,
        /// Samples x inputs x outputs of the data.
        given: String,
    },
}

/// The user's data set, if it is the one that the parameters name and has their sizes.
pub(super) fn given<'a>(
    parameters: &ValidParameters,
    dataset: Option<&'a Dataset>,
) -> Result<&'a Dataset, SetupError> {
    let id = parameters.dataset.clone().unwrap_or_default();
    let Some(dataset) = dataset else {
        return Err(SetupError::MissingDataset { id });
    };
    if dataset.id() != id {
        return Err(SetupError::OtherDataset {
            expected: id,
            given: dataset.id(),
        });
    }
    let (samples, input_dim) = dataset.inputs().dim();
    let given = format!("{samples} x {input_dim} x {}", dataset.targets().ncols());
    let p = parameters;
    let expected = format!("{} x {} x {}", p.n_samples, p.input_dim, p.output_dim);
    if given != expected {
        return Err(SetupError::Shape { expected, given });
    }
    Ok(dataset)
}

/// Unbiased variance of all target values together. A single value has none: it counts as 1, so
/// that its loss is the squared error itself.
pub(super) fn target_variance(data: &Dataset) -> f64 {
    let targets = data.targets();
    if targets.len() == 1 {
        return 1.0;
    }
    let count = targets.len() as f64;
    let mean = targets.iter().sum::<f64>() / count;
    let squares: f64 = targets.iter().map(|y| (y - mean) * (y - mean)).sum();
    squares / (count - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parameters, Task};
    use ndarray::{Array2, array};

    fn dataset() -> Dataset {
        Dataset::new(array![[1.0], [2.0]], array![[0.0, 1.0], [2.0, 3.0]]).unwrap()
    }

    fn parameters(id: String, output_dim: u32) -> ValidParameters {
        let parameters = Parameters {
            task: Task::Dataset,
            dataset: Some(id),
            n_samples: 2,
            input_dim: 1,
            output_dim,
            ..Parameters::default()
        };
        parameters.check().unwrap()
    }

    #[test]
    fn the_variance_of_targets_is_unbiased() {
        // 0, 1, 2, 3: squares around 1.5 sum to 5.
        assert_eq!(target_variance(&dataset()), 5.0 / 3.0);
        let single = Dataset::new(Array2::ones((1, 1)), Array2::ones((1, 1))).unwrap();
        assert_eq!(target_variance(&single), 1.0);
    }

    #[test]
    fn only_the_named_data_set_of_the_right_shape_is_taken() {
        let data = dataset();
        assert!(given(&parameters(data.id(), 2), Some(&data)).is_ok());
        let missing = given(&parameters(data.id(), 2), None).unwrap_err();
        assert!(matches!(missing, SetupError::MissingDataset { id } if id == data.id()));
        let other = given(&parameters("ab".into(), 2), Some(&data)).unwrap_err();
        assert!(matches!(other, SetupError::OtherDataset { .. }));
        let shape = given(&parameters(data.id(), 3), Some(&data)).unwrap_err();
        assert_eq!(
            shape.to_string(),
            "data set of shape 2 x 1 x 2 was given where the parameters say 2 x 1 x 3"
        );
    }
}
