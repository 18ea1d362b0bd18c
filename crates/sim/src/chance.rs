//! Numbers from a seed: xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64.

/// A generator. The same seed gives the same numbers everywhere.
#[derive(Debug, Clone)]
pub struct Chance {
    state: [u64; 4],
}

impl Chance {
    /// The generator of a seed.
    pub fn new(seed: u64) -> Self {
        let mut at = seed;
        let mut next = || {
            at = at.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = at;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        Self { state: [next(), next(), next(), next()] }
    }

    /// 64 random bits.
    pub const fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A whole number from 0 to `n - 1`; 0 when `n` is 0. The bias of the remainder is far below what a test can see.
    pub const fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.bits() % n }
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(u64::try_from(high - low + 1).unwrap_or(0))).unwrap_or(0)
    }

    /// A number from 0 to just below 1.
    #[allow(clippy::cast_precision_loss)] // 53 bits are exact.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// True once in `1 / p` times.
    pub fn happens(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A normal variable of mean 0 and variance 1 (Marsaglia and Bray 1964, the polar form).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (a, b) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = a * a + b * b;
            if square > 0.0 && square < 1.0 {
                return a * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }

    /// A Poisson variable. Knuth's product for small means; above 30 the sum of halves, so that nothing underflows.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 30.0 {
            return self.poisson(mean / 2.0) + self.poisson(mean / 2.0);
        }
        let (limit, mut product, mut count) = (libm::exp(-mean), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    /// Puts a list into random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = usize::try_from(self.below(last as u64 + 1)).unwrap_or(0);
            list.swap(last, other);
        }
    }

    /// One of `choices`; the first for an empty draw is never asked.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let n = usize::try_from(self.below(choices.len() as u64)).unwrap_or(0);
        choices.get(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_seed_others() {
        let draw = |seed| {
            let mut chance = Chance::new(seed);
            [chance.bits(), chance.bits(), chance.bits()]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }
}
