//! Which GeoNames feature is which settlement of the codifier.
//!
//! What comes in: units and features. What goes out: one feature at most for each settlement and one settlement at most
//! for each feature. What always holds: a pair has one name (in one of the ways of [`Likeness`]) and one raion by both
//! sources, or a name that is alone in its region; a namesake is told apart by its rank, its people or its hromada's
//! placed settlements, or left unplaced.

use super::gazetteer::{Feature, fold, fold_latin, skeleton};
use super::katottg::Unit;
use model::Position;
use model::place::romanize_uk;
use std::collections::{BTreeMap, BTreeSet};

/// A namesake is taken by nearness only within this distance of its hromada's placed settlements, kilometres:
/// few hromadas reach farther.
const NEAR_KM: f64 = 20.0;
/// ... and only when the next choice is this many times farther.
const CLEARLY: f64 = 2.0;
/// A feature farther than this from every other of its raion is not believed, kilometres, unless it is a seat
/// of administration or a town: raions are whole, apart from Slavutych's.
const RAION_GAP_KM: f64 = 40.0;
/// A settlement farther than this from every other placed one of its hromada is an outlier, kilometres.
const HROMADA_GAP_KM: f64 = 25.0;
/// Of two features with one name the one with this many times the people is the more important one.
const MORE_PEOPLE: u32 = 2;

/// In which way a name was recognised, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// GeoNames has the codifier's name in Ukrainian.
    Ukrainian,
    /// GeoNames' main name is the official romanisation (KMU-55).
    Romanised,
    /// GeoNames' main name is an older romanisation (BGN/PCGN).
    RomanisedBefore,
    /// A Ukrainian and a Russian spelling of one name.
    Skeleton,
    /// The same, with the raion unknown or contradicting, the name alone in the region.
    RegionOnly,
}

const ALL: [Likeness; 5] =
    [Likeness::Ukrainian, Likeness::Romanised, Likeness::RomanisedBefore, Likeness::Skeleton, Likeness::RegionOnly];

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

/// Drops features that no other feature of their raion is near; gives how many.
pub(super) fn believe(features: Vec<Feature>) -> (Vec<Feature>, usize) {
    let mut by_raion: BTreeMap<&str, Vec<&Feature>> = BTreeMap::new();
    for feature in &features {
        by_raion.entry(feature.raion().unwrap_or_default()).or_default().push(feature);
    }
    let believed = |own: &Feature| {
        let Some(raion) = own.raion() else { return true };
        let near = |other: &&&Feature| {
            !std::ptr::eq::<Feature>(**other, own) && other.position.distance_km(own.position) < RAION_GAP_KM
        };
        own.is_administrative || own.population.is_some_and(|n| n > 10_000) || by_raion[raion].iter().any(|o| near(&o))
    };
    let keep: Vec<bool> = features.iter().map(believed).collect();
    let before = features.len();
    let kept: Vec<Feature> =
        features.into_iter().zip(keep).filter_map(|(feature, keep)| keep.then_some(feature)).collect();
    let dropped = before - kept.len();
    (kept, dropped)
}

/// Finds the pairs.
pub(super) fn find(units: &[Unit], features: &[Feature]) -> Matches {
    let mut finder = Finder { units, features, pairs: Vec::new(), found: Matches::default(), taken: BTreeSet::new() };
    finder.list_pairs();
    for upto in ALL {
        finder.take_sole_pairs(upto);
        finder.take_important(upto);
        finder.take_near(upto);
    }
    finder.remove_outliers();
    finder.take_near(Likeness::RegionOnly);
    finder.note_ambiguous();
    finder.found
}

struct Pair {
    unit: usize,
    feature: usize,
    likeness: Likeness,
}

struct Finder<'a> {
    units: &'a [Unit],
    features: &'a [Feature],
    pairs: Vec<Pair>,
    found: Matches,
    taken: BTreeSet<usize>,
}

type Choices = BTreeMap<usize, BTreeSet<usize>>;

impl Finder<'_> {
    fn list_pairs(&mut self) {
        let mut by_key: BTreeMap<(String, Likeness, String), Vec<usize>> = BTreeMap::new();
        for (at, feature) in self.features.iter().enumerate() {
            let uk = feature.names_uk.iter().map(|name| (Likeness::Ukrainian, name));
            let latin =
                feature.names_latin.iter().flat_map(|n| [(Likeness::Romanised, n), (Likeness::RomanisedBefore, n)]);
            let bones = feature.skeletons.iter().map(|name| (Likeness::Skeleton, name));
            for (likeness, name) in uk.chain(latin).chain(bones) {
                let region = feature.region.iter().map(String::as_str);
                let places: BTreeSet<&str> = feature.raions.iter().map(String::as_str).chain(region).collect();
                for place in places {
                    by_key.entry((place.to_owned(), likeness, name.clone())).or_default().push(at);
                }
            }
        }
        for (at, unit) in self.units.iter().enumerate().filter(|(_, unit)| unit.is_settlement()) {
            let names = [
                (Likeness::Ukrainian, fold(&unit.name_uk)),
                (Likeness::Romanised, fold_latin(&romanize_uk(&unit.name_uk))),
                (Likeness::RomanisedBefore, romanize_before(&unit.name_uk)),
                (Likeness::Skeleton, skeleton(&unit.name_uk)),
            ];
            let mut seen = BTreeSet::new();
            for (place, region_only) in [(unit.raion_prefix(), false), (unit.region_prefix(), true)] {
                for (likeness, name) in &names {
                    let found = by_key.get(&(place.to_owned(), *likeness, name.clone()));
                    for &feature in found.into_iter().flatten() {
                        if seen.insert(feature) {
                            let likeness = if region_only { Likeness::RegionOnly } else { *likeness };
                            self.pairs.push(Pair { unit: at, feature, likeness });
                        }
                    }
                }
            }
        }
    }

    /// Pairs still open, recognised at least as surely as `upto`; those of one settlement and one feature each way.
    fn open(&self, upto: Likeness) -> (Vec<(usize, usize)>, Choices, Choices) {
        let open = |pair: &&Pair| {
            pair.likeness <= upto
                && !self.taken.contains(&pair.feature)
                && !self.found.feature_of.contains_key(&self.units[pair.unit].code)
                && !self.found.removed.contains_key(&self.units[pair.unit].code)
        };
        let pairs: Vec<(usize, usize)> = self.pairs.iter().filter(open).map(|pair| (pair.unit, pair.feature)).collect();
        let (mut by_unit, mut by_feature) = (Choices::new(), Choices::new());
        for &(unit, feature) in &pairs {
            by_unit.entry(unit).or_default().insert(feature);
            by_feature.entry(feature).or_default().insert(unit);
        }
        (pairs, by_unit, by_feature)
    }

    fn take(&mut self, unit: usize, feature: usize) {
        self.taken.insert(feature);
        self.found.feature_of.insert(self.units[unit].code.clone(), feature);
    }

    /// Whether a pair contradicts the places of the hromada (or, when none is placed, of the raion).
    fn contradicts(&self, unit: usize, feature: usize) -> bool {
        let (own, here) = (&self.units[unit], self.features[feature].position);
        let raion_only = self.features[feature].raion() == Some(own.raion_prefix());
        match self.nearest_km(own.hromada_prefix(), &own.code, here) {
            Some(km) => km > HROMADA_GAP_KM,
            None if raion_only => false,
            None => self.nearest_km(own.raion_prefix(), &own.code, here).is_none_or(|km| km > HROMADA_GAP_KM),
        }
    }

    /// Pairs where neither side has another choice.
    fn take_sole_pairs(&mut self, upto: Likeness) {
        let (pairs, by_unit, by_feature) = self.open(upto);
        for (unit, feature) in pairs {
            if by_unit[&unit].len() == 1 && by_feature[&feature].len() == 1 && !self.contradicts(unit, feature) {
                self.take(unit, feature);
            }
        }
    }

    /// Among namesakes, the one that is a town or a hromada's seat is the feature with more people or an administration:
    /// GeoNames' extract holds places of 500 people and more, so the more important namesake is the one it means.
    fn take_important(&mut self, upto: Likeness) {
        let (_, by_unit, by_feature) = self.open(upto);
        for (unit, features) in &by_unit {
            let Some(feature) = self.weightiest(features) else { continue };
            let outranked =
                by_feature[&feature].iter().any(|u| u != unit && rank(&self.units[*u]) >= rank(&self.units[*unit]));
            if !outranked
                && rank(&self.units[*unit]) > 0
                && !self.taken.contains(&feature)
                && !self.contradicts(*unit, feature)
            {
                self.take(*unit, feature);
            }
        }
    }

    fn weightiest(&self, features: &BTreeSet<usize>) -> Option<usize> {
        let weight = |at: usize| (self.features[at].is_administrative, self.features[at].population.unwrap_or(0));
        let best = features.iter().copied().max_by_key(|&at| weight(at))?;
        let clear = features.iter().filter(|&&at| at != best).all(|&at| {
            let ((best_is, best_people), (is, people)) = (weight(best), weight(at));
            best_is && !is || best_people >= people.saturating_mul(MORE_PEOPLE).max(1)
        });
        clear.then_some(best)
    }

    /// Namesakes told apart by where their hromadas' other settlements lie.
    fn take_near(&mut self, upto: Likeness) {
        for _ in 0..3 {
            let (pairs, by_unit, by_feature) = self.open(upto);
            for (unit, feature) in pairs {
                let Some(own_km) = self.hromada_km(unit, feature) else { continue };
                let other_units = by_feature[&feature].iter().filter(|&&u| u != unit);
                let twins = other_units.clone().any(|&u| self.same_hromada(u, unit));
                let rivals: Vec<Option<f64>> = other_units
                    .map(|&u| self.hromada_km(u, feature))
                    .chain(by_unit[&unit].iter().filter(|&&f| f != feature).map(|&f| self.hromada_km(unit, f)))
                    .collect();
                let clear = rivals.iter().all(|km| km.is_some_and(|km| km > own_km.max(3.0) * CLEARLY));
                let free =
                    !self.taken.contains(&feature) && !self.found.feature_of.contains_key(&self.units[unit].code);
                if own_km < NEAR_KM && clear && !twins && free {
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
        let own = &self.units[unit];
        self.nearest_km(own.hromada_prefix(), &own.code, self.features[feature].position)
    }

    /// Distance to the nearest placed settlement whose code begins so, other than `but`.
    fn nearest_km(&self, prefix: &str, but: &str, here: Position) -> Option<f64> {
        let from = self.found.feature_of.range(prefix.to_owned()..);
        let inside = from.take_while(|(code, _)| code.starts_with(prefix)).filter(|(code, _)| *code != but);
        inside.map(|(_, &feature)| self.features[feature].position.distance_km(here)).min_by(f64::total_cmp)
    }

    /// A match far from all the others of its hromada is taken back, the less important one first.
    fn remove_outliers(&mut self) {
        let mut by_rank: Vec<&Unit> =
            self.units.iter().filter(|u| self.found.feature_of.contains_key(&u.code)).collect();
        by_rank.sort_by_key(|unit| (rank(unit), unit.code.clone()));
        for unit in by_rank {
            let here = self.features[self.found.feature_of[&unit.code]].position;
            if let Some(km) = self.nearest_km(unit.hromada_prefix(), &unit.code, here)
                && km > HROMADA_GAP_KM
            {
                self.found.feature_of.remove(&unit.code);
                self.found
                    .removed
                    .insert(unit.code.clone(), format!("{km:.0} km from the nearest place of its hromada"));
            }
        }
    }

    fn note_ambiguous(&mut self) {
        let (pairs, ..) = self.open(Likeness::RegionOnly);
        self.found.ambiguous.extend(pairs.into_iter().map(|(unit, _)| self.units[unit].code.clone()));
    }
}

fn rank(unit: &Unit) -> u8 {
    let size = match unit.category {
        'M' => 4,
        'X' | 'T' => 2,
        _ => 0,
    };
    size + u8::from(unit.is_seat()) * 3
}

/// The romanisation GeoNames used before KMU-55 (BGN/PCGN 1965), folded: apostrophes and soft signs dropped.
fn romanize_before(name: &str) -> String {
    let mut out = String::new();
    for letter in fold(name).chars() {
        match letter {
            'й' => out.push('y'),
            'є' => out.push_str("ye"),
            'ї' => out.push_str("yi"),
            'ю' => out.push_str("yu"),
            'я' => out.push_str("ya"),
            'г' => out.push('h'),
            '’' | 'ь' => {}
            letter => out.push_str(&romanize_uk(&letter.to_string())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(code: &str, category: char, name_uk: &str) -> Unit {
        Unit { code: code.to_owned(), category, name_uk: name_uk.to_owned(), parent: None }
    }

    fn feature(lat: f64, lon: f64, raion: &str, uk: &[&str], latin: &str, people: u32) -> Feature {
        Feature {
            position: Position::new(lat, lon).unwrap(),
            names_uk: uk.iter().map(|name| fold(name)).collect(),
            skeletons: uk.iter().map(|name| skeleton(name)).collect(),
            names_latin: BTreeSet::from([fold_latin(latin)]),
            is_administrative: false,
            region: Some(raion[..4].to_owned()),
            raions: vec![raion.to_owned()],
            population: (people > 0).then_some(people),
        }
    }

    /// Which feature each unit got.
    fn check(units: &[Unit], features: &[Feature], expected: &[(&str, Option<usize>)]) {
        let found = find(units, features);
        for (code, feature) in expected {
            assert_eq!(found.feature_of.get(*code), feature.as_ref(), "{code}: {found:?}");
        }
    }

    const SEAT: &str = "UA59020070010054283";
    const VILLAGE: &str = "UA59020090020054284";
    const TWIN: &str = "UA59020110020054285";

    #[test]
    fn a_name_is_recognised_in_ukrainian_in_either_romanisation_and_through_russian() {
        for (name, uk, latin) in [
            ("Знам’янка", "Знам'янка", "Other"),
            ("Знам’янка", "", "Znamianka"),
            ("Знам’янка", "", "Znam\u{2019}yanka"),
            ("Оленівка", "Оленевка", "Olenevka"),
        ] {
            let features = [feature(51.0, 33.0, "UA5902", &[uk], latin, 900)];
            check(&[unit(SEAT, 'X', name)], &features, &[(SEAT, Some(0))]);
        }
    }

    #[test]
    fn a_name_of_another_raion_is_not_taken_when_it_lies_elsewhere() {
        let features = [feature(51.0, 33.0, "UA5906", &["Бахмач"], "Bakhmach", 900)];
        check(&[unit(SEAT, 'X', "Бахмач")], &features, &[(SEAT, None)]);
    }

    #[test]
    fn of_namesakes_the_seat_is_the_one_with_people_and_equal_ones_stay_unplaced() {
        let features = [feature(51.0, 33.0, "UA5902", &["Миколаївка"], "Mykolaivka", 4_000)];
        let units = [unit(SEAT, 'X', "Миколаївка"), unit(VILLAGE, 'C', "Миколаївка")];
        check(&units, &features, &[(SEAT, Some(0)), (VILLAGE, None)]);
        let units = [unit(VILLAGE, 'C', "Миколаївка"), unit(TWIN, 'C', "Миколаївка")];
        check(&units, &features, &[(VILLAGE, None), (TWIN, None)]);
    }

    #[test]
    fn namesakes_are_told_apart_by_their_hromadas_other_places() {
        let units = [
            unit("UA59020090010000001", 'X', "Поділ"),
            unit(VILLAGE, 'C', "Миколаївка"),
            unit("UA59020110010000002", 'X', "Ямпіль"),
            unit(TWIN, 'C', "Миколаївка"),
        ];
        let features = [
            feature(51.00, 33.0, "UA5902", &["Поділ"], "Podil", 900),
            feature(51.03, 33.0, "UA5902", &["Миколаївка"], "Mykolaivka", 700),
            feature(51.50, 34.0, "UA5902", &["Ямпіль"], "Yampil", 900),
            feature(51.53, 34.0, "UA5902", &["Миколаївка"], "Mykolaivka", 800),
        ];
        check(&units, &features, &[(VILLAGE, Some(1)), (TWIN, Some(3))]);
    }

    #[test]
    fn a_place_far_from_its_hromadas_others_is_an_outlier() {
        let units = [unit(SEAT, 'M', "Конотоп"), unit("UA59020070020000003", 'C', "Підлипне")];
        let features = [
            feature(51.2, 33.2, "UA5902", &["Конотоп"], "Konotop", 80_000),
            feature(52.2, 33.2, "UA5902", &["Підлипне"], "Pidlypne", 600),
        ];
        check(&units, &features, &[(SEAT, Some(0)), ("UA59020070020000003", None)]);
    }
}
