//! The paper's own fits: Figure 3 and Table 3.

use serde::Deserialize;

/// The table, kept as data beside this file; `docs/experiments.md` shows it.
const TABLE: &str = include_str!("table3.csv");

/// A published fit. Its data are not published with the paper.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PublishedFit {
    dataset: String,
    measure: String,
    /// Per time unit of its data set; none where the data are stationary.
    pub slope: Option<f64>,
    /// As printed, such as `<.001`.
    pub p: String,
}

/// The published fit of a measure of a data set, both by their names in the table.
pub(crate) fn published(dataset: &str, measure: &str) -> Option<PublishedFit> {
    table().find(|fit| fit.dataset == dataset && fit.measure == measure)
}

fn table() -> impl Iterator<Item = PublishedFit> {
    let reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(TABLE.as_bytes());
    let rows = reader.into_deserialize();
    rows.map(|row| row.expect("the table kept beside this file is whole"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_the_page_shows_it() {
        let page = include_str!("../../../docs/experiments.md");
        let fits: Vec<PublishedFit> = table().collect();
        assert_eq!(fits.len(), 10);
        for fit in fits {
            assert!(page.contains(&fit.dataset), "{}", fit.dataset);
            if let Some(slope) = fit.slope {
                // Activity falls and information rises wherever anything changes.
                assert_eq!(slope > 0.0, fit.measure == "spatial_information");
                assert!(page.contains(&format!("{slope:+}, {}", fit.p)), "{slope}");
            }
        }
    }

    #[test]
    fn other_data_have_no_published_fit() {
        assert!(
            published("geva2023", "place_cells")
                .unwrap()
                .slope
                .is_none()
        );
        assert!(published("geva2023", "speed").is_none());
    }
}
