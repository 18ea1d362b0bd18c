//! Worlds, sources and faults from a seed: the test bench of the engine.
//!
//! What comes in: a seed. What goes out: an evening of arrivals (orders, pictures, threat posts, heartbeats), the same
//! on every machine; the same evening with faults; and a small record that numbers, keeps and restarts as the program
//! does. What always holds: no clock and no randomness but the seed's.
//! Scenes of one sensor, and the scores by which a picture is judged, are here too.
//! Deliberately absent: files, any knowledge of text formats.

pub mod chance;
pub mod chaos;
pub mod faults;
pub mod ground;
pub mod land;
pub mod load;
pub mod night;
pub mod record;
pub mod scene;
pub mod score;
pub mod world;
