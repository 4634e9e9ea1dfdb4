//! The snapshots of every activity within a checkpoint.

use super::{CheckpointError, Reader, inconsistent};
use crate::place::Activity;

pub(super) fn save(activities: &[Activity], bytes: &mut Vec<u8>) {
    bytes.extend((activities.len() as u64).to_le_bytes());
    for activity in activities {
        bytes.extend(&activity.present);
        let values = activity.values.iter();
        bytes.extend(values.flat_map(|value| value.to_le_bytes()));
    }
}

/// `sizes` are hidden units and samples.
pub(super) fn restore(
    reader: &mut Reader,
    sizes: (u32, u32),
) -> Result<Vec<Activity>, CheckpointError> {
    let sizes = (sizes.0 as usize, sizes.1 as usize);
    let present_len = Activity::present_len(sizes.0, sizes.1);
    let count = reader.count(present_len)?;
    let activity = |_| {
        let present = reader.bytes(present_len)?;
        let values = reader.bytes(4 * Activity::count(&present))?;
        let (values, _) = values.as_chunks();
        let values = values.iter().map(|value| f32::from_le_bytes(*value));
        Activity::from_parts(sizes, present, values.collect()).ok_or_else(inconsistent)
    };
    (0..count).map(activity).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn activities_come_back() {
        let activities = [
            Activity::new(&array![[0.0, 1.5, 0.0], [2.5, 0.0, 0.25_f32]]),
            Activity::new(&array![[0.0, 0.0, 0.0], [0.0, 0.0, 0.0_f32]]),
        ];
        let mut bytes = Vec::new();
        save(&activities, &mut bytes);
        let mut reader = Reader(&bytes);
        assert_eq!(restore(&mut reader, (2, 3)).unwrap(), activities);
        assert!(reader.0.is_empty());
        // Cut short, and one entry more than there are values.
        assert!(restore(&mut Reader(&bytes[..bytes.len() - 1]), (2, 3)).is_err());
        let mut other = bytes.clone();
        *other.last_mut().unwrap() = 1;
        assert!(restore(&mut Reader(&other), (2, 3)).is_err());
    }
}
