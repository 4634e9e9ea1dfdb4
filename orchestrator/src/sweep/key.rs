//! The keys that `fixed`, axes, `when` and `exclude` may name: every field of [`Parameters`], and
//! `noise_type`.

use simulation::{
    Algorithm, DataRange, HessianEigenvalues, LabelNoiseDistribution, NoiseType, Parameters,
    Precision, Reductions, Regime, Task, UpdateNoiseTarget,
};

use super::fault::{nearest, quoted};
use super::literal::Literal;

/// A checked value of one key; small and copied freely, because a sweep has millions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar {
    Absent,
    Flag(bool),
    Whole(u64),
    Real(f64),
    /// Which of the key's names, in the order of declaration.
    Choice(u8),
    /// Which of the sweep's data sets.
    Data(u32),
}

/// What values a key takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Flag,
    Whole { max: u64, optional: bool },
    Real { optional: bool },
    Choice(&'static [&'static str]),
    Data,
}

macro_rules! keys {
    ($($variant:ident = $field:ident: $type:ty),+ $(,)?) => {
        /// One key, in the order in which axes multiply: the first varies slowest.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Key {
            $($variant,)+
            NoiseType,
            Dataset,
        }

        impl Key {
            pub const ALL: &[Self] = &[$(Self::$variant,)+ Self::NoiseType, Self::Dataset];

            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($field),)+
                    Self::NoiseType => "noise_type",
                    Self::Dataset => "dataset",
                }
            }

            pub fn kind(self) -> Kind {
                match self {
                    $(Self::$variant => <$type as Field>::KIND,)+
                    Self::NoiseType => <NoiseType as Field>::KIND,
                    Self::Dataset => Kind::Data,
                }
            }

            /// Reads a field; `noise_type` and `dataset` are none.
            pub fn read(self, parameters: &Parameters) -> Scalar {
                match self {
                    $(Self::$variant => parameters.$field.read(),)+
                    Self::NoiseType | Self::Dataset => Scalar::Absent,
                }
            }

            /// Writes a field; `noise_type` and `dataset` are none.
            pub fn write(self, parameters: &mut Parameters, scalar: Scalar) {
                match self {
                    $(Self::$variant => {
                        parameters.$field =
                            Field::from_scalar(scalar).expect("decoding checks the kind");
                    })+
                    Self::NoiseType | Self::Dataset => {}
                }
            }
        }
    };
}

keys! {
    Algorithm = algorithm: Algorithm,
    Task = task: Task,
    Regime = regime: Regime,
    NSamples = n_samples: u32,
    InputDim = input_dim: u32,
    OutputDim = output_dim: u32,
    SmoothingDim = smoothing_dim: Option<u32>,
    HiddenUnits = hidden_units: u32,
    LearningRate = learning_rate: Option<f64>,
    UpdateNoise = update_noise: f64,
    UpdateNoiseOn = update_noise_on: UpdateNoiseTarget,
    LabelNoise = label_noise: f64,
    LabelNoiseDistribution = label_noise_distribution: LabelNoiseDistribution,
    InputNoise = input_noise: f64,
    DataRange = data_range: DataRange,
    HeadingJitter = heading_jitter: bool,
    Steps = steps: u64,
    LinearMeasurements = linear_measurements: u32,
    LogarithmicMeasurements = logarithmic_measurements: u32,
    TrajectoryPoints = trajectory_points: u32,
    UnitActivitySnapshots = unit_activity_snapshots: u32,
    HessianSnapshots = hessian_snapshots: u32,
    HessianEigenvalues = hessian_eigenvalues: HessianEigenvalues,
    HessianCostMax = hessian_cost_max: Option<f64>,
    MeasureOnManifold = measure_on_manifold: bool,
    PlaceSnapshots = place_snapshots: Option<u32>,
    Precision = precision: Precision,
    Reductions = reductions: Reductions,
    Seed = seed: u64,
    DataSeed = data_seed: Option<u64>,
    WeightsSeed = weights_seed: Option<u64>,
}

impl Key {
    /// The key of that name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// All names, to suggest from.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|key| key.name())
    }

    /// The bit of this key in a set of keys.
    pub fn bit(self) -> u64 {
        1 << self as u32
    }

    /// What would be right: the range as [`Parameters::check`] words it.
    pub fn expected(self) -> String {
        match self.kind() {
            Kind::Choice(names) => format!("give one of {}", names.join(", ")),
            Kind::Flag => "give true or false".into(),
            Kind::Data => "give the path of an .npz file".into(),
            Kind::Whole { max, .. } => self.range_fault(Scalar::Whole(max)).unwrap_or_default(),
            Kind::Real { .. } => self
                .range_fault(Scalar::Real(f64::INFINITY))
                .unwrap_or_default(),
        }
    }

    /// What would be right instead of `scalar`, if it is out of range whatever the other keys say.
    fn range_fault(self, scalar: Scalar) -> Option<String> {
        let mut parameters = Parameters::default();
        self.write(&mut parameters, scalar);
        let fault = parameters.check().err()?;
        (fault.key == self.name()).then_some(fault.expected)
    }

    /// Reads a value for this key. The dataset key is not decoded here: its file must be read.
    ///
    /// The error says what was found and what would be right.
    pub fn decode(self, literal: &Literal) -> Result<Scalar, String> {
        let wrong = || format!("found {}: {}", literal.describe(), self.expected());
        let scalar = match self.kind() {
            Kind::Flag => match literal {
                Literal::Flag(value) => Some(Scalar::Flag(*value)),
                _ => None,
            },
            Kind::Whole { optional: true, .. } | Kind::Real { optional: true }
                if *literal == Literal::Null =>
            {
                Some(Scalar::Absent)
            }
            Kind::Whole { max, .. } => literal
                .whole()
                .and_then(|value| u64::try_from(value).ok())
                .filter(|value| *value <= max)
                .map(Scalar::Whole),
            Kind::Real { .. } => literal.real().map(Scalar::Real),
            Kind::Choice(names) => return self.decode_choice(names, literal),
            Kind::Data => None,
        };
        let scalar = scalar.ok_or_else(wrong)?;
        match self.range_fault(scalar) {
            None => Ok(scalar),
            Some(_) => Err(wrong()),
        }
    }

    fn decode_choice(self, names: &[&str], literal: &Literal) -> Result<Scalar, String> {
        let Literal::Text(text) = literal else {
            return Err(format!("found {}: {}", literal.describe(), self.expected()));
        };
        let index = names.iter().position(|name| name == text).ok_or_else(|| {
            let nearest = nearest(text, names)
                .map_or_else(String::new, |name| format!("; did you mean {name}?"));
            format!("found {}: {}{nearest}", quoted(text), self.expected())
        })?;
        Ok(Scalar::Choice(u8::try_from(index).expect("few names")))
    }

    /// A computed number as a value of this key; whole-number keys round to the nearest.
    pub fn of_number(self, number: f64) -> Option<Scalar> {
        match self.kind() {
            Kind::Whole { max, .. } => {
                let rounded = libm::round(number);
                (0.0..=max as f64)
                    .contains(&rounded)
                    .then_some(Scalar::Whole(rounded as u64))
            }
            Kind::Real { .. } => Some(Scalar::Real(number)),
            Kind::Flag | Kind::Choice(_) | Kind::Data => None,
        }
    }

    /// The value as a sweep file writes it.
    pub fn show(self, scalar: Scalar) -> String {
        match (scalar, self.kind()) {
            (Scalar::Choice(index), Kind::Choice(names)) => names[usize::from(index)].into(),
            (Scalar::Flag(value), _) => value.to_string(),
            (Scalar::Whole(value), _) => value.to_string(),
            (Scalar::Real(value), _) => value.to_string(),
            (Scalar::Data(index), _) => format!("data set {index}"),
            (Scalar::Absent | Scalar::Choice(_), _) => "null".into(),
        }
    }
}

impl Scalar {
    /// A noise type as a value of the key `noise_type`.
    pub fn of_noise_type(noise_type: NoiseType) -> Self {
        noise_type.read()
    }

    /// Back from [`Scalar::of_noise_type`].
    pub fn noise_type(self) -> Option<NoiseType> {
        NoiseType::from_scalar(self)
    }
}

/// A field of [`Parameters`] as a [`Scalar`].
trait Field {
    const KIND: Kind;
    fn read(&self) -> Scalar;
    /// `None` when the scalar is of another kind, which decoding has ruled out.
    fn from_scalar(scalar: Scalar) -> Option<Self>
    where
        Self: Sized;
}

macro_rules! plain_field {
    ($type:ty, $kind:expr, $variant:ident) => {
        impl Field for $type {
            const KIND: Kind = $kind;
            fn read(&self) -> Scalar {
                Scalar::$variant((*self).into())
            }
            fn from_scalar(scalar: Scalar) -> Option<Self> {
                match scalar {
                    Scalar::$variant(value) => value.try_into().ok(),
                    _ => None,
                }
            }
        }
    };
}

plain_field!(bool, Kind::Flag, Flag);
plain_field!(f64, Kind::Real { optional: false }, Real);
plain_field!(
    u32,
    Kind::Whole {
        max: u32::MAX as u64,
        optional: false
    },
    Whole
);
plain_field!(
    u64,
    Kind::Whole {
        max: u64::MAX,
        optional: false
    },
    Whole
);

macro_rules! optional_field {
    ($type:ty, $kind:expr) => {
        impl Field for Option<$type> {
            const KIND: Kind = $kind;
            fn read(&self) -> Scalar {
                self.as_ref().map_or(Scalar::Absent, Field::read)
            }
            fn from_scalar(scalar: Scalar) -> Option<Self> {
                match scalar {
                    Scalar::Absent => Some(None),
                    _ => <$type>::from_scalar(scalar).map(Some),
                }
            }
        }
    };
}

optional_field!(f64, Kind::Real { optional: true });
optional_field!(
    u32,
    Kind::Whole {
        max: u32::MAX as u64,
        optional: true
    }
);
optional_field!(
    u64,
    Kind::Whole {
        max: u64::MAX,
        optional: true
    }
);

macro_rules! choice_field {
    ($($type:ident),+) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::Choice(&{
                let mut names = [""; $type::ALL.len()];
                let mut index = 0;
                while index < names.len() {
                    names[index] = $type::ALL[index].name();
                    index += 1;
                }
                names
            });
            fn read(&self) -> Scalar {
                Scalar::Choice(*self as u8)
            }
            fn from_scalar(scalar: Scalar) -> Option<Self> {
                match scalar {
                    Scalar::Choice(index) => Self::ALL.get(usize::from(index)).copied(),
                    _ => None,
                }
            }
        }
    )+};
}

choice_field!(
    Algorithm,
    Task,
    Regime,
    NoiseType,
    UpdateNoiseTarget,
    LabelNoiseDistribution,
    DataRange,
    HessianEigenvalues,
    Precision,
    Reductions
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_parameters_has_a_key() {
        let fields = serde_json::to_value(Parameters::default()).unwrap();
        let fields = fields.as_object().unwrap();
        for name in fields.keys() {
            assert!(Key::named(name).is_some(), "{name} has no key");
        }
        // The one more is noise_type, which Parameters derives from the amplitudes.
        assert_eq!(Key::ALL.len(), fields.len() + 1);
        assert!(Key::ALL.len() <= 64, "a set of keys is 64 bits");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for &key in Key::ALL {
            let mut parameters = Parameters::default();
            let value = key.read(&parameters);
            key.write(&mut parameters, value);
            assert_eq!(parameters, Parameters::default(), "{}", key.name());
        }
    }

    #[test]
    fn expectations_are_those_of_the_check() {
        for &key in Key::ALL {
            assert!(
                key.expected().starts_with("give "),
                "{}: {}",
                key.name(),
                key.expected()
            );
        }
        assert_eq!(
            Key::NSamples.expected(),
            "give a whole number from 1 to 1000"
        );
    }
}
