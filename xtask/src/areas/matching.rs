//! Which GeoNames feature is which settlement of the codifier.
//!
//! What comes in: units and features. What goes out: one feature at most for each settlement and one settlement at most
//! for each feature. What always holds: both lie in one raion by both sources; a namesake is told apart by its hromada's
//! settled places or left unplaced.
//!
//! Order of trust: the Ukrainian name GeoNames carries, then the Latin name against KMU-55; sole pairs first,
//! then seats and towns among village namesakes, then nearness to the hromada's placed settlements.

use super::gazetteer::{Feature, fold, fold_latin};
use super::katottg::Unit;
use model::Position;
use model::place::romanize_uk;
use std::collections::{BTreeMap, BTreeSet};

/// A namesake is taken by nearness only within this distance of its hromada's placed settlements, kilometres:
/// few hromadas reach farther.
const NEAR_KM: f64 = 20.0;
/// ... and only when the next hromada with that name is this much farther.
const CLEARLY: f64 = 2.0;
/// A feature none of whose this many nearest features lies in its raion is not believed.
const JURY: usize = 4;
/// A point alone in its raion by more than this is an outlier, kilometres.
const LONELY_KM: f64 = 30.0;

/// What came of the matching.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// Settlement's code to its feature's index.
    pub(super) feature_of: BTreeMap<String, usize>,
    /// Codes of settlements whose match was taken back, with the reason.
    pub(super) removed: BTreeMap<String, String>,
    /// Codes of settlements with a namesake that could not be told apart.
    pub(super) ambiguous: BTreeSet<String>,
}

/// Gives a raion to features without one and drops those whose neighbours all lie elsewhere.
pub(super) fn settle_raions(features: Vec<Feature>) -> (Vec<Feature>, usize) {
    let before = features.len();
    let juries: Vec<Vec<usize>> = (0..before).map(|at| nearest(&features, at, JURY)).collect();
    let believed = |at: usize| {
        let own = &features[at];
        let Some(raion) = &own.raion else { return own.region.is_some() };
        // The two cities with special status have no raions.
        juries[at].iter().any(|&n| features[n].raion.as_ref() == Some(raion))
            || own.population.is_some_and(|n| n > 50_000)
    };
    let keep: Vec<bool> = (0..before).map(believed).collect();
    let kept: Vec<Feature> =
        features.into_iter().zip(keep).filter_map(|(feature, keep)| keep.then_some(feature)).collect();
    let dropped = before - kept.len();
    (kept, dropped)
}

fn nearest(features: &[Feature], of: usize, count: usize) -> Vec<usize> {
    let mut others: Vec<(f64, usize)> = (0..features.len())
        .filter(|&at| at != of)
        .map(|at| (features[of].position.distance_km(features[at].position), at))
        .collect();
    let count = count.min(others.len());
    others.select_nth_unstable_by(count.saturating_sub(1), |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    others.truncate(count);
    others.into_iter().map(|(_, at)| at).collect()
}

/// Finds the pairs.
pub(super) fn find(units: &[Unit], features: &[Feature]) -> Matches {
    let mut finder = Finder { units, features, pairs: Vec::new(), found: Matches::default(), taken: BTreeSet::new() };
    finder.list_pairs();
    for uk_only in [true, false] {
        finder.take_sole_pairs(uk_only);
        finder.take_seats(uk_only);
    }
    finder.take_near();
    finder.remove_lonely();
    finder.take_near();
    finder.note_ambiguous();
    finder.found
}

struct Pair {
    unit: usize,
    feature: usize,
    by_ukrainian: bool,
}

struct Finder<'a> {
    units: &'a [Unit],
    features: &'a [Feature],
    pairs: Vec<Pair>,
    found: Matches,
    taken: BTreeSet<usize>,
}

impl Finder<'_> {
    fn list_pairs(&mut self) {
        let mut uk: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
        let mut latin: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
        for (at, feature) in self.features.iter().enumerate() {
            let Some(raion) = feature.raion.as_deref() else { continue };
            for place in [raion, &raion[..4]] {
                for name in &feature.names_uk {
                    uk.entry((place, name.clone())).or_default().push(at);
                }
                for name in &feature.names_latin {
                    latin.entry((place, name.clone())).or_default().push(at);
                }
            }
        }
        for (at, unit) in self.units.iter().enumerate().filter(|(_, unit)| unit.is_settlement()) {
            // The towns of the exclusion zone lie in no raion of the codifier.
            let raion = if unit.raion_prefix().ends_with("00") { unit.region_prefix() } else { unit.raion_prefix() };
            let by_uk = uk.get(&(raion, fold(&unit.name_uk))).cloned().unwrap_or_default();
            let by_latin = latin.get(&(raion, fold_latin(&romanize_uk(&unit.name_uk)))).cloned().unwrap_or_default();
            for &feature in &by_uk {
                self.pairs.push(Pair { unit: at, feature, by_ukrainian: true });
            }
            for feature in by_latin.into_iter().filter(|f| !by_uk.contains(f)) {
                self.pairs.push(Pair { unit: at, feature, by_ukrainian: false });
            }
        }
    }

    fn open_pairs(&self, uk_only: bool) -> Vec<(usize, usize)> {
        let open = |pair: &&Pair| {
            (pair.by_ukrainian || !uk_only)
                && !self.taken.contains(&pair.feature)
                && !self.found.feature_of.contains_key(&self.units[pair.unit].code)
                && !self.found.removed.contains_key(&self.units[pair.unit].code)
        };
        self.pairs.iter().filter(open).map(|pair| (pair.unit, pair.feature)).collect()
    }

    fn take(&mut self, unit: usize, feature: usize) {
        self.taken.insert(feature);
        self.found.feature_of.insert(self.units[unit].code.clone(), feature);
    }

    /// Pairs where neither side has another choice.
    fn take_sole_pairs(&mut self, uk_only: bool) {
        let open = self.open_pairs(uk_only);
        let (by_unit, by_feature) = choices(&open);
        for (unit, feature) in open {
            if by_unit[&unit].len() == 1 && by_feature[&feature].len() == 1 {
                self.take(unit, feature);
            }
        }
    }

    /// One feature, several namesakes, exactly one of them a town or a hromada's seat: GeoNames' extract holds
    /// places of 500 people and more, so the more important namesake is the one it means.
    fn take_seats(&mut self, uk_only: bool) {
        let open = self.open_pairs(uk_only);
        let (by_unit, by_feature) = choices(&open);
        for (feature, units) in by_feature {
            let mut ranked: Vec<(u8, usize)> = units.iter().map(|&unit| (rank(&self.units[unit]), unit)).collect();
            ranked.sort_unstable();
            if let [.., (second, _), (best, unit)] = ranked[..]
                && best > second
                && by_unit[&unit].len() == 1
            {
                self.take(unit, feature);
            }
        }
    }

    /// Namesakes told apart by where their hromadas' other settlements lie.
    fn take_near(&mut self) {
        for _ in 0..3 {
            let open = self.open_pairs(false);
            let (by_unit, by_feature) = choices(&open);
            for (unit, feature) in open {
                let Some(own_km) = self.hromada_km(unit, feature) else { continue };
                let other_units = by_feature[&feature].iter().filter(|&&u| u != unit && !self.same_hromada(u, unit));
                let twins = by_feature[&feature].iter().any(|&u| u != unit && self.same_hromada(u, unit));
                let rivals: Vec<Option<f64>> = other_units
                    .map(|&u| self.hromada_km(u, feature))
                    .chain(by_unit[&unit].iter().filter(|&&f| f != feature).map(|&f| self.hromada_km(unit, f)))
                    .collect();
                let clear = rivals.iter().all(|km| km.is_some_and(|km| km > own_km.max(3.0) * CLEARLY));
                if own_km < NEAR_KM && clear && !twins && !self.taken.contains(&feature) {
                    self.take(unit, feature);
                }
            }
        }
    }

    fn same_hromada(&self, a: usize, b: usize) -> bool {
        self.units[a].hromada_prefix() == self.units[b].hromada_prefix()
    }

    /// Distance from a feature to the nearest placed settlement of the unit's hromada.
    fn hromada_km(&self, unit: usize, feature: usize) -> Option<f64> {
        self.placed_under(self.units[unit].hromada_prefix(), &self.units[unit].code)
            .map(|position| position.distance_km(self.features[feature].position))
            .min_by(f64::total_cmp)
    }

    fn placed_under<'s>(&'s self, prefix: &'s str, but: &'s str) -> impl Iterator<Item = Position> + 's {
        let from = self.found.feature_of.range(prefix.to_owned()..);
        from.take_while(move |(code, _)| code.starts_with(prefix))
            .filter(move |(code, _)| *code != but)
            .map(|(_, &feature)| self.features[feature].position)
    }

    /// A match far from everything else of its raion is taken back.
    fn remove_lonely(&mut self) {
        let lonely: Vec<(String, f64)> = self
            .found
            .feature_of
            .iter()
            .filter_map(|(code, &feature)| {
                let here = self.features[feature].position;
                let km =
                    self.placed_under(&code[..6], code).map(|other| other.distance_km(here)).min_by(f64::total_cmp)?;
                (km > LONELY_KM).then(|| (code.clone(), km))
            })
            .collect();
        for (code, km) in lonely {
            self.found.feature_of.remove(&code);
            self.found.removed.insert(code, format!("{km:.0} km from the nearest place of its raion"));
        }
    }

    fn note_ambiguous(&mut self) {
        let open: Vec<usize> = self.open_pairs(false).into_iter().map(|(unit, _)| unit).collect();
        self.found.ambiguous.extend(open.into_iter().map(|unit| self.units[unit].code.clone()));
    }
}

fn choices(open: &[(usize, usize)]) -> (BTreeMap<usize, BTreeSet<usize>>, BTreeMap<usize, BTreeSet<usize>>) {
    let (mut by_unit, mut by_feature) = (BTreeMap::new(), BTreeMap::new());
    for &(unit, feature) in open {
        by_unit.entry(unit).or_insert_with(BTreeSet::new).insert(feature);
        by_feature.entry(feature).or_insert_with(BTreeSet::new).insert(unit);
    }
    (by_unit, by_feature)
}

fn rank(unit: &Unit) -> u8 {
    let size = match unit.category {
        'M' => 4,
        'X' | 'T' => 2,
        _ => 0,
    };
    size + u8::from(unit.is_seat()) * 2
}
