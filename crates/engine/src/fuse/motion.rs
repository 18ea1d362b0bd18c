//! A constant-velocity Kalman filter on the local east-north plane of the object's own position.
//!
//! State: position and velocity `[e km, n km, ve km/s, vn km/s]`; the mean position is kept as latitude and longitude,
//! so that the plane moves along and a long flight does not leave it. Measurements are taken one scalar at a time
//! (Bar-Shalom, Li and Kirubarajan 2001, section 5.2 and 6.2.2), so that no matrix is ever inverted.
//! Invariant: the covariance is symmetric with a positive diagonal; all numbers are finite.

use super::kind::Flight;
use crate::sense::Course;
use model::Position;

/// Kilometres in a degree of latitude on the sphere that [`Position`] uses.
pub(crate) const KM_PER_DEG: f64 = 111.195_080_233_532_9;

/// Mean and covariance of an object's motion.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Motion {
    pub(crate) position: Position,
    /// East and north, kilometres a second.
    pub(crate) velocity: [f64; 2],
    /// Order: e, n, ve, vn.
    pub(crate) covariance: [[f64; 4]; 4],
}

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

impl Motion {
    /// An object first placed at `position` with standard deviation `sd_km`, flying as its kind does.
    pub(crate) fn begin(position: Position, sd_km: f64, flight: &Flight) -> Self {
        let mut motion = Self { position, velocity: [0.0, 0.0], covariance: [[0.0; 4]; 4] };
        motion.covariance[0][0] = sd_km * sd_km;
        motion.covariance[1][1] = sd_km * sd_km;
        motion.forget_course(flight);
        motion
    }

    /// Any direction is possible: the mean stands still and the spread is that of a ring of the usual speed.
    pub(crate) fn forget_course(&mut self, flight: &Flight) {
        let (speed, sd) = (flight.speed_mps / 1000.0, flight.speed_sd_mps / 1000.0);
        self.velocity = [0.0, 0.0];
        for at in 0..4 {
            for velocity in 2..4 {
                self.covariance[at][velocity] = 0.0;
                self.covariance[velocity][at] = 0.0;
            }
        }
        let variance = 0.5 * (speed * speed + sd * sd);
        self.covariance[2][2] = variance;
        self.covariance[3][3] = variance;
    }

    /// The same object `seconds` later (none when negative).
    #[must_use]
    pub(crate) fn predicted(&self, seconds: f64, wander: f64) -> Self {
        let t = seconds.max(0.0);
        let p = &self.covariance;
        let mut next = *p;
        for axis in 0..2 {
            for other in 0..2 {
                let (v, w) = (axis + 2, other + 2);
                next[axis][other] = p[axis][other] + t * (p[axis][w] + p[v][other]) + t * t * p[v][w];
                next[axis][w] = p[axis][w] + t * p[v][w];
                next[v][other] = p[v][other] + t * p[v][w];
            }
            // White acceleration (Bar-Shalom et al., eq. 6.2.2-4).
            let (pos, vel) = (axis, axis + 2);
            next[pos][pos] += wander * t * t * t / 3.0;
            next[pos][vel] += wander * t * t / 2.0;
            next[vel][pos] += wander * t * t / 2.0;
            next[vel][vel] += wander * t;
        }
        let step = [self.velocity[0] * t, self.velocity[1] * t];
        Self { position: moved(self.position, step), velocity: self.velocity, covariance: next }
    }

    /// Squared Mahalanobis distance of a measured position, and the determinant of its covariance, km^4.
    #[allow(clippy::many_single_char_names)] // The letters of the equation.
    pub(crate) fn distance(&self, measured: Position, sd_km: f64) -> (f64, f64) {
        let [e, n] = offset_km(self.position, measured);
        let p = &self.covariance;
        let (a, b, c) = (p[0][0] + sd_km * sd_km, p[0][1], p[1][1] + sd_km * sd_km);
        let det = (a * c - b * b).max(1e-9);
        ((c * e * e - 2.0 * b * e * n + a * n * n) / det, det)
    }

    /// Takes a measured position in. `floor_km`: the least standard deviation left, because words about one place err
    /// together and a hundred of them are not a radar.
    pub(crate) fn see(&mut self, measured: Position, sd_km: f64, floor_km: f64) {
        let [e, n] = offset_km(self.position, measured);
        let mut mean = [0.0, 0.0, self.velocity[0], self.velocity[1]];
        self.scalar(&mut mean, [1.0, 0.0, 0.0, 0.0], e, sd_km * sd_km);
        self.scalar(&mut mean, [0.0, 1.0, 0.0, 0.0], n, sd_km * sd_km);
        self.take(mean);
        for axis in 0..2 {
            self.covariance[axis][axis] = self.covariance[axis][axis].max(floor_km * floor_km);
        }
    }

    /// Takes a told course in, as a measurement of the velocity at the usual speed.
    pub(crate) fn head(&mut self, course: Course, flight: &Flight) {
        let (sin, cos) = (libm::sin(course.deg.to_radians()), libm::cos(course.deg.to_radians()));
        let speed = flight.speed_mps / 1000.0;
        let along_sd = flight.speed_sd_mps / 1000.0;
        // A sine keeps the sideways spread of a vague course from outgrowing the speed itself.
        let across_sd = speed * libm::sin(course.sd_deg.min(80.0).to_radians());
        let mut mean = [0.0, 0.0, self.velocity[0], self.velocity[1]];
        self.scalar(&mut mean, [0.0, 0.0, sin, cos], speed, along_sd * along_sd);
        self.scalar(&mut mean, [0.0, 0.0, cos, -sin], 0.0, across_sd * across_sd);
        self.take(mean);
    }

    fn take(&mut self, mean: [f64; 4]) {
        self.position = moved(self.position, [mean[0], mean[1]]);
        self.velocity = [mean[2], mean[3]];
    }

    /// One scalar measurement `z = h·x + noise` of variance `r`, in Joseph's form, which keeps the covariance positive.
    #[allow(clippy::many_single_char_names)] // The letters of the equation.
    fn scalar(&mut self, mean: &mut [f64; 4], h: [f64; 4], z: f64, r: f64) {
        let p = self.covariance;
        let dot = |row: &[f64; 4]| row[0] * h[0] + row[1] * h[1] + row[2] * h[2] + row[3] * h[3];
        let ph = [dot(&p[0]), dot(&p[1]), dot(&p[2]), dot(&p[3])];
        let s = dot(&ph) + r;
        if s <= 1e-12 {
            return;
        }
        let k = [ph[0] / s, ph[1] / s, ph[2] / s, ph[3] / s];
        let miss = z - dot(mean);
        for at in 0..4 {
            mean[at] += k[at] * miss;
        }
        for row in 0..4 {
            for column in 0..=row {
                let value = p[row][column] - k[row] * ph[column] - ph[row] * k[column] + k[row] * s * k[column];
                self.covariance[row][column] = value;
                self.covariance[column][row] = value;
            }
        }
    }

    /// Largest standard deviation of the position along an axis, kilometres.
    pub(crate) fn sd_km(&self) -> f64 {
        libm::sqrt(self.covariance[0][0].max(self.covariance[1][1]).max(0.0))
    }

    /// Speed, metres a second.
    pub(crate) fn speed_mps(&self) -> f64 {
        1000.0 * libm::sqrt(self.velocity[0] * self.velocity[0] + self.velocity[1] * self.velocity[1])
    }

    /// Course and its spread; `None` while every direction is possible.
    pub(crate) fn course(&self) -> Option<Course> {
        let [ve, vn] = self.velocity;
        let speed = libm::sqrt(ve * ve + vn * vn);
        if speed < 1e-4 {
            return None;
        }
        let (x, y) = (vn / speed, -ve / speed);
        let p = &self.covariance;
        let across = x * x * p[2][2] + 2.0 * x * y * p[2][3] + y * y * p[3][3];
        let sd_deg = libm::atan2(libm::sqrt(across.max(0.0)), speed).to_degrees();
        let deg = libm::atan2(ve, vn).to_degrees();
        (sd_deg <= 45.0).then_some(Course { deg: if deg < 0.0 { deg + 360.0 } else { deg }, sd_deg })
    }
}

/// Difference of two courses, 0 to 180 degrees.
pub(crate) fn turn_deg(a: f64, b: f64) -> f64 {
    let turn = (a - b).abs() % 360.0;
    if turn > 180.0 { 360.0 - turn } else { turn }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuse::kind::flight;
    use model::ThreatKind;

    #[test]
    fn a_course_moves_the_mean_and_time_widens_the_spread() {
        let from = Position::new(51.0, 33.0).unwrap();
        let uav = flight(ThreatKind::Uav);
        let mut motion = Motion::begin(from, 6.0, &uav);
        assert_eq!(motion.course(), None);
        motion.head(Course { deg: 90.0, sd_deg: 18.0 }, &uav);
        let course = motion.course().unwrap();
        assert!((course.deg - 90.0).abs() < 0.01 && (10.0..25.0).contains(&course.sd_deg), "{course:?}");
        assert!((38.0..46.0).contains(&motion.speed_mps()), "{}", motion.speed_mps());
        let later = motion.predicted(600.0, uav.wander);
        let [east, north] = offset_km(from, later.position);
        assert!((22.0..28.0).contains(&east) && north.abs() < 0.5, "{east} {north}");
        assert!(later.sd_km() > motion.sd_km() && later.sd_km() < 15.0, "{}", later.sd_km());
    }

    #[test]
    fn turns_are_measured_the_short_way_round() {
        for (a, b, expected) in [(350.0, 10.0, 20.0), (10.0, 350.0, 20.0), (0.0, 180.0, 180.0), (90.0, 90.0, 0.0)] {
            assert!((turn_deg(a, b) - expected).abs() < 1e-9, "{a} {b}");
        }
    }
}
