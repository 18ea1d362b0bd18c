//! A number as somebody said it: the number, the hedge, and the interval that both together allow.
//!
//! The bounds of each hedge are a convention of this house, written beside every figure: "nearly" and "around" are ten
//! per cent, and one below ten; "dozens" begin at 20 because they mostly translate *десятки*.
//!
//! Invariants:
//!   low <= high, where there is a high
//!   exact  <=>  low == high

use serde::{Deserialize, Serialize};
use std::fmt;

/// The words that made a number less than exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hedge {
    /// "more than", "over", *понад*, *более*: `n + 1` and more.
    MoreThan,
    /// "at least", *щонайменше*, *не менее*: `n` and more.
    AtLeast,
    /// "up to", "no more than", *до*: nothing to `n`.
    UpTo,
    /// "fewer than", *менше*: nothing to `n - 1`.
    LessThan,
    /// "nearly", *майже*, *почти*: nine tenths of `n` to `n`.
    Nearly,
    /// "about", "some", *близько*, *около*: nine tenths to eleven tenths.
    Around,
    /// "10-15", "from 10 to 15": as said.
    Range,
    /// "dozens", *десятки*: 20 and more.
    Dozens,
    /// "tens": 20 and more.
    Tens,
    /// "hundreds", *сотні*: 200 and more.
    Hundreds,
    /// "thousands", *тисячі*: 2,000 and more.
    Thousands,
    /// "several", *кілька*, *несколько*: 2 to 9.
    Several,
    /// "mostly", "most of N": more than half of the whole.
    Mostly,
    /// "at least half of N": half of the whole and more.
    AtLeastHalf,
    /// "no one died", *без загиблих*: none.
    None,
    /// "aged 12 and 15", "a woman and a man": counted by the reader.
    Enumerated,
    /// One thing by its singular noun.
    Article,
    /// "houses were damaged": two and more.
    Plural,
    /// "there are killed": one and more.
    Unquantified,
}

impl Hedge {
    /// The name as written in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MoreThan => "more_than",
            Self::AtLeast => "at_least",
            Self::UpTo => "up_to",
            Self::LessThan => "less_than",
            Self::Nearly => "nearly",
            Self::Around => "around",
            Self::Range => "range",
            Self::Dozens => "dozens",
            Self::Tens => "tens",
            Self::Hundreds => "hundreds",
            Self::Thousands => "thousands",
            Self::Several => "several",
            Self::Mostly => "mostly",
            Self::AtLeastHalf => "at_least_half",
            Self::None => "none",
            Self::Enumerated => "enumerated",
            Self::Article => "article",
            Self::Plural => "plural",
            Self::Unquantified => "unquantified",
        }
    }
}

/// Why an interval is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The bounds are the wrong way round.
    #[error("quantity: low {low} is above high {high}")]
    Crossed {
        /// The first number.
        low: u64,
        /// The second.
        high: u64,
    },
}

/// How many, as said: a closed interval of whole things, open above where `high` is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// The number as written; `None` where none was ("several", "houses were damaged").
    pub value: Option<u64>,
    /// The least that was said.
    pub low: u64,
    /// The most; `None` is open.
    pub high: Option<u64>,
    /// The words that made it less, or more, than a plain number.
    pub hedge: Option<Hedge>,
    /// Whether one number alone is meant.
    pub exact: bool,
}

impl Quantity {
    /// A plain number.
    #[must_use]
    pub fn plain(n: u64) -> Self {
        Self { value: Some(n), low: n, high: Some(n), hedge: None, exact: true }
    }

    /// `n` under `hedge`. For [`Hedge::Mostly`] and [`Hedge::AtLeastHalf`] `n` is the whole, and no number was written for
    /// the part; hedges that carry their own number (dozens, several, plural, …) ignore `n`.
    #[must_use]
    pub fn hedged(n: u64, hedge: Hedge) -> Self {
        let small = n < 10;
        let nine_tenths = if small { n.saturating_sub(1) } else { n - n / 10 };
        let eleven_tenths = if small { n + 1 } else { n.saturating_add(n / 10) };
        let (value, low, high) = match hedge {
            Hedge::MoreThan => (Some(n), n.saturating_add(1), None),
            Hedge::AtLeast => (Some(n), n, None),
            Hedge::UpTo => (Some(n), 0, Some(n)),
            Hedge::LessThan => (Some(n), 0, Some(n.saturating_sub(1))),
            Hedge::Nearly => (Some(n), nine_tenths, Some(n)),
            Hedge::Around => (Some(n), nine_tenths, Some(eleven_tenths)),
            Hedge::Range | Hedge::Enumerated => (Some(n), n, Some(n)),
            Hedge::Dozens | Hedge::Tens => (None, 20, None),
            Hedge::Hundreds => (None, 200, None),
            Hedge::Thousands => (None, 2_000, None),
            Hedge::Several => (None, 2, Some(9)),
            Hedge::Mostly => (None, n / 2 + 1, Some(n.max(1))),
            Hedge::AtLeastHalf => (None, n.div_ceil(2), Some(n)),
            Hedge::None => (Some(0), 0, Some(0)),
            Hedge::Article => (Some(1), 1, Some(1)),
            Hedge::Plural => (None, 2, None),
            Hedge::Unquantified => (None, 1, None),
        };
        Self { value, low, high, hedge: Some(hedge), exact: high == Some(low) }
    }

    /// "from `low` to `high`".
    ///
    /// # Errors
    /// [`QuantityError::Crossed`] when the first number is the greater one.
    pub fn range(low: u64, high: u64) -> Result<Self, QuantityError> {
        if low > high {
            return Err(QuantityError::Crossed { low, high });
        }
        Ok(Self { value: None, low, high: Some(high), hedge: Some(Hedge::Range), exact: low == high })
    }

    /// Whether some number lies in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.high.is_none_or(|high| other.low <= high) && other.high.is_none_or(|high| self.low <= high)
    }

    /// The interval of the sum: disjoint parts of one whole, "11 over A and 11 over B". The hedge is lost, the bounds are not.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let low = self.low.saturating_add(other.low);
        let high = self.high.zip(other.high).map(|(a, b)| a.saturating_add(b));
        let value = self.value.zip(other.value).map(|(a, b)| a.saturating_add(b));
        Self { value, low, high, hedge: None, exact: high == Some(low) }
    }
}

impl fmt::Display for Quantity {
    /// The interval alone: `45–50`, `801+`, `171`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.high {
            Some(high) if high == self.low => write!(f, "{high}"),
            Some(high) => write!(f, "{}–{high}", self.low),
            None => write!(f, "{}+", self.low),
        }
    }
}

/// What is left of a whole when parts are taken away. It may be open at either end, and below nothing where an
/// approximate number meets exact ones: that is shown, not mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The least that may be left; `None` where a part is open above.
    pub low: Option<i64>,
    /// The most; `None` where the whole is open above.
    pub high: Option<i64>,
}

impl Balance {
    /// `whole` less all `parts`, by interval arithmetic: the least of the whole less the most of the parts, and the reverse.
    #[must_use]
    pub fn of<'a>(whole: &Quantity, parts: impl IntoIterator<Item = &'a Quantity>) -> Self {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let mut low = Some(signed(whole.low));
        let mut high = whole.high.map(signed);
        for part in parts {
            low = low.zip(part.high).map(|(low, taken)| low.saturating_sub(signed(taken)));
            high = high.map(|high| high.saturating_sub(signed(part.low)));
        }
        Self { low, high }
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => write!(f, "{low}"),
            (Some(low), Some(high)) => write!(f, "{low}…{high}"),
            (Some(low), None) => write!(f, "{low} or more"),
            (None, Some(high)) => write!(f, "at most {high}"),
            (None, None) => f.write_str("not known"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Hedge; 19] = [
        Hedge::MoreThan,
        Hedge::AtLeast,
        Hedge::UpTo,
        Hedge::LessThan,
        Hedge::Nearly,
        Hedge::Around,
        Hedge::Range,
        Hedge::Dozens,
        Hedge::Tens,
        Hedge::Hundreds,
        Hedge::Thousands,
        Hedge::Several,
        Hedge::Mostly,
        Hedge::AtLeastHalf,
        Hedge::None,
        Hedge::Enumerated,
        Hedge::Article,
        Hedge::Plural,
        Hedge::Unquantified,
    ];

    fn check(n: u64, hedge: Hedge, expected: &str) {
        assert_eq!(Quantity::hedged(n, hedge).to_string(), expected, "{n} {hedge:?}");
    }

    #[test]
    fn a_hedge_becomes_its_interval() {
        check(800, Hedge::MoreThan, "801+");
        check(3, Hedge::AtLeast, "3+");
        check(10, Hedge::UpTo, "0–10");
        check(10, Hedge::LessThan, "0–9");
        check(50, Hedge::Nearly, "45–50");
        check(55, Hedge::Nearly, "50–55");
        check(7, Hedge::Nearly, "6–7");
        check(460, Hedge::Around, "414–506");
        check(15, Hedge::Around, "14–16");
        check(7, Hedge::Around, "6–8");
        check(0, Hedge::Dozens, "20+");
        check(0, Hedge::Several, "2–9");
        check(171, Hedge::Mostly, "86–171");
        check(171, Hedge::AtLeastHalf, "86–171");
        check(170, Hedge::Mostly, "86–170");
        check(170, Hedge::AtLeastHalf, "85–170");
        check(9, Hedge::None, "0");
    }

    #[test]
    fn the_night_of_20_march_leaves_33() {
        let stopped = [Quantity::plain(75), Quantity::plain(63)];
        assert_eq!(Balance::of(&Quantity::plain(171), &stopped).to_string(), "33");
    }

    #[test]
    fn an_approximate_part_may_leave_less_than_nothing_and_says_so() {
        let parts = [Quantity::plain(70), Quantity::hedged(10, Hedge::Around)];
        assert_eq!(Balance::of(&Quantity::plain(79), &parts).to_string(), "-2…0");
    }

    #[test]
    fn names_are_the_names_of_the_json() {
        for hedge in ALL {
            assert_eq!(serde_json::to_string(&hedge).unwrap(), format!("\"{}\"", hedge.name()));
        }
    }

    fn quantities() -> impl Strategy<Value = Quantity> {
        (any::<u64>(), 0..ALL.len()).prop_map(|(n, i)| Quantity::hedged(n, ALL[i]))
    }

    proptest! {
        #[test]
        fn an_interval_is_one(q in quantities()) {
            prop_assert!(q.high.is_none_or(|high| q.low <= high));
            prop_assert_eq!(q.exact, q.high == Some(q.low));
        }

        #[test]
        fn meeting_is_mutual(a in quantities(), b in quantities()) {
            prop_assert_eq!(a.meets(&b), b.meets(&a));
        }

        #[test]
        fn a_sum_holds_every_sum_of_members(a in 0..1_000_u64, b in 0..1_000_u64, i in 0..ALL.len(), j in 0..ALL.len()) {
            let (x, y) = (Quantity::hedged(a, ALL[i]), Quantity::hedged(b, ALL[j]));
            let sum = x.plus(&y);
            prop_assert_eq!(sum.low, x.low + y.low);
            prop_assert!(sum.high.is_none_or(|high| high >= sum.low));
        }

        #[test]
        fn a_balance_holds_the_difference_of_any_members(whole in 0..10_000_u64, part in 0..10_000_u64, i in 0..ALL.len()) {
            let (w, p) = (Quantity::hedged(whole, ALL[i]), Quantity::plain(part));
            let balance = Balance::of(&w, [&p]);
            let least = i64::try_from(w.low).unwrap() - i64::try_from(part).unwrap();
            prop_assert_eq!(balance.low, Some(least));
            prop_assert_eq!(balance.high.is_none(), w.high.is_none());
        }
    }
}
