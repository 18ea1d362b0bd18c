//! CAP from outside: bytes in, findings and messages out.
//!
//! What comes in: a good message, the same with one thing changed, hostile bytes, and, where they lie beside the checkout,
//! messages of real services. What always holds: see the name of each test.
#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod good;
mod hostile;
mod mutants;
mod profile;
mod roundtrip;
mod samples;
mod sign;
