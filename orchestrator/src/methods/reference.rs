//! What a methods section cites.

use super::Paragraph;

/// A work, as it is cited in the text and listed at the end.
#[derive(Debug, PartialEq)]
pub(crate) struct Reference {
    /// Key in LaTeX.
    pub key: &'static str,
    pub short: &'static str,
    pub full: &'static str,
}

/// The paper whose simulations these are.
pub(super) const PAPER: Reference = Reference {
    key: "ratzon2024",
    short: "Ratzon, Derdikman & Barak, 2024",
    full: "Ratzon A, Derdikman D, Barak O (2024). Representational drift as a result of implicit \
           regularization. eLife 12:RP90069.",
};

/// Where the similarity matching networks come from.
pub(super) const SIMILARITY_MATCHING: Reference = Reference {
    key: "qin2023",
    short: "Qin et al., 2023",
    full: "Qin S, Farashahi S, Lipshutz D, Sengupta AM, Chklovskii DB, Pehlevan C (2023). Coordinated drift \
           of receptive fields in Hebbian/anti-Hebbian network models during noisy representation learning. \
           Nature Neuroscience 26:339-349.",
};

/// This program.
pub(super) const DRIFTSWEEP: Reference = Reference {
    key: "driftsweep",
    short: "driftsweep",
    full: concat!(
        "The driftsweep authors. driftsweep: sweeps of small noisy networks, version ",
        env!("CARGO_PKG_VERSION"),
        "."
    ),
};

/// Every work cited, once, in the order of the text.
pub(super) fn cited(paragraphs: &[Paragraph]) -> Vec<&'static Reference> {
    let mut cited: Vec<&'static Reference> = Vec::new();
    for cite in paragraphs.iter().flat_map(|paragraph| &paragraph.cites) {
        if !cited.contains(cite) {
            cited.push(cite);
        }
    }
    cited
}
