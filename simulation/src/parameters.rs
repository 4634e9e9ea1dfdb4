//! What one simulation is: its parameters, unchecked ([`Parameters`]) and checked
//! ([`ValidParameters`]). Only the latter can be simulated.

use std::io::{self, Write};
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use serde_json::ser::Formatter;

mod check;
mod choice;
mod model;

pub use check::ParameterError;
pub use choice::{
    Algorithm, DataRange, HessianEigenvalues, LabelNoiseDistribution, NoiseType, Precision,
    Reductions, Regime, Task, UpdateNoiseTarget,
};
pub(crate) use model::Model;

/// The parameters of one job. The key of a field in a sweep file is its name.
///
/// Defaults are those of the paper's "random" simulations where it states one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    /// Learning algorithm (paper, Table 2).
    pub algorithm: Algorithm,
    /// Where inputs and targets come from (paper, Methods; `dataset` for the user's own).
    pub task: Task,
    /// Scale of the initial output weights: standard deviation sqrt(2/hidden) (rich) or 2/hidden (lazy).
    pub regime: Regime,
    /// Number of samples; every step uses all of them. 1 to 1000.
    pub n_samples: u32,
    /// Size of an input. 1 to 1000. The corridor sets it itself (17 rays and one action).
    pub input_dim: u32,
    /// Size of a target. 1 to 1000. Predictive and autoencoder tasks take the input's size.
    pub output_dim: u32,
    /// Smoothed tasks: data are smoothed along their features with standard deviation `smoothing_dim / 5`;
    /// when absent, `output_dim / 5`. 1 to 1000. Other tasks drop it. The published smoothed autoencoders,
    /// whose `output_dim` is their `input_dim`, were smoothed with a nominal output size of their own.
    pub smoothing_dim: Option<u32>,
    /// Number of hidden units. 1 to 10000.
    pub hidden_units: u32,
    /// Learning rate; when absent 0.1 (sgd), 0.001 (adam), 0.95 (sed), 0.02 (similarity_matching).
    pub learning_rate: Option<f64>,
    /// Standard deviation of the Gaussian noise added to every entry of the gradient; for
    /// similarity_matching that of the noise on every weight, over the square root of the learning rate.
    pub update_noise: f64,
    /// What update noise is added to: the gradient (published code) or the weights (paper, Equation 4).
    pub update_noise_on: UpdateNoiseTarget,
    /// Full width of the uniform noise on the targets, or the standard deviation if it is Gaussian.
    pub label_noise: f64,
    /// Distribution of label noise: uniform (published code) or Gaussian (paper, Equation 7).
    pub label_noise_distribution: LabelNoiseDistribution,
    /// Standard deviation of the Gaussian noise on the inputs, fresh every step.
    pub input_noise: f64,
    /// Range of generated inputs and targets: [0, 1) or [-1, 1).
    pub data_range: DataRange,
    /// Whether the corridor's agent changes its heading at random (paper) or not (published data).
    pub heading_jitter: bool,
    /// Length of the run, in full-batch updates.
    pub steps: u64,
    /// Evenly spaced measurements, the first after step 1, the last after the last step.
    /// Never more than `steps`. Final values average the last ten but one (published summary).
    pub linear_measurements: u32,
    /// Logarithmically spaced measurements, beside the even ones.
    pub logarithmic_measurements: u32,
    /// How many of the measurements are kept as rows of `trajectory`.
    pub trajectory_points: u32,
    /// Evenly spaced snapshots of every unit's activity; 0 keeps none.
    pub unit_activity_snapshots: u32,
    /// Evenly spaced snapshots of the spectrum of the loss's Hessian, as many as in the paper unless given; 0
    /// takes none. With 100 units all live and 5 / 10 / 20 samples the eigenvalues of one cost about
    /// 0.01 / 0.1 / 1 s, with a fifth live 1 % of it.
    pub hessian_snapshots: u32,
    /// Whether the eigenvalues themselves are kept, or only what they amount to.
    pub hessian_eigenvalues: HessianEigenvalues,
    /// Most that eigenvalues may cost, as a share of the training; none for no limit. Snapshots that summaries
    /// are made of have them first, and every snapshot has the trace. Costs are counted, never timed.
    pub hessian_cost_max: Option<f64>,
    /// Whether metrics are taken of a copy that has descended to the manifold of least loss without noise,
    /// instead of the network as it is. The run itself goes on where it was.
    pub measure_on_manifold: bool,
    /// Evenly spaced snapshots of the place code (tuning, rate maps, correlations of every pair); 0 takes none.
    /// When absent 51 in the corridor (as in the paper), 21 in the abstract predictive task, else 0. At most
    /// 500, and at most 20 million activities in all of them.
    pub place_snapshots: Option<u32>,
    /// Arithmetic of the training loop. f64 is needed only for losses below 1e-13 of var(y).
    pub precision: Precision,
    /// Whether the f32 engine may use reductions that are exact in distribution.
    pub reductions: Reductions,
    /// Identity (SHA-256) of the user's data set; set by `dataset: file.npz` in a sweep file.
    pub dataset: Option<String>,
    /// Seed of the job. Every random stream derives from it. Below 2^63.
    pub seed: u64,
    /// Replaces `seed` for the stream that makes inputs and targets.
    pub data_seed: Option<u64>,
    /// Replaces `seed` for the stream that makes initial weights.
    pub weights_seed: Option<u64>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::Sgd,
            task: Task::Random,
            regime: Regime::Rich,
            n_samples: 10,
            input_dim: 10,
            output_dim: 10,
            smoothing_dim: None,
            hidden_units: 100,
            learning_rate: None,
            update_noise: 0.0,
            update_noise_on: UpdateNoiseTarget::Gradient,
            label_noise: 0.0,
            label_noise_distribution: LabelNoiseDistribution::Uniform,
            input_noise: 0.0,
            data_range: DataRange::Symmetric,
            heading_jitter: true,
            steps: 1_000_000,
            linear_measurements: 10_000,
            logarithmic_measurements: 0,
            trajectory_points: 200,
            unit_activity_snapshots: 0,
            hessian_snapshots: 101,
            hessian_eigenvalues: HessianEigenvalues::None,
            hessian_cost_max: Some(0.2),
            measure_on_manifold: false,
            place_snapshots: None,
            precision: Precision::F32,
            reductions: Reductions::Auto,
            dataset: None,
            seed: 0,
            data_seed: None,
            weights_seed: None,
        }
    }
}

impl Parameters {
    /// Checks every value against its range and fills in what other values decide: the learning
    /// rate's default, the sizes that a task sets itself.
    ///
    /// # Errors
    /// The first value out of range, by key, with what would be right.
    pub fn check(self) -> Result<ValidParameters, ParameterError> {
        check::check(self).map(ValidParameters)
    }
}

/// Checked parameters: every value in range, every default filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidParameters(Parameters);

impl std::ops::Deref for ValidParameters {
    type Target = Parameters;

    fn deref(&self) -> &Parameters {
        &self.0
    }
}

impl ValidParameters {
    /// The learning rate, given or default.
    pub fn learning_rate(&self) -> f64 {
        self.0
            .learning_rate
            .unwrap_or_else(|| self.0.algorithm.default_learning_rate())
    }

    /// Snapshots of the place code, given or default.
    pub fn place_snapshots(&self) -> u32 {
        self.0
            .place_snapshots
            .unwrap_or_else(|| check::default_place_snapshots(&self.0))
    }

    /// Which of the two studied noises the run carries.
    pub fn noise_type(&self) -> NoiseType {
        match (self.0.update_noise > 0.0, self.0.label_noise > 0.0) {
            (false, false) => NoiseType::None,
            (true, false) => NoiseType::Update,
            (false, true) => NoiseType::Label,
            (true, true) => NoiseType::Both,
        }
    }

    /// Number of parameters of the network: hidden (input + output + 1).
    pub fn parameter_count(&self) -> u64 {
        u64::from(self.0.hidden_units)
            * (u64::from(self.0.input_dim) + u64::from(self.0.output_dim) + 1)
    }

    /// Canonical JSON: keys sorted, those at their default left out, so that a key added by a later
    /// version changes no identity. Together with [`crate::MODEL_VERSION`] it identifies the job.
    pub fn canonical_json(&self) -> String {
        static DEFAULTS: LazyLock<String> = LazyLock::new(|| lines(&Parameters::default()));
        let own = lines(&self.0);
        let pairs = own.lines().zip(DEFAULTS.lines());
        let mut kept: Vec<&str> = pairs
            .filter(|(own, default)| own != default)
            .map(|(own, _)| own)
            .collect();
        kept.sort_unstable();
        format!("{{{}}}", kept.join(","))
    }

    /// Gives the unchecked form back, to derive other parameters from it.
    pub fn into_inner(self) -> Parameters {
        self.0
    }
}

/// Every parameter as `"key":value` on a line of its own, in the order of the struct. A map of values would do as well;
/// but sweeps of a million jobs ask for millions of these texts.
fn lines(parameters: &Parameters) -> String {
    let mut text = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut text, Lines);
    parameters
        .serialize(&mut serializer)
        .expect("parameters are plain data");
    String::from_utf8(text).expect("JSON is UTF-8")
}

/// A flat object without braces, its entries parted by line breaks, which JSON escapes wherever else they occur.
struct Lines;

impl Formatter for Lines {
    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b"\n") }
    }
}
