//! Which communities a position lies in.
//!
//! What comes in: a position. What goes out: areas, narrowest first. What always holds: where real boundaries were imported they
//! decide, exactly, and a position on a border lies in every community whose border it is; elsewhere the answer is a guess from
//! approximate outlines and centres. Deliberately absent: streets and addresses.

use super::index::{AreaIndex, Shape};
use super::{Area, AreaSet, Level, Position};

impl AreaSet {
    /// The index of all outlines of this set, approximate ones too, with its placed settlements and their people.
    ///
    /// Made when it is first asked for, in some tens of milliseconds for the bundled set.
    pub fn outline_index(&self) -> &AreaIndex {
        // Imported outlines were indexed when they came; the bundled ones are held to it by a test.
        self.index.get_or_init(|| self.indexed().unwrap_or_else(|_| AreaIndex::empty()))
    }

    pub(super) fn indexed(&self) -> Result<AreaIndex, super::index::IndexError> {
        let people = |area: &Area| Some((area.centre, area.population?));
        let placed = self.at_level(Level::Settlement).filter(|area| area.placed && area.category != 'B');
        AreaIndex::of(self.outlines.iter().map(|(code, outline)| (*code, outline.polygons())))?
            .with_settlements(placed.filter_map(people))
    }

    /// All communities whose real boundary holds or touches the position, narrowest first; none where none was imported.
    pub fn bounded_at(&self, position: Position) -> Vec<&Area> {
        // Without any the index need not be made.
        if self.outlines.values().all(super::Outline::is_approximate) {
            return Vec::new();
        }
        let real = |area: &&Area| self.outline(area.code).is_some_and(|outline| !outline.is_approximate());
        let mut found: Vec<&Area> =
            self.outline_index().at(position).into_iter().filter_map(|code| self.get(code)).filter(real).collect();
        found.sort_by_key(|area| std::cmp::Reverse(area.level));
        found
    }

    /// All communities whose real boundary has a point in common with a shape, by code.
    pub fn bounded_in(&self, shape: &Shape) -> Vec<&Area> {
        let real = |area: &&Area| self.outline(area.code).is_some_and(|outline| !outline.is_approximate());
        self.outline_index().touching(shape).into_iter().filter_map(|code| self.get(code)).filter(real).collect()
    }

    /// The communities a point lies in: settlement or hromada first, the country last.
    ///
    /// By the real boundaries where some hold the point, on a border all those that do, each with what it lies in. Below them, or
    /// without any, most likely: by the approximate outlines, then by the nearest placed hromada inside.
    /// Empty when no outline holds the point and no placed community's radius does.
    pub fn locate(&self, position: Position) -> Vec<&Area> {
        let bounded = self.bounded_at(position);
        let narrowest: Vec<&Area> = match bounded.first() {
            Some(first) => bounded.iter().copied().filter(|area| area.level == first.level).collect(),
            None => self.guessed(position).into_iter().collect(),
        };
        let mut found: Vec<&Area> = Vec::new();
        if narrowest.is_empty() {
            found.extend(self.refined(None, position));
        }
        found.extend(narrowest.iter().filter_map(|area| self.refined(Some(area), position)));
        let above: Vec<&Area> = found.iter().flat_map(|area| self.ancestors(area.code)).collect();
        found.extend(above.into_iter().chain(bounded));
        // Narrowest first; a city district and its city are both settlements, and stand in this order.
        found.sort_by_key(|area| (std::cmp::Reverse(area.level), std::cmp::Reverse(area.category == 'B'), area.code));
        found.dedup_by_key(|area| area.code);
        found
    }

    /// The narrowest area whose approximate outline holds the position and that lies in no area whose real boundary does not.
    fn guessed(&self, position: Position) -> Option<&Area> {
        let inside = self.outline_index().at(position).into_iter().filter_map(|code| self.get(code));
        inside.filter(|area| !self.excluded(area, position)).max_by_key(|area| area.level)
    }

    /// Whether the area or something it lies in has a real boundary that does not hold the position.
    fn excluded(&self, area: &Area, position: Position) -> bool {
        let beyond = |area: &Area| self.outline(area.code).is_some_and(|o| !o.is_approximate() && !o.holds(position));
        beyond(area) || self.ancestors(area.code).any(beyond)
    }

    /// The settlement or hromada in `within` that most likely holds the position; `within` where there is none.
    fn refined<'a>(&'a self, within: Option<&'a Area>, position: Position) -> Option<&'a Area> {
        let lowest = match within {
            Some(area) if area.level >= Level::Hromada => Some(area),
            Some(area) => {
                // Those with a boundary of their own would have been found by it.
                let open = |a: &&Area| self.outline(a.code).is_none_or(super::Outline::is_approximate);
                let hromadas = self.descendants(area.code).filter(|a| a.level == Level::Hromada && a.placed);
                nearest(hromadas.filter(open), position).map(|(_, area)| area).or(Some(area))
            }
            None => {
                let near = |a: &&Area| a.placed && a.centre.distance_km(position) <= a.radius_km;
                let hromadas = self.at_level(Level::Hromada).filter(near).filter(|a| !self.excluded(a, position));
                nearest(hromadas, position).map(|(_, area)| area)
            }
        }?;
        let settlements = self.settlements_of(lowest.code).filter(|a| a.placed && a.level == Level::Settlement);
        let settlement = nearest(settlements, position).filter(|(km, area)| *km <= area.radius_km);
        Some(settlement.map_or(lowest, |(_, area)| area))
    }
}

fn nearest<'a>(areas: impl Iterator<Item = &'a Area>, position: Position) -> Option<(f64, &'a Area)> {
    areas.map(|area| (area.centre.distance_km(position), area)).min_by(|a, b| a.0.total_cmp(&b.0))
}
