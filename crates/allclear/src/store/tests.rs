//! The store proved on temporary directories.

mod fixture;
mod life;
mod refuse;
mod tamper;
