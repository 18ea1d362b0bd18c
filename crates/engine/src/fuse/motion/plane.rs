//! The local east-north plane, kilometres, about a point that moves along.

use model::Position;

/// Kilometres in a degree of latitude on the sphere that [`Position`] uses.
pub(crate) const KM_PER_DEG: f64 = 111.195_080_233_532_9;

/// East and north from `a` to `b`, kilometres, on the plane at the middle latitude.
pub(crate) fn offset_km(a: Position, b: Position) -> [f64; 2] {
    let mut east_deg = b.lon_deg() - a.lon_deg();
    if east_deg > 180.0 {
        east_deg -= 360.0;
    } else if east_deg < -180.0 {
        east_deg += 360.0;
    }
    let middle = libm::cos((0.5 * (a.lat_deg() + b.lat_deg())).to_radians());
    [east_deg * middle * KM_PER_DEG, (b.lat_deg() - a.lat_deg()) * KM_PER_DEG]
}

/// The position `[east, north]` kilometres from `from`, kept on the map.
pub(crate) fn moved(from: Position, [east, north]: [f64; 2]) -> Position {
    let lat = (from.lat_deg() + north / KM_PER_DEG).clamp(-89.0, 89.0);
    let middle = libm::cos((0.5 * (from.lat_deg() + lat)).to_radians()).max(0.01);
    let mut lon = from.lon_deg() + east / (middle * KM_PER_DEG);
    if lon > 180.0 {
        lon -= 360.0;
    } else if lon < -180.0 {
        lon += 360.0;
    }
    // A step of more than half the Earth cannot come from a bounded velocity and time; the old place is the safe answer.
    Position::new(lat, lon).unwrap_or(from)
}

/// Difference of two courses, 0 to 180 degrees.
pub(crate) fn turn_deg(a: f64, b: f64) -> f64 {
    let turn = (a - b).abs() % 360.0;
    if turn > 180.0 { 360.0 - turn } else { turn }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_measured_the_short_way_round() {
        for (a, b, expected) in [(350.0, 10.0, 20.0), (10.0, 350.0, 20.0), (0.0, 180.0, 180.0), (90.0, 90.0, 0.0)] {
            assert!((turn_deg(a, b) - expected).abs() < 1e-9, "{a} {b}");
        }
    }
}
