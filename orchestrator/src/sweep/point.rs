//! One combination of values, while it is put together.

use simulation::{Dataset, NoiseType, ParameterError, Parameters, Task, ValidParameters};

use super::axis::Setting;
use super::key::{Key, Scalar};

/// Parameters in the making: which keys were given, and the two keys that are no parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Point {
    parameters: Parameters,
    noise_type: Option<NoiseType>,
    dataset: Option<u32>,
    /// Bits of the keys that somebody set.
    given: u64,
}

/// A point that can't be simulated: the key at fault, and why.
pub(super) struct PointFault {
    pub key: Key,
    pub message: String,
}

impl Point {
    pub fn set(&mut self, setting: Setting) {
        self.given |= setting.key.bit();
        match (setting.key, setting.value) {
            (Key::NoiseType, value) => self.noise_type = value.noise_type(),
            (Key::Dataset, Scalar::Data(number)) => self.dataset = Some(number),
            (key, value) => key.write(&mut self.parameters, value),
        }
    }

    /// The value of a key as conditions see it: given, else what it would be by default.
    pub fn get(&self, key: Key) -> Scalar {
        match key {
            Key::NoiseType => Scalar::of_noise_type(self.noise_type.unwrap_or(carried(
                self.parameters.update_noise,
                self.parameters.label_noise,
            ))),
            Key::Dataset => self.dataset.map_or(Scalar::Absent, Scalar::Data),
            Key::LearningRate => Scalar::Real(
                self.parameters
                    .learning_rate
                    .unwrap_or_else(|| self.parameters.algorithm.default_learning_rate()),
            ),
            Key::Task if self.dataset.is_some() && !self.is_given(Key::Task) => {
                key.read(&Parameters {
                    task: Task::Dataset,
                    ..Parameters::default()
                })
            }
            _ => key.read(&self.parameters),
        }
    }

    pub fn is_given(&self, key: Key) -> bool {
        self.given & key.bit() != 0
    }

    /// Checks the point. The seed is set aside: it is the second value if it was given.
    pub fn finish(
        mut self,
        datasets: &[(String, Dataset)],
    ) -> Result<(ValidParameters, Option<u64>), PointFault> {
        if let Some(number) = self.dataset {
            self.take_sizes(&datasets[number as usize])?;
        }
        let given_seed = self.is_given(Key::Seed).then_some(self.parameters.seed);
        let noise_type = self.noise_type;
        self.parameters.seed = 0;
        let valid = self.parameters.check().map_err(|error| PointFault {
            key: Key::named(error.key).unwrap_or(Key::Algorithm),
            message: combination_message(&error),
        })?;
        match noise_type {
            Some(wanted) if wanted != valid.noise_type() => Err(noise_fault(wanted, &valid)),
            _ => Ok((valid, given_seed)),
        }
    }

    /// A data set decides the task and the three sizes; whoever gave others meant something else.
    fn take_sizes(&mut self, (id, dataset): &(String, Dataset)) -> Result<(), PointFault> {
        if !self.is_given(Key::Task) {
            self.parameters.task = Task::Dataset;
        }
        let sizes = [
            (Key::NSamples, dataset.inputs().nrows()),
            (Key::InputDim, dataset.inputs().ncols()),
            (Key::OutputDim, dataset.targets().ncols()),
        ];
        for (key, size) in sizes {
            let size = Scalar::Whole(size as u64);
            let given = self.get(key);
            if self.is_given(key) && given != size {
                let message = format!(
                    "{} contradicts the data set, which has {}: leave {} out",
                    key.show(given),
                    key.show(size),
                    key.name()
                );
                return Err(PointFault { key, message });
            }
            key.write(&mut self.parameters, size);
        }
        self.parameters.dataset = Some(id.clone());
        Ok(())
    }
}

/// The noise type that amplitudes amount to, before they are checked.
fn carried(update_noise: f64, label_noise: f64) -> NoiseType {
    match (update_noise > 0.0, label_noise > 0.0) {
        (false, false) => NoiseType::None,
        (true, false) => NoiseType::Update,
        (false, true) => NoiseType::Label,
        (true, true) => NoiseType::Both,
    }
}

/// Values are checked one by one where they are read, so what is left is a combination.
fn combination_message(error: &ParameterError) -> String {
    // A data set's value is its hash, which tells the user nothing.
    if error.key == Key::Dataset.name() {
        return error.expected.clone();
    }
    format!("found {}: {}", error.value, error.expected)
}

fn noise_fault(wanted: NoiseType, valid: &ValidParameters) -> PointFault {
    let (update, label) = (valid.update_noise, valid.label_noise);
    let wants_update = matches!(wanted, NoiseType::Update | NoiseType::Both);
    let (name, value) = if wants_update != (update > 0.0) {
        ("update_noise", update)
    } else {
        ("label_noise", label)
    };
    let set = if value > 0.0 { "0" } else { "AMPLITUDE" };
    let message = format!(
        "noise_type {wanted} contradicts {name} {value}: add to `when`: \
         {{if: {{noise_type: {wanted}}}, set: {{{name}: {set}}}}}"
    );
    PointFault {
        key: Key::NoiseType,
        message,
    }
}
