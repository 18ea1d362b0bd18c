//! Earlier nights: where the engine first believed in something and how that flew on, in nights of the same kind.
//!
//! What comes in: a scenario and the seeds of its earlier nights. What goes out: where things came in then, as a centre knows it
//! from its own record. What always holds: it is what the engine made of what sources said; truth has no part in it.
//! Deliberately absent: policies, officers and scores.

use super::fleet::fleet;
use super::scenario::Scenario;
use super::tell::{Told, config, tell};
use super::units::Units;
use crate::world::BEGIN;
use engine::{CameIn, Counting, Engine, Policy};
use model::{AreaSet, Event, EventBody, EventId};

/// Milliseconds between two looks.
const LOOK_MS: i64 = 60_000;

/// Where things came in and how they flew on in one earlier night.
pub fn came_in(scenario: &Scenario, seed: u64, areas: &'static AreaSet, units: &Units) -> CameIn {
    let fliers = fleet(scenario, seed, areas, units);
    let mut engine = Engine::new(config(scenario, seed, Policy::default(), areas, units), areas).loud();
    let (mut next, mut decisions, mut counting) = (0, Vec::new(), Counting::default());
    for Told { arrival, .. } in tell(scenario, seed, &fliers, areas, units) {
        let event = Event { id: EventId(next), at: arrival.at, body: arrival.body };
        engine.step(&event, &mut decisions);
        next += 1 + decisions.len() as u64;
        decisions.clear();
        if event.body == EventBody::Tick && event.at.ms_since(BEGIN) % LOOK_MS == 0 {
            counting.look(&engine.picture(), areas);
        }
    }
    counting.done()
}
