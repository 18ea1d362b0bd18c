//! The commands, one file each. A command reads its arguments, does its work, and says how it ended.

pub mod areas;
pub mod bench;
pub mod cap;
pub mod cbs;
pub mod claims;
pub mod decode;
mod entries;
pub mod exit;
pub mod import;
mod lines;
pub mod openapi;
mod parquet;
pub mod record;
pub mod replay;
pub mod report;
pub mod run;
pub mod simulate;
pub mod siren_sim;
pub mod track;
pub mod why;
