//! The area of an incident, as positions and codes are compared with it.

use chronicle::book::area_at;
use model::place::Outline;
use model::{Area, AreaSet, Code, Level, Position};

/// How a code lies to the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lies {
    /// It is the area, or in it.
    Here,
    /// It holds the area.
    Around,
}

/// One community of the area set.
pub(super) struct Place {
    pub(super) areas: &'static AreaSet,
    area: &'static Area,
    /// Of the community, or of what it is made of.
    outlines: Vec<&'static Outline>,
}

impl Place {
    /// By its path; `None` when the area set has no such community.
    pub(super) fn of(areas: &'static AreaSet, path: &str) -> Option<Self> {
        let area = areas.get(area_at(areas, path)?)?;
        let mut outlines: Vec<&Outline> = areas.outline(area.code).into_iter().collect();
        if outlines.is_empty() && area.level == Level::Country {
            outlines.extend(areas.children(area.code).filter_map(|it| areas.outline(it.code)));
        }
        Some(Self { areas, area, outlines })
    }

    /// Its code.
    pub(super) const fn code(&self) -> Code {
        self.area.code
    }

    /// Whether it is a region or the country: wide enough to say that a sensor stands in it.
    pub(super) fn wide(&self) -> bool {
        self.area.level <= Level::Oblast
    }

    /// How far outside a position lies, kilometres; 0 inside. Without an outline by the nearest community and the radius.
    pub(super) fn km(&self, at: Position) -> f64 {
        if self.outlines.is_empty() {
            if self.areas.locate(at).iter().any(|it| it.code == self.area.code) {
                return 0.0;
            }
            return (self.area.centre.distance_km(at) - self.area.radius_km).max(0.1);
        }
        if self.outlines.iter().any(|it| it.holds(at)) {
            return 0.0;
        }
        self.outlines.iter().map(|it| it.border_km(at)).fold(f64::INFINITY, f64::min)
    }

    /// How a code lies to it; `None` when beside.
    pub(super) fn lies(&self, code: Code) -> Option<Lies> {
        if self.areas.covers(self.area.code, code) {
            return Some(Lies::Here);
        }
        self.areas.covers(code, self.area.code).then_some(Lies::Around)
    }
}
