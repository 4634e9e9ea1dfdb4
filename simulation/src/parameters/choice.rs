//! Parameters that choose one of a few names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares an enum whose variants have fixed names in sweep files, SQL and JSON.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every choice, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name used in sweep files, SQL and JSON.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

choice! {
    /// Learning algorithm.
    Algorithm {
        /// Full-batch gradient descent; the noise makes it stochastic.
        Sgd = "sgd",
        /// Adam with the usual constants (0.9, 0.999, 1e-8), bias-corrected.
        Adam = "adam",
        /// Stochastic error descent (Cauwenberghs 1993): a random perturbation, weighted by what it did to the loss.
        Sed = "sed",
        /// Similarity matching by Hebbian and anti-Hebbian plasticity (Qin et al. 2023), on the ring.
        SimilarityMatching = "similarity_matching",
    }
}

impl Algorithm {
    /// The published learning rate: 0.1, 0.001, the middle of SED's 0.9 to 1.0, and 0.02.
    pub fn default_learning_rate(self) -> f64 {
        match self {
            Self::Sgd => 0.1,
            Self::Adam => 1e-3,
            Self::Sed => 0.95,
            Self::SimilarityMatching => 0.02,
        }
    }
}

choice! {
    /// The learning problem.
    Task {
        /// Independent uniform inputs and targets.
        Random = "random",
        /// The same, smoothed along samples and features.
        Smoothed = "smoothed",
        /// Predict the next view of a random scene.
        Predictive = "predictive",
        /// Reproduce random inputs.
        RandomAutoencoder = "random_autoencoder",
        /// Reproduce smoothed inputs.
        SmoothedAutoencoder = "smoothed_autoencoder",
        /// Predict the next view in a corridor (paper, Figure 2).
        PredictiveTrack = "predictive_track",
        /// The user's own inputs and targets.
        Dataset = "dataset",
        /// Represent points of a circle (paper, Figure 4C).
        Ring = "ring",
        /// No network: a walker in the valley (x y)^2, which noise drives to its flat side (paper, Figure 5A).
        NarrowingValley = "narrowing_valley",
        /// The same in a valley that is as steep everywhere, where noise drives nowhere.
        FlatValley = "flat_valley",
    }
}

choice! {
    /// Scale of the initial output weights.
    Regime {
        /// Standard deviation 2/hidden: the smaller one (the authors' names are kept).
        Lazy = "lazy",
        /// Standard deviation sqrt(2/hidden).
        Rich = "rich",
    }
}

choice! {
    /// Which of the studied noises a run carries; follows from the amplitudes.
    NoiseType {
        /// Noise on the update.
        Update = "update",
        /// Noise on the targets.
        Label = "label",
        /// Neither.
        None = "none",
        /// Both at once (never in the paper).
        Both = "both",
    }
}

choice! {
    /// What update noise is added to.
    UpdateNoiseTarget {
        /// The gradient, before the optimizer: the parameters move by learning rate times noise.
        Gradient = "gradient",
        /// The parameters themselves, after the step.
        Weights = "weights",
    }
}

choice! {
    /// Distribution of label noise.
    LabelNoiseDistribution {
        /// Uniform; the amplitude is the full width.
        Uniform = "uniform",
        /// Gaussian; the amplitude is the standard deviation.
        Gaussian = "gaussian",
    }
}

choice! {
    /// Range of generated inputs and targets.
    DataRange {
        /// [0, 1)
        Unit = "unit",
        /// [-1, 1)
        Symmetric = "symmetric",
    }
}

choice! {
    /// What is kept of a spectrum's eigenvalues.
    HessianEigenvalues {
        /// Counts and sums.
        None = "none",
        /// These, and every eigenvalue that is not known to be zero.
        All = "all",
    }
}

choice! {
    /// Arithmetic of the training loop.
    Precision {
        /// Single precision, vectorized.
        F32 = "f32",
        /// Double precision, plain loops: the reference.
        F64 = "f64",
    }
}

choice! {
    /// Whether the f32 engine may use reductions that are exact in distribution.
    Reductions {
        /// Whichever pay for these sizes.
        Auto = "auto",
        /// None: every weight of every unit is updated at every step.
        Off = "off",
    }
}
