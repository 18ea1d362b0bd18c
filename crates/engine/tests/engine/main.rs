//! The engine from outside: events in, decisions and pictures out.
//!
//! What comes in: small hand-made worlds. What always holds: see the name of each test.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod due;
mod life;
mod officer;
mod policy;
mod relay;
mod scene;
mod sensors;
mod sky;
mod warn;
mod world;
