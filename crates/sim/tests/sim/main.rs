//! Properties of the engine over many evenings.
//!
//! Each runs over seeds; a failure prints the one command that repeats it: `SEED=7 cargo test -p sim NAME`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bundled;
mod order;
mod truth;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Runs `check` for seeds `0..seeds`, or for the one of the environment variable SEED.
fn over_seeds(name: &str, seeds: u64, check: impl Fn(u64)) {
    let only: Option<u64> = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = only.map_or(0..seeds, |seed| seed..seed + 1);
    for seed in seeds {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(seed))) {
            eprintln!("seed {seed} fails; repeat it with: SEED={seed} cargo test -p sim {name}");
            resume_unwind(panic);
        }
    }
}
