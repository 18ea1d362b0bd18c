//! Exit codes, named. The page is docs/reference/exit-codes.md.

use std::process::ExitCode;

/// Everything was done and accepted.
pub const DONE: u8 = 0;
/// Something failed; standard error says what.
pub const FAILED: u8 = 1;
/// The command line was not understood (clap's own code).
pub const USAGE: u8 = 2;
/// The input was read, and part of it was refused; standard error names place and reason.
pub const REFUSED: u8 = 3;
/// A verification found something wrong.
pub const UNVERIFIED: u8 = 4;
/// The configuration was refused.
pub const CONFIG: u8 = 5;

/// A code as the process returns it.
pub fn code(code: u8) -> ExitCode {
    ExitCode::from(code)
}
