//! The area set as the engine walks it: who lies in whom, and where.
//!
//! What comes in: an [`AreaSet`]. What goes out: chains upward, children, ordinals and centres of communities.
//! What always holds: a chain has at most [`CHAIN_MAX`] links, so a set with a loop cannot hang the engine.
//! Deliberately absent: settlements as communities to warn (people live at points, alerts go to communities).

use crate::came_in::CameIn;
use crate::extent::{Extent, extents};
use crate::open::openness;
use model::{AreaSet, Code, Level, Position};
use std::collections::{BTreeMap, BTreeSet};

/// Longest chain from a settlement to the country.
pub(crate) const CHAIN_MAX: usize = 8;

/// One community that can be warned.
#[derive(Debug, Clone)]
pub(crate) struct Community {
    pub(crate) code: Code,
    pub(crate) level: Level,
    pub(crate) centre: Position,
    pub(crate) radius_km: f64,
    pub(crate) people: Option<u32>,
}

/// The area set, indexed.
pub(crate) struct Ground {
    areas: &'static AreaSet,
    /// Every area but settlements, by code: the index is the community's ordinal.
    communities: Vec<Community>,
    /// Each community and what it lies in, up to the country, by ordinal.
    chains: Vec<Vec<Code>>,
    /// The same with the level of each.
    lineages: Vec<Vec<(Code, Level)>>,
    children: BTreeMap<Code, Vec<Code>>,
    /// Which communities hold no other, by ordinal.
    smallest: Vec<bool>,
    /// Ordinals of the smallest communities in each, itself where nothing smaller lies in it; by ordinal.
    smallest_in: Vec<Vec<usize>>,
    /// Communities a forecast is made for, sorted by latitude: hromadas, raions, and regions without raions. Each with
    /// its ordinal, centre and radius, kilometres.
    by_latitude: Vec<(usize, Position, f64)>,
    /// The largest radius among them.
    radius_km_max: f64,
    /// How open each of the smallest lies to what nobody has seen, by ordinal; 0 for the others.
    open: Vec<f64>,
    /// Whether it is known where things came in before.
    known: bool,
    /// Middle and spread of the land of each, by ordinal, where it is known.
    extents: Vec<Option<Extent>>,
}

impl std::fmt::Debug for Ground {
    /// The same in every engine of one area set: not worth its thousands of lines.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ground({} communities)", self.communities.len())
    }
}

impl Ground {
    pub(crate) fn new(areas: &'static AreaSet, came_in: &CameIn) -> Self {
        let mut children: BTreeMap<Code, Vec<Code>> = BTreeMap::new();
        let mut communities = Vec::new();
        for area in areas.iter().filter(|area| area.level != Level::Settlement) {
            communities.push(Community {
                code: area.code,
                level: area.level,
                centre: area.centre,
                radius_km: area.radius_km,
                people: area.population,
            });
            if let Some(parent) = area.parent {
                children.entry(parent).or_default().push(area.code);
            }
        }
        let chain = |community: &Community| {
            let up = std::iter::successors(areas.get(community.code), |area| areas.get(area.parent?));
            up.take(CHAIN_MAX).map(|area| area.code).collect()
        };
        let chains: Vec<Vec<Code>> = communities.iter().map(chain).collect();
        let level = |&code: &Code| areas.get(code).map(|area| (code, area.level));
        let lineages = chains.iter().map(|chain| chain.iter().filter_map(level).collect()).collect();
        let smallest: Vec<bool> = communities.iter().map(|c| !children.contains_key(&c.code)).collect();
        let ordinal = |code: &Code| communities.binary_search_by(|c: &Community| c.code.cmp(code)).ok();
        let mut smallest_in = vec![Vec::new(); communities.len()];
        for (at, chain) in chains.iter().enumerate().filter(|&(at, _)| smallest[at]) {
            for above in chain.iter().filter_map(ordinal) {
                smallest_in[above].push(at);
            }
        }
        let forecast = |c: &Community| match c.level {
            Level::Hromada | Level::Raion => true,
            Level::Oblast => !children.contains_key(&c.code),
            Level::Country | Level::Settlement => false,
        };
        let mut by_latitude: Vec<(usize, Position, f64)> = communities
            .iter()
            .enumerate()
            .filter(|(_, community)| forecast(community))
            .map(|(at, community)| (at, community.centre, community.radius_km))
            .collect();
        by_latitude.sort_by(|a, b| a.1.lat_deg().total_cmp(&b.1.lat_deg()).then(a.0.cmp(&b.0)));
        let radius_km_max = by_latitude.iter().map(|&(_, _, radius_km)| radius_km).fold(0.0, f64::max);
        let leaves: Vec<&Community> =
            communities.iter().zip(&smallest).filter(|(_, smallest)| **smallest).map(|(c, _)| c).collect();
        let geometry = openness(&leaves.iter().map(|c| (c.centre, c.radius_km)).collect::<Vec<_>>());
        // What is counted of wider communities tells of no place.
        let known = leaves.iter().any(|c| came_in.entries.get(&c.code).is_some_and(|&n| n > 0));
        let mut opens = came_in.opens(&leaves, geometry).into_iter();
        let open = smallest.iter().map(|&smallest| if smallest { opens.next().unwrap_or(1.0) } else { 0.0 }).collect();
        let codes: Vec<Code> = leaves.iter().map(|c| c.code).collect();
        let above = |code: Code| ordinal(&code).and_then(|at| chains.get(at)).cloned().unwrap_or_default();
        let lands = extents(areas, &codes, above);
        let extents = communities.iter().map(|c| lands.get(&c.code).copied()).collect();
        Self {
            areas,
            communities,
            chains,
            lineages,
            children,
            smallest,
            smallest_in,
            by_latitude,
            radius_km_max,
            open,
            known,
            extents,
        }
    }

    pub(crate) fn knows(&self, code: Code) -> bool {
        self.level(code).is_some()
    }

    pub(crate) fn level(&self, code: Code) -> Option<Level> {
        self.community(code).map(|c| c.level).or_else(|| self.areas.get(code).map(|area| area.level))
    }

    /// All communities, sorted by code.
    pub(crate) fn communities(&self) -> &[Community] {
        &self.communities
    }

    /// Whether nothing smaller lies in the community of that ordinal.
    pub(crate) fn smallest(&self, ordinal: usize) -> bool {
        self.smallest.get(ordinal).copied().unwrap_or(false)
    }

    /// How many times likelier something unseen comes over the community of that ordinal than over an ordinary one; 0 where
    /// something smaller lies in it.
    pub(crate) fn open(&self, ordinal: usize) -> f64 {
        self.open.get(ordinal).copied().unwrap_or(0.0)
    }

    /// Whether it is known where things came in before: then an entry anywhere says that others may come in where they do.
    pub(crate) const fn known(&self) -> bool {
        self.known
    }

    /// Ordinals of the smallest communities that lie in a community, sorted; itself where nothing smaller does.
    pub(crate) fn smallest_in(&self, code: Code) -> &[usize] {
        let its = self.ordinal(code).and_then(|ordinal| self.smallest_in.get(ordinal));
        its.map_or(&[], Vec::as_slice)
    }

    /// Place of a community among all communities.
    pub(crate) fn ordinal(&self, code: Code) -> Option<usize> {
        self.communities.binary_search_by(|c| c.code.cmp(&code)).ok()
    }

    pub(crate) fn community(&self, code: Code) -> Option<&Community> {
        self.ordinal(code).and_then(|at| self.communities.get(at))
    }

    /// The area itself, then what it lies in, up to the country. Empty for an unknown code.
    pub(crate) fn chain(&self, code: Code) -> impl Iterator<Item = Code> + '_ {
        let (own, mut at) = match self.ordinal(code) {
            Some(ordinal) => (None, self.chains.get(ordinal)),
            None => (self.areas.get(code), None),
        };
        // A settlement, and perhaps the city it is a district of, below the first community.
        let mut up = own;
        let below = std::iter::from_fn(move || {
            let area = up?;
            up = area.parent.and_then(|parent| self.areas.get(parent)).filter(|a| a.level == Level::Settlement);
            Some(area.code)
        });
        if let Some(area) = own {
            let mut above = area.parent.and_then(|parent| self.areas.get(parent));
            while let Some(city) = above.filter(|area| area.level == Level::Settlement) {
                above = city.parent.and_then(|parent| self.areas.get(parent));
            }
            at = above.and_then(|community| self.chains.get(self.ordinal(community.code)?));
        }
        below.take(CHAIN_MAX).chain(at.map_or(&[][..], Vec::as_slice).iter().copied())
    }

    /// The community of that ordinal and what it lies in, up to the country, each with its level.
    pub(crate) fn lineage(&self, ordinal: usize) -> &[(Code, Level)] {
        self.lineages.get(ordinal).map_or(&[], Vec::as_slice)
    }

    /// Middle and spread of a community's land; `None` where it lies is not known.
    pub(crate) fn extent(&self, code: Code) -> Option<&Extent> {
        self.ordinal(code).and_then(|at| self.extents.get(at)).and_then(Option::as_ref)
    }

    /// People, where the number is known.
    pub(crate) fn people(&self, code: Code) -> Option<u32> {
        self.areas.get(code).and_then(|area| area.population)
    }

    /// Whether `code` is `above` or lies in it.
    pub(crate) fn within(&self, code: Code, above: Code) -> bool {
        self.chain(code).any(|link| link == above)
    }

    /// Communities directly below, without settlements.
    pub(crate) fn children(&self, code: Code) -> &[Code] {
        self.children.get(&code).map_or(&[], Vec::as_slice)
    }

    /// The smallest community that holds `code`: itself, or a settlement's hromada.
    pub(crate) fn community_of(&self, code: Code) -> Option<Code> {
        self.chain(code).find(|&link| self.level(link) != Some(Level::Settlement))
    }

    /// Communities a forecast is made for whose disc may touch the band of latitudes, in order of latitude: ordinal,
    /// centre and radius in kilometres.
    pub(crate) fn band(&self, south_deg: f64, north_deg: f64) -> impl Iterator<Item = (usize, Position, f64)> {
        let margin_deg = self.radius_km_max / 111.0;
        let from = self.by_latitude.partition_point(|(_, at, _)| at.lat_deg() < south_deg - margin_deg);
        let to = self.by_latitude.partition_point(|(_, at, _)| at.lat_deg() <= north_deg + margin_deg);
        self.by_latitude.get(from..to).unwrap_or_default().iter().copied()
    }

    /// The smallest community that holds `position` by its real boundary; where only a wider one does, the nearest centre in
    /// it, and without any the nearest centre of all.
    pub(crate) fn nearest(&self, position: Position) -> Option<Code> {
        // On a border each is as right; the first by code, so that it is the same everywhere.
        let within = self.areas.bounded_at(position).first().map(|area| area.code);
        let in_it = |c: &Community| within.is_none_or(|within| self.within(c.code, within));
        let small = |c: &&Community| !self.children.contains_key(&c.code) && in_it(c);
        let near = |c: &Community| (c.centre.distance_km(position), c.code);
        let closer = |a: &(f64, Code), b: &(f64, Code)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        self.communities.iter().filter(small).map(near).min_by(closer).map(|(_, code)| code)
    }

    /// All above the given codes, themselves excluded.
    pub(crate) fn above(&self, codes: impl IntoIterator<Item = Code>) -> BTreeSet<Code> {
        codes.into_iter().flat_map(|code| self.chain(code).skip(1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::place::Outline;

    #[test]
    fn a_real_boundary_decides_before_the_nearest_centre() {
        let bundled = AreaSet::bundled();
        let konotop = Position::new(51.24, 33.20).unwrap();
        let near = Ground::new(bundled, &CameIn::default()).nearest(konotop).unwrap();
        let far = bundled.at_level(Level::Hromada).find(|area| area.code.as_str().starts_with("UA21")).unwrap().code;
        assert_ne!(near, far);
        let ring = vec![[33.0, 51.0], [34.0, 51.0], [34.0, 52.0], [33.0, 52.0], [33.0, 51.0]];
        let outlines = BTreeMap::from([(far, Outline::surveyed(vec![vec![ring]]))]);
        let ground =
            Ground::new(Box::leak(Box::new(bundled.clone().with_outlines(outlines).unwrap())), &CameIn::default());
        assert_eq!(ground.nearest(konotop), Some(far));
        assert_ne!(ground.nearest(Position::new(50.0, 36.2).unwrap()), Some(far));
    }
}
