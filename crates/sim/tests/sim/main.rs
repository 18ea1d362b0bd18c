//! Properties of the engine over many evenings.
//!
//! Each runs over seeds; a failure prints the one command that repeats it: `SEED=7 cargo test -p sim NAME`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bundled;
mod consistency;
mod land;
mod load;
mod night;
mod order;
mod picture;
mod scene;
mod score;
mod truth;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Seeds that found a fault once, for every property: 56 (a holder's beginning changed over a restart).
const KEPT: [u64; 1] = [56];

/// Runs `check` for seeds `0..seeds` and those kept, or for the one of the environment variable SEED.
fn over_seeds(name: &str, seeds: u64, check: impl Fn(u64)) {
    let only: Option<u64> = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let all = || (0..seeds).chain(KEPT).collect();
    for seed in only.map_or_else(all, |seed| vec![seed]) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(seed))) {
            eprintln!("seed {seed} fails; repeat it with: SEED={seed} cargo test -p sim {name}");
            resume_unwind(panic);
        }
    }
}
