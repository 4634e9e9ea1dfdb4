//! `driftsweep report`: the paper's figures, drawn from the user's runs.
//!
//! Each figure has a file that turns the answers of statements into a [`figure::Figure`]: panels,
//! caption, numbers beside the paper's, claims, and the statements themselves. How it is drawn is
//! decided elsewhere: `page` for a browser, `print` for a paper.

mod attrition;
mod author_response;
mod census;
mod chart;
mod claim;
mod curve;
pub(crate) mod figure;
mod figure_2;
mod figure_2d;
mod figure_4a;
mod figure_4b;
mod figure_4c;
mod figure_5a;
mod figure_5b;
mod figure_5c;
mod figure_5d;
mod figure_5s1;
mod group;
mod page;
mod print;
mod rows;
mod scan;
mod table_1;
mod validation;
mod words;

pub(crate) use page::page;
pub(crate) use print::write as print;
pub(crate) use rows::Column;
pub(crate) use validation::Reference;
pub(crate) use words::listed;

use shared::{Answer, ReportView, Snapshot, Store, StoreError};

use attrition::Attrition;
use census::Census;
use claim::Claim;
use figure::{Drawn, Figure};

/// Everything that a report says, of one moment.
pub(crate) struct Report {
    sweeps: Vec<String>,
    attrition: Attrition,
    /// In the paper's order.
    figures: Vec<Drawn>,
}

impl Report {
    /// Reads what the sweeps have, and stands it beside a published table if there is one.
    pub async fn read(
        store: &Store,
        sweeps: &[String],
        reference: Option<&Reference>,
    ) -> Result<Self, StoreError> {
        let mut reader = Reader::begin(store, sweeps).await?;
        let attrition = reader.everywhere(ReportView::Attrition).await?;
        let phases = reader.everywhere(ReportView::Phases).await?;
        let paths = reader.everywhere(ReportView::ValleyPaths).await?;
        let [movement, valley] = figure_5a::draw(&paths);
        let scan = reader.everywhere(ReportView::NoiseScan).await?;

        let mut figures = vec![table_1::draw(&phases), movement];
        figures.extend(reader.figure_2().await?);
        figures.extend(reader.figure_4(&scan).await?);
        figures.extend([valley, figure_5b::draw(&scan)]);
        figures.extend(reader.figure_5().await?);
        if let Some(reference) = reference {
            let runs = reader.everywhere(ReportView::ReferenceRuns).await?;
            figures.extend(validation::draw(reference, &runs));
        }
        reader.snapshot.end().await?;
        Ok(Self {
            sweeps: sweeps.to_vec(),
            attrition: Attrition::of(&attrition),
            figures,
        })
    }

    /// What the paper says of these figures, and whether the runs say it too.
    pub fn claims(&self) -> impl Iterator<Item = (&Figure, &Claim)> {
        self.drawn()
            .flat_map(|figure| figure.claims.iter().map(move |claim| (figure, claim)))
    }

    /// The figures that could be drawn.
    pub fn drawn(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter_map(|drawn| match drawn {
            Drawn::Figure(figure) => Some(figure.as_ref()),
            Drawn::Missing(_) => None,
        })
    }
}

/// Reads for one figure after the other, all from one state of the database.
struct Reader<'a> {
    snapshot: Snapshot,
    sweeps: &'a [String],
    census: Census,
}

impl<'a> Reader<'a> {
    async fn begin(store: &Store, sweeps: &'a [String]) -> Result<Self, StoreError> {
        let mut snapshot = store.snapshot(sweeps).await?;
        let census = snapshot.report(ReportView::Census, sweeps).await?;
        Ok(Self {
            snapshot,
            sweeps,
            census: Census::of(sweeps, &census),
        })
    }

    /// Over all sweeps: the statement itself picks the runs of its task.
    async fn everywhere(&mut self, view: ReportView) -> Result<Answer, StoreError> {
        self.snapshot.report(view, self.sweeps).await
    }

    /// 2B to 2E.
    async fn figure_2(&mut self) -> Result<Vec<Drawn>, StoreError> {
        let curves = self.everywhere(ReportView::CorridorCurves).await?;
        let place_code = self.everywhere(ReportView::CorridorPlaceCode).await?;
        let rate_maps = self.everywhere(ReportView::CorridorRateMaps).await?;
        let correlations = self.everywhere(ReportView::CorridorCorrelations).await?;
        let parameters = self.everywhere(ReportView::CorridorParameters).await?;
        let mut figures: Vec<Drawn> = figure_2::draw(&curves, &parameters, &place_code).into();
        figures.extend(figure_2d::draw(&rate_maps, &correlations));
        Ok(figures)
    }

    /// 4A, its supplement, 4B and 4C.
    async fn figure_4(&mut self, scan: &Answer) -> Result<Vec<Drawn>, StoreError> {
        let chosen = self.census.of_algorithms();
        let curves = self.snapshot.report(ReportView::Curves, &chosen).await?;
        let finals = self.snapshot.report(ReportView::Finals, &chosen).await?;
        let mut figures: Vec<Drawn> = figure_4a::draw(&curves, &finals).into();
        figures.push(figure_4b::draw(scan));
        let ring = self.everywhere(ReportView::RingCurves).await?;
        let representations = self.everywhere(ReportView::RingCorrelations).await?;
        figures.push(figure_4c::draw(&ring, &representations));
        Ok(figures)
    }

    /// 5C, 5D, the supplement and the authors' response.
    async fn figure_5(&mut self) -> Result<Vec<Drawn>, StoreError> {
        let eigenvalues = self.everywhere(ReportView::Eigenvalues).await?;
        let chosen = self.census.of_both_noises();
        let example = self
            .snapshot
            .report(ReportView::TraceExample, &chosen)
            .await?;
        let curves = self
            .snapshot
            .report(ReportView::ComparisonCurves, &chosen)
            .await?;
        let spectra = self
            .snapshot
            .report(ReportView::ComparisonSpectra, &chosen)
            .await?;
        let finals = self.snapshot.report(ReportView::Finals, &chosen).await?;
        let correlations = self
            .snapshot
            .report(ReportView::ComparisonCorrelations, &chosen)
            .await?;
        let place_code = self
            .snapshot
            .report(ReportView::ComparisonPlaceCode, &chosen)
            .await?;
        Ok(vec![
            figure_5c::draw(&eigenvalues),
            figure_5d::draw(&example),
            figure_5s1::draw(&curves, &spectra, &finals),
            author_response::draw(&correlations, &place_code),
        ])
    }
}
