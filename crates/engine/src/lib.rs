//! The heart: sense, fuse, forecast, warn, and the relay of official alerts, in one pure function over events.
//!
//! What comes in: [`model::Event`]s in the order of the record. What goes out: [`model::Decision`]s, and the
//! [`model::Picture`] of the instant. What always holds:
//!   the same events give the same decisions, byte for byte, on any machine
//!   `step(Tick(t1)); step(Tick(t2))` equals `step(Tick(t2))` when the first decided nothing
//!   an official alert ends only when each of its holders ended it by explicit word
//!   a fault, a stale source or a lost track ends no alert
//! Deliberately absent: a clock, files, network, randomness, async, unordered maps, the platform's libm.
//!
//! How it works: `docs/internals/engine.md`, `tracker.md`, `forecast.md`.

mod alerts;
mod came_in;
pub mod config;
mod courses;
mod extent;
mod faults;
mod forecast;
mod fuse;
mod ground;
mod open;
mod out;
mod pace;
mod relay;
mod rival;
pub mod scene;
mod sense;
mod sensor;
mod sources;
mod step;
mod view;
pub mod warn;

pub use came_in::{CameIn, Counting};
pub use config::{Config, ConfigError, Mode, SourceProfile};
pub use courses::{Cell, Courses, SECTORS};
pub use rival::Rival;
pub use sensor::SensorModel;
pub use step::Engine;
pub use warn::{PEOPLE_UNKNOWN, Policy, PolicyError};
