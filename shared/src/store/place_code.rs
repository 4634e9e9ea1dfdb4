//! A place code as rows of its four tables.

use simulation::{PlaceBin, PlaceCorrelation, PlaceSnapshot, RateMap};

use super::result_rows::number;
use super::value::{Argument, arguments};

pub(super) fn bin_row(bin: &PlaceBin) -> Vec<Argument> {
    arguments![bin.bin, number(bin.position), number(Some(bin.occupancy)),]
}

pub(super) fn place_row(snapshot: &PlaceSnapshot) -> Vec<Argument> {
    arguments![
        snapshot.step.cast_signed(),
        number(snapshot.mean_spatial_information),
        snapshot.place_cells,
    ]
}

pub(super) fn pair_row(pair: &PlaceCorrelation) -> Vec<Argument> {
    arguments![
        pair.step.cast_signed(),
        pair.other_step.cast_signed(),
        number(pair.rate_maps),
        number(pair.population_vectors),
    ]
}

pub(super) fn map_row(map: &RateMap) -> Vec<Argument> {
    let rates = serde_json::to_string(&map.rates).expect("numbers are JSON");
    arguments![
        map.step.cast_signed(),
        map.unit,
        number(Some(map.spatial_information)),
        rates,
    ]
}
