//! Cooperative traffic: aircraft that say where they are explain plots, and so lower the births of new objects there.
//!
//! It clears nothing: no track, no existence and no alert falls because an aircraft says it is there; positions sent in
//! the clear can be forged.

use crate::fuse::body::seconds;
use crate::fuse::motion::offset_km;
use model::{Position, Timestamp, Traffic};

/// An aircraft not heard for so long explains nothing any more, seconds.
const HEARD_S: f64 = 30.0;
/// Most aircraft remembered; the longest silent is forgotten first.
const AIRCRAFT_MAX: usize = 2048;

/// What is known of one aircraft.
#[derive(Debug, Clone, PartialEq)]
struct One {
    identity: u64,
    at: Timestamp,
    position: Position,
    variance_km2: f64,
    velocity_kmps: [f64; 2],
}

/// All aircraft heard lately.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Aircraft(Vec<One>);

impl Aircraft {
    /// Takes an aircraft's word in.
    pub(crate) fn hear(&mut self, traffic: &Traffic, at: Timestamp) {
        #[allow(clippy::cast_possible_truncation)] // A fingerprint.
        let identity = crate::sense::text_print(&traffic.identity).unwrap_or(0) as u64;
        let velocity_kmps = traffic.velocity.map_or([0.0, 0.0], |velocity| velocity.mps.map(|part| part / 1000.0));
        let variance_km2 = traffic.position_sd_km * traffic.position_sd_km;
        let one = One { identity, at, position: traffic.position, variance_km2, velocity_kmps };
        if let Some(known) = self.0.iter_mut().find(|known| known.identity == identity) {
            *known = one;
            return;
        }
        if self.0.len() >= AIRCRAFT_MAX {
            self.forget(at);
        }
        if self.0.len() >= AIRCRAFT_MAX {
            self.0.remove(0);
        }
        self.0.push(one);
    }

    /// Forgets those silent too long.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        self.0.retain(|one| seconds(one.at, now) <= HEARD_S);
    }

    /// Density of plots at `place` that aircraft explain, per km², for a plot of variance `r` (km²).
    pub(crate) fn explains(&self, place: Position, r: f64, now: Timestamp) -> f64 {
        let mut density = 0.0;
        for one in &self.0 {
            let age_s = seconds(one.at, now);
            if (one.position.lat_deg() - place.lat_deg()).abs() > 0.3 || age_s > HEARD_S {
                continue;
            }
            let [e, n] = offset_km(one.position, place);
            let (e, n) = (e - age_s * one.velocity_kmps[0], n - age_s * one.velocity_kmps[1]);
            // What it flies otherwise than it said, and what its clock is off.
            let variance = r + one.variance_km2 + 0.09 + 0.0004 * age_s * age_s;
            let distance = (e * e + n * n) / variance;
            if distance < super::GATE {
                density += libm::exp(-0.5 * distance) / (2.0 * std::f64::consts::PI * variance);
            }
        }
        density
    }
}
