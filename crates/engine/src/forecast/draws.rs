//! The points at which every fan is drawn, the same for every track and every run: Sobol's sequence in the coordinates
//! that matter most, a lattice in the others.
//!
//! Each coordinate has exactly one point in each of its [`PATHS`] equal parts. For the share of paths that enter a disc
//! these are worth more than 170 random paths (a test holds that). Nothing here is random.

use super::{LEGS, PATHS};

/// The draws of one path.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Draw {
    /// Place and velocity, standard normal.
    pub(super) state: [f64; 4],
    /// How far the course is from what the filter believes, standard normal.
    pub(super) course: f64,
    /// The turn in each leg, standard normal.
    pub(super) turns: [f64; LEGS],
    /// Evenly in 0..1: history and mode, kind, speed, how long it circles, when something that falls or glides comes
    /// down.
    pub(super) mode: f64,
    pub(super) kind: f64,
    pub(super) speed: f64,
    pub(super) circling: f64,
    pub(super) fall: f64,
    /// Where it goes.
    pub(super) aim: f64,
}

/// Generating vector of the lattice: coordinate by coordinate the one that makes the worst error over periodic functions
/// least (Sloan and Reztsov 2002).
const VECTOR: [u16; 11 + LEGS] = [1, 47, 19, 3, 37, 55, 35, 17, 53, 57, 39, 21, 15, 33, 51, 59, 41];

/// Primitive polynomials and first direction numbers of Sobol's sequence (Joe and Kuo 2008): degree, coefficients, numbers.
const SOBOL: [(u32, u32, [u32; 5]); 7] = [
    (1, 0, [1, 0, 0, 0, 0]),
    (2, 1, [1, 3, 0, 0, 0]),
    (3, 1, [1, 3, 1, 0, 0]),
    (3, 2, [1, 1, 1, 0, 0]),
    (4, 1, [1, 1, 3, 3, 0]),
    (4, 4, [1, 3, 5, 13, 0]),
    (5, 2, [1, 1, 5, 5, 17]),
];
const BITS: usize = PATHS.trailing_zeros() as usize;

/// One coordinate of all paths in 0..1, the middles of equal parts.
#[allow(clippy::cast_precision_loss)] // Below a thousand.
fn even(at: usize) -> [f64; PATHS] {
    let middle = |part: usize| (part as f64 + 0.5) / PATHS as f64;
    if at == 0 {
        return std::array::from_fn(middle);
    }
    if let Some(&(degree, coefficients, first)) = SOBOL.get(at - 1) {
        let s = degree as usize;
        let mut m = [0_u32; BITS];
        for k in 0..BITS {
            if k < s {
                m[k] = first[k];
                continue;
            }
            m[k] = m[k - s] ^ (m[k - s] << s);
            for i in (1..s).filter(|i| (coefficients >> (s - 1 - i)) & 1 == 1) {
                m[k] ^= m[k - i] << i;
            }
        }
        return std::array::from_fn(|n| {
            let part = (0..BITS).filter(|k| (n >> k) & 1 == 1).fold(0, |part, k| part ^ (m[k] << (BITS - 1 - k)));
            middle(part as usize)
        });
    }
    let factor = VECTOR.get(at).copied().map_or(1, usize::from);
    std::array::from_fn(|n| middle((n * factor) % PATHS))
}

/// The same as standard normal numbers, exactly of deviation 1.
fn normal(at: usize) -> [f64; PATHS] {
    let mut column = even(at).map(quantile);
    #[allow(clippy::cast_precision_loss)] // Below a thousand.
    let sd = libm::sqrt(column.iter().map(|x| x * x).sum::<f64>() / PATHS as f64);
    for x in &mut column {
        *x /= sd;
    }
    column
}

/// All paths' draws.
pub(super) fn draws() -> Vec<Draw> {
    let mut draws = vec![Draw::default(); PATHS];
    let mut fill = |column: [f64; PATHS], slot: &dyn Fn(&mut Draw) -> &mut f64| {
        draws.iter_mut().zip(column).for_each(|(draw, x)| *slot(draw) = x);
    };
    // What matters most comes first.
    fill(normal(0), &|draw| &mut draw.state[2]);
    fill(normal(1), &|draw| &mut draw.state[3]);
    fill(normal(2), &|draw| &mut draw.course);
    fill(normal(3), &|draw| &mut draw.state[0]);
    fill(normal(4), &|draw| &mut draw.state[1]);
    fill(even(5), &|draw| &mut draw.mode);
    fill(even(6), &|draw| &mut draw.speed);
    for leg in 0..LEGS {
        fill(normal(7 + leg), &|draw| &mut draw.turns[leg]);
    }
    fill(even(7 + LEGS), &|draw| &mut draw.kind);
    fill(even(8 + LEGS), &|draw| &mut draw.circling);
    fill(even(9 + LEGS), &|draw| &mut draw.fall);
    fill(even(10 + LEGS), &|draw| &mut draw.aim);
    draws
}

/// The standard normal quantile of `p` in 0..1, to 5e-4 (Abramowitz and Stegun 1964, 26.2.23).
fn quantile(p: f64) -> f64 {
    let t = libm::sqrt(-2.0 * libm::log(p.min(1.0 - p)));
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let x = t - above / below;
    if p < 0.5 { -x } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn every_coordinate_is_standard_and_no_two_are_one() {
        let draws = draws();
        let columns: Vec<Vec<f64>> = (0..4)
            .map(|at| draws.iter().map(|draw| draw.state[at]).collect())
            .chain((0..LEGS).map(|at| draws.iter().map(|draw| draw.turns[at]).collect()))
            .chain([draws.iter().map(|draw| draw.course).collect()])
            .collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / PATHS as f64;
        for (at, column) in columns.iter().enumerate() {
            assert!(column.iter().sum::<f64>().abs() < 1e-9 * PATHS as f64);
            assert!((dot(column, column) - 1.0).abs() < 1e-9);
            for other in &columns[at + 1..] {
                assert!(dot(column, other).abs() < 0.45, "{}", dot(column, other));
            }
        }
    }
}
