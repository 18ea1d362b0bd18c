//! The message identifier, TS 23.041 section 9.4.1.2.2, by EU-Alert level (ETSI TS 102 900, section 5).

use cap::{Certainty, Info, ResponseType, Severity, Status, Urgency};
use std::fmt;

/// How far an additional language's identifier lies behind the national one's, below 4396.
const ADDITIONAL: u16 = 13;

/// What kind of message a phone takes it for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// EU-Alert level 1: cannot be switched off. Nothing becomes it unless somebody says so.
    One,
    /// EU-Alert level 2: extreme danger, now.
    Two,
    /// EU-Alert level 3: severe danger, or one that is expected.
    Three,
    /// EU-Alert level 4, EU-Info: without a siren's sound.
    Four,
    /// EU-Amber: a missing child.
    Amber,
    /// The monthly test.
    MonthlyTest,
    /// EU-Exercise.
    Exercise,
    /// As the operator defines.
    Operator,
    /// EU-Test.
    Test,
}

impl Level {
    /// Its name in commands and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
            Self::Four => "4",
            Self::Amber => "amber",
            Self::MonthlyTest => "monthly-test",
            Self::Exercise => "exercise",
            Self::Operator => "operator",
            Self::Test => "test",
        }
    }

    /// What it is, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::One => "EU-Alert level 1",
            Self::Two => "EU-Alert level 2",
            Self::Three => "EU-Alert level 3",
            Self::Four => "EU-Alert level 4 (EU-Info)",
            Self::Amber => "EU-Amber",
            Self::MonthlyTest => "monthly test",
            Self::Exercise => "EU-Exercise",
            Self::Operator => "operator's own use",
            Self::Test => "EU-Test",
        }
    }
}

/// For whom: phones show the national language always, others only to those who asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tongue {
    /// The country's own language.
    National,
    /// Any other.
    Additional,
}

/// A message identifier; of strangers any 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identifier(pub u16);

impl Identifier {
    /// The one of a level; where a level has several, the one that says least of certainty.
    pub const fn of(level: Level, tongue: Tongue) -> Self {
        let national = match level {
            Level::One => 4370,
            Level::Two => 4372,
            Level::Three => 4378,
            Level::Four => 4396,
            Level::Amber => 4379,
            Level::MonthlyTest => 4380,
            Level::Exercise => 4381,
            Level::Operator => 4382,
            Level::Test => 4398,
        };
        Self(national).in_tongue(tongue)
    }

    /// This national identifier, or its additional language's.
    const fn in_tongue(self, tongue: Tongue) -> Self {
        match tongue {
            Tongue::National => self,
            Tongue::Additional if self.0 < 4396 => Self(self.0 + ADDITIONAL),
            Tongue::Additional => Self(self.0 + 1),
        }
    }

    /// What CAP's three values are, as TS 23.041 has them for 4371 to 4378. What has passed, what is an all-clear and what is no more
    /// than possible is EU-Info. Only `Actual` is ever a real alert; `None` for a draft, which is nobody's to broadcast.
    ///
    /// `asked`, 1 to 4, replaces what the three values say of a real warning, and nothing else: none becomes a test by asking.
    pub fn of_cap(status: Status, info: &Info, asked: Option<Level>, tongue: Tongue) -> Option<Self> {
        let over = info.urgency == Urgency::Past || info.response_type.contains(&ResponseType::AllClear);
        let national = match status {
            Status::Draft => return None,
            Status::Exercise => Self::of(Level::Exercise, Tongue::National),
            Status::System | Status::Test => Self::of(Level::Test, Tongue::National),
            Status::Actual if over => Self::of(Level::Four, Tongue::National),
            Status::Actual => match (asked, info.severity, info.urgency, info.certainty) {
                (Some(level @ (Level::One | Level::Two | Level::Three | Level::Four)), ..) => {
                    Self::of(level, Tongue::National)
                }
                (_, Severity::Extreme, Urgency::Immediate, Certainty::Observed) => Self(4371),
                (_, Severity::Extreme, Urgency::Immediate, Certainty::Likely) => Self(4372),
                (_, Severity::Extreme, Urgency::Expected, Certainty::Observed) => Self(4373),
                (_, Severity::Extreme, Urgency::Expected, Certainty::Likely) => Self(4374),
                (_, Severity::Severe, Urgency::Immediate, Certainty::Observed) => Self(4375),
                (_, Severity::Severe, Urgency::Immediate, Certainty::Likely) => Self(4376),
                (_, Severity::Severe, Urgency::Expected, Certainty::Observed) => Self(4377),
                (_, Severity::Severe, Urgency::Expected, Certainty::Likely) => Self(4378),
                _ => Self::of(Level::Four, Tongue::National),
            },
        };
        Some(national.in_tongue(tongue))
    }

    /// What phones take it for; `None` when it is no public warning of this system.
    pub const fn level(self) -> Option<(Level, Tongue)> {
        let (national, tongue) = match self.0 {
            4383..=4395 => (self.0 - ADDITIONAL, Tongue::Additional),
            4397 | 4399 => (self.0 - 1, Tongue::Additional),
            other => (other, Tongue::National),
        };
        let level = match national {
            4370 => Level::One,
            4371 | 4372 => Level::Two,
            4373..=4378 => Level::Three,
            4379 => Level::Amber,
            4380 => Level::MonthlyTest,
            4381 => Level::Exercise,
            4382 => Level::Operator,
            4396 => Level::Four,
            4398 => Level::Test,
            _ => return None,
        };
        Some((level, tongue))
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level() {
            Some((level, Tongue::National)) => write!(f, "{} ({})", self.0, level.title()),
            Some((level, Tongue::Additional)) => write!(f, "{} ({}, additional language)", self.0, level.title()),
            None => write!(f, "{} (no public warning)", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_have_the_identifiers_of_the_standard_and_come_back() {
        let cases = [
            (Level::One, 4370, 4383),
            (Level::Two, 4372, 4385),
            (Level::Three, 4378, 4391),
            (Level::Four, 4396, 4397),
            (Level::Amber, 4379, 4392),
            (Level::MonthlyTest, 4380, 4393),
            (Level::Exercise, 4381, 4394),
            (Level::Operator, 4382, 4395),
            (Level::Test, 4398, 4399),
        ];
        for (level, national, additional) in cases {
            for (tongue, expected) in [(Tongue::National, national), (Tongue::Additional, additional)] {
                let identifier = Identifier::of(level, tongue);
                assert_eq!(identifier.0, expected);
                assert_eq!(identifier.level(), Some((level, tongue)));
            }
        }
    }

    #[test]
    fn what_is_no_public_warning_is_none() {
        for other in [0, 50, 919, 4352, 4369, 4400, 6400, u16::MAX] {
            assert_eq!(Identifier(other).level(), None, "{other}");
        }
    }
}
