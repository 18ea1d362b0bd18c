//! Compass words: where it goes, where it comes from, in which part and on which side of a place it is.

use super::mark::{Mark, Meaning};
use crate::text::lexicon::{Role, Sense, Wind};
use crate::text::token::TokenKind;
use model::CompassPoint;

/// What a compass word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// It moves toward that wind.
    Direction,
    /// It comes from there.
    Origin,
    /// It is in that part of the region that follows or was named.
    Part,
    /// It is in that part of the region that follows, and goes there.
    TowardPart,
    /// It is on that side of the place that follows.
    Side,
    /// The word is (also) a place and stands in a place's slot.
    Place,
    /// Nothing.
    Nothing,
}

/// Joins "північний захід" into one wind. Gives the wind, its form and the marks read.
pub(super) fn wind_at(marks: &[Mark], at: usize) -> Option<(CompassPoint, Wind, usize)> {
    let Some(Sense::Compass(first, wind)) = marks.get(at)?.sense() else { return None };
    if wind == Wind::Adjective
        && let Some(Sense::Compass(second, second_wind)) = marks.get(at + 1).and_then(Mark::sense)
        && let Some(point) = between(first, second)
    {
        return Some((point, second_wind, 2));
    }
    Some((first, wind, 1))
}

/// The wind between two of the four: north or south with east or west.
fn between(first: CompassPoint, second: CompassPoint) -> Option<CompassPoint> {
    Some(match (first, second) {
        (CompassPoint::N, CompassPoint::E) => CompassPoint::Ne,
        (CompassPoint::N, CompassPoint::W) => CompassPoint::Nw,
        (CompassPoint::S, CompassPoint::E) => CompassPoint::Se,
        (CompassPoint::S, CompassPoint::W) => CompassPoint::Sw,
        _ => return None,
    })
}

/// What stands before a compass word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before {
    pub(super) role: Option<Role>,
    /// "курс", an arrow, or a list that began with one.
    pub(super) course: bool,
    /// Only aircraft are spoken of: "на північному напрямку" is where they are.
    pub(super) aircraft: bool,
}

/// What the compass word at `at`, of `length` marks, says; with the marks after it that belong to it.
pub(super) fn says(
    marks: &[Mark],
    at: usize,
    length: usize,
    point: CompassPoint,
    wind: Wind,
    before: Before,
) -> (Says, usize) {
    let next = marks.get(at + length);
    let sense = next.and_then(Mark::sense);
    let place_follows =
        next.is_some_and(|mark| matches!(mark.meaning, Meaning::Place) || sense == Some(Sense::TheRegion));
    let of_follows = sense == Some(Sense::Prep(Role::Of));
    let from = matches!(before.role, Some(Role::From | Role::Of));
    if point == CompassPoint::C {
        return if matches!(before.role, Some(Role::In | Role::On)) || wind == Wind::Adjective && place_follows {
            (Says::Part, 0)
        } else {
            (Says::Nothing, 0)
        };
    }
    match wind {
        Wind::Heading => (Says::Direction, 0),
        Wind::Side => (Says::Side, usize::from(of_follows)),
        Wind::Adjective => match sense {
            Some(Sense::Course) => (if from { Says::Origin } else { Says::Direction }, 1),
            // "із західного напрямку на Черкаси": the same word begins what follows.
            Some(Sense::Prep(Role::Toward))
                if next.is_some_and(|m| m.words.starts_with("напрям") || m.words.starts_with("направл")) =>
            {
                (if from { Says::Origin } else { Says::Direction }, 0)
            }
            Some(Sense::Bearing) if from => (Says::Origin, 1),
            Some(Sense::Bearing) if before.aircraft && before.role == Some(Role::On) => (Says::Origin, 1),
            Some(Sense::Bearing) => (Says::Direction, 1),
            Some(Sense::Part) => {
                let of = usize::from(marks.get(at + length + 1).and_then(Mark::sense) == Some(Sense::Prep(Role::Of)));
                (
                    if from {
                        Says::Origin
                    } else if toward(before) {
                        Says::TowardPart
                    } else {
                        Says::Part
                    },
                    1 + of,
                )
            }
            _ if before.course => (Says::Direction, 0),
            _ if place_follows => (
                if from {
                    Says::Origin
                } else if toward(before) {
                    Says::TowardPart
                } else {
                    Says::Part
                },
                0,
            ),
            _ if marks.get(at).is_some_and(|mark| mark.place.is_some()) && before.role.is_some() => (Says::Place, 0),
            _ => (Says::Nothing, 0),
        },
        Wind::Plain | Wind::Oblique => {
            if of_follows {
                let region_after = marks.get(at + length + 1).is_some_and(is_region);
                return if region_after && before.role == Some(Role::In) {
                    (Says::Part, 1)
                } else if from {
                    (Says::Origin, 1)
                } else {
                    (Says::Side, 1)
                };
            }
            if from {
                return (Says::Origin, 0);
            }
            if place_follows && next.is_some_and(is_region) {
                let goes = before.course
                    || before.role == Some(Role::Toward)
                    || (before.role == Some(Role::On) && wind == Wind::Plain);
                return (if goes { Says::TowardPart } else { Says::Part }, 0);
            }
            if before.course || before.role == Some(Role::Toward) {
                return (Says::Direction, 0);
            }
            match (before.role, wind) {
                (Some(Role::On), Wind::Plain) => (Says::Direction, 0),
                (Some(Role::On | Role::In), _) => (Says::Part, 0),
                _ if at == 0 || marks.get(at - 1).is_some_and(|m| m.is_sign(TokenKind::Open)) => (Says::Part, 0),
                _ => (Says::Nothing, 0),
            }
        }
    }
}

fn toward(before: Before) -> bool {
    before.course || before.role == Some(Role::Toward)
}

/// Whether a mark names a region or stands for one.
pub(super) fn is_region(mark: &Mark) -> bool {
    mark.sense() == Some(Sense::TheRegion)
        || mark.place.as_ref().is_some_and(|mention| {
            mention.candidates.iter().any(|c| !matches!(c.class, crate::text::gazetteer::Class::Settlement))
        })
}
