//! Why a measurement was refused.

/// The text fits after "failed to".
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MeasurementError {
    /// A number is not finite or not in its range.
    #[error("accept {field} = {value}: expected a number from {low} to {high}")]
    Range {
        /// Which field.
        field: &'static str,
        /// What was given.
        value: f64,
        /// Least accepted.
        low: f64,
        /// Most accepted.
        high: f64,
    },
    /// A covariance is not positive definite, or so nearly singular that no filter can use it.
    #[error(
        "accept {field} = [{}, {}, {}]: expected a positive definite covariance with a correlation below 0.9999",
        covariance[0], covariance[1], covariance[2]
    )]
    Degenerate {
        /// Which field.
        field: &'static str,
        /// What was given.
        covariance: [f64; 3],
    },
    /// A text is empty or too long.
    #[error("accept {field} of {bytes} bytes: expected 1 to {most}")]
    Text {
        /// Which field.
        field: &'static str,
        /// How long it was.
        bytes: usize,
        /// Most accepted.
        most: usize,
    },
    /// A list is too long.
    #[error("accept {field} with {found} entries: expected at most {most}")]
    TooMany {
        /// Which field.
        field: &'static str,
        /// How many there were.
        found: usize,
        /// Most accepted.
        most: usize,
    },
    /// A kind stands twice in the shares.
    #[error("accept kinds: {kind} stands twice")]
    KindTwice {
        /// Which.
        kind: String,
    },
    /// A count that no group can have.
    #[error("accept count {low}..{high}: expected 1 <= low <= high")]
    Count {
        /// At least.
        low: u16,
        /// At most.
        high: u16,
    },
    /// An interval is empty.
    #[error("accept {field} from {low} to {high}: expected the first below the second")]
    Interval {
        /// Which field.
        field: &'static str,
        /// First.
        low: f64,
        /// Second.
        high: f64,
    },
}
