//! The rules that can be left out, one at a time, to see whether schedules notice.

/// A rule that can be left out, to see whether a schedule notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    ClaimRaisesEpoch,
    CompleteChecksEpoch,
    HeartbeatChecksEpoch,
    FailRaisesEpoch,
    ReleaseRaisesEpoch,
    RetryKeepsEpoch,
    ReapChecksLease,
    ReapHappens,
    LateFinisherIsAdopted,
    CompleteIsIdempotent,
    TicketNamesWorker,
}

impl Guard {
    pub const ALL: [Self; 11] = [
        Self::ClaimRaisesEpoch,
        Self::CompleteChecksEpoch,
        Self::HeartbeatChecksEpoch,
        Self::FailRaisesEpoch,
        Self::ReleaseRaisesEpoch,
        Self::RetryKeepsEpoch,
        Self::ReapChecksLease,
        Self::ReapHappens,
        Self::LateFinisherIsAdopted,
        Self::CompleteIsIdempotent,
        Self::TicketNamesWorker,
    ];
}
