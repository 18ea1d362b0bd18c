//! What official sources order in a night: raions near what flies, told late and ended late.

use super::fleet::Flier;
use super::units::{Units, on_sphere};
use model::{AlertLevel, Code, ThreatKind};
use std::collections::BTreeMap;

/// Raions under alert, with their level and since which second.
pub(super) type Alarmed = BTreeMap<Code, (AlertLevel, i64)>;

/// The orders as they stand at one instant: they follow what is within reach, and fall two minutes after it has gone.
pub(super) fn orders(
    alarmed: &mut Alarmed,
    last: &mut BTreeMap<Code, i64>,
    second: i64,
    fliers: &[Flier],
    units: &Units,
) {
    // Somebody must see it first.
    let seen_s = second - 90;
    for (flier, at) in fliers.iter().filter_map(|flier| flier.at(seen_s).map(|at| (flier, on_sphere(at)))) {
        let slow = matches!(flier.kind, ThreatKind::Uav | ThreatKind::ReconUav);
        let (near_km, level) = if slow { (30.0, AlertLevel::Yellow) } else { (90.0, AlertLevel::Red) };
        for unit in &units.all {
            let reach_km = near_km + unit.radius_km;
            if unit.away2(at) < reach_km * reach_km {
                last.insert(unit.raion, second);
                let held = alarmed.entry(unit.raion).or_insert((level, second));
                held.0 = held.0.max(level);
            }
        }
    }
    alarmed.retain(|raion, _| last.get(raion).is_some_and(|&at| second - at <= 120));
}
