//! How open each community lies to what nobody has seen yet.
//!
//! What comes in: centres and radii of the smallest communities. What goes out: for each how many times likelier something
//! unseen comes over it than over one of ordinary size inside the country. What always holds: the same set gives the same
//! numbers, none is 0. Deliberately absent: where anything came in; that is asked of the picture.
//!
//! Source: what appears anywhere over a disc of radius r, and flies on straight for L before somebody tells of it, comes over
//! the disc in proportion to π r² + 2 r L (Buffon; the area that a moving point sweeps). What comes in comes over the rim: it
//! is met unseen where no community lies in a wide angle, and told of farther in.

use model::Position;

/// So far something flies before it is told of, kilometres: four minutes of a drone.
const UNTOLD_KM: f64 = 10.0;
/// Radius of a community of ordinary size, kilometres: the median of the bundled set.
const ORDINARY_KM: f64 = 16.0;
/// Neighbours within this count as seen, kilometres.
const NEIGHBOUR_KM: f64 = 60.0;
/// A widest angle without a neighbour that counts once, radians (a right angle); with which power a wider one counts more, and
/// the least and most it counts for. On simulated nights of drones what nobody had told of in time came over communities with
/// half of all directions empty a hundred times as often as over those inside, of jet drones ten times: between the two.
const ANGLE: f64 = std::f64::consts::FRAC_PI_2;
const STEEP: f64 = 3.0;
const RIM: [f64; 2] = [0.1, 8.0];
const KM_PER_DEG: f64 = 111.195;

/// What a disc sweeps against one of ordinary size.
fn swept(radius_km: f64) -> f64 {
    let sweep = |r: f64| std::f64::consts::PI * r * r + 2.0 * r * UNTOLD_KM;
    sweep(radius_km.max(1.0)) / sweep(ORDINARY_KM)
}

/// The widest angle at `at` without one of `directions`, radians.
fn widest(mut directions: Vec<f64>) -> f64 {
    let full = 2.0 * std::f64::consts::PI;
    directions.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (directions.first(), directions.last()) else { return full };
    let around = first + full - last;
    directions.windows(2).map(|pair| pair[1] - pair[0]).fold(around, f64::max)
}

/// How open each lies, in the order given. Costs as many looks as there are pairs within a degree of latitude.
pub(crate) fn openness(communities: &[(Position, f64)]) -> Vec<f64> {
    let mut by_latitude: Vec<(f64, f64)> =
        communities.iter().map(|(centre, _)| (centre.lat_deg(), centre.lon_deg())).collect();
    by_latitude.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let band_deg = NEIGHBOUR_KM / KM_PER_DEG;
    let open = |&(centre, radius_km): &(Position, f64)| {
        let (lat, lon) = (centre.lat_deg(), centre.lon_deg());
        let narrow = libm::cos(lat.to_radians());
        let from = by_latitude.partition_point(|other| other.0 < lat - band_deg);
        let near = by_latitude.iter().skip(from).take_while(|other| other.0 <= lat + band_deg);
        let direction = |&(other_lat, other_lon): &(f64, f64)| {
            let (e, n) = ((other_lon - lon) * narrow * KM_PER_DEG, (other_lat - lat) * KM_PER_DEG);
            let away2 = e * e + n * n;
            (away2 > 1.0 && away2 < NEIGHBOUR_KM * NEIGHBOUR_KM).then(|| libm::atan2(e, n))
        };
        let rim = libm::pow(widest(near.filter_map(direction).collect()) / ANGLE, STEEP);
        swept(radius_km) * rim.clamp(RIM[0], RIM[1])
    };
    communities.iter().map(open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square grid of communities 20 km apart.
    fn grid(radius_km: f64) -> Vec<(Position, f64)> {
        let home = Position::new(49.0, 31.0).unwrap();
        let at = |row: i32, column: i32| {
            let north = home.toward(0.0, 20.0 * f64::from(row));
            (north.toward(90.0, 20.0 * f64::from(column)), radius_km)
        };
        (0..9).flat_map(|row| (0..9).map(move |column| at(row, column))).collect()
    }

    #[test]
    fn the_rim_lies_open_and_the_middle_does_not() {
        let open = openness(&grid(16.0));
        let (middle, side, corner) = (open[4 * 9 + 4], open[4], open[0]);
        assert!((middle - 0.1).abs() < 1e-9, "{middle}");
        assert!((side - 8.0).abs() < 0.5, "half of all directions are empty: {side}");
        assert!((corner - 8.0).abs() < 1e-9, "{corner}");
    }

    #[test]
    fn a_wide_community_is_entered_by_more() {
        let (narrow, wide) = (openness(&grid(8.0))[40], openness(&grid(32.0))[40]);
        // π 32² + 640 against π 8² + 160.
        assert!((wide / narrow - 3857.0 / 361.1).abs() < 0.02, "{wide} {narrow}");
    }

    #[test]
    fn one_alone_lies_open_to_everywhere() {
        assert!((openness(&grid(16.0)[..1])[0] - 8.0).abs() < 1e-9);
        assert!(openness(&[]).is_empty());
    }
}
