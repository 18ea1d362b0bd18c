//! What a sensor believes it saw: shares over the kinds.

use super::check::in_range;
use super::error::MeasurementError;
use crate::threat::ThreatKind;
use serde::{Deserialize, Serialize};

/// Most shares: one for each kind.
pub const KIND_SHARES_MAX: usize = 12;

/// One kind and its share, up to a common factor: a likelihood, not a belief.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KindShare {
    /// Which kind.
    pub kind: ThreatKind,
    /// Above 0, at most 1.
    pub share: f64,
}

pub(super) fn check(shares: &[KindShare]) -> Result<(), MeasurementError> {
    if shares.len() > KIND_SHARES_MAX {
        return Err(MeasurementError::TooMany { field: "kinds", found: shares.len(), most: KIND_SHARES_MAX });
    }
    for (n, one) in shares.iter().enumerate() {
        in_range("kinds.share", one.share, 1e-9, 1.0)?;
        if shares.iter().take(n).any(|other| other.kind == one.kind) {
            return Err(MeasurementError::KindTwice { kind: format!("{:?}", one.kind) });
        }
    }
    Ok(())
}

/// The shares of a kind told outright; none for [`ThreatKind::Unknown`], which says nothing.
pub fn shares_of(kind: ThreatKind) -> Vec<KindShare> {
    if kind == ThreatKind::Unknown { Vec::new() } else { vec![KindShare { kind, share: 1.0 }] }
}
