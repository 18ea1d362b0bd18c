//! How an object moves, and what is believed of its motion.
//!
//! What comes in: time, positions, courses, velocities and bearings. What goes out: likelihoods and the mixture of all
//! modes as one [`Motion`]. What always holds: covariances are symmetric and positive, numbers are finite.
//! State order: east km, north km, east km/s, north km/s, on the plane at the object's own position.
//! Deliberately absent: which measurement belongs to which object; that is asked by the filter.

mod bank;
mod gauss;
mod imm;
mod plane;

pub(crate) use bank::{Bank, MODES, Mode, bank};
pub(crate) use gauss::{Gauss, Step};
pub(crate) use imm::{Fix, Imm};
pub(crate) use plane::{KM_PER_DEG, moved, offset_km, turn_deg};

use crate::sense::Course;
use model::Position;

/// Mean and covariance of an object's motion.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Motion {
    pub(crate) position: Position,
    /// East and north, kilometres a second.
    pub(crate) velocity: [f64; 2],
    /// Order: e, n, ve, vn.
    pub(crate) covariance: [[f64; 4]; 4],
}

impl Motion {
    /// Largest standard deviation of the position along an axis, kilometres.
    pub(crate) fn sd_km(&self) -> f64 {
        libm::sqrt(self.covariance[0][0].max(self.covariance[1][1]).max(0.0))
    }

    /// Speed, metres a second.
    pub(crate) fn speed_mps(&self) -> f64 {
        1000.0 * libm::sqrt(self.velocity[0] * self.velocity[0] + self.velocity[1] * self.velocity[1])
    }

    /// Standard deviation of the speed, metres a second.
    pub(crate) fn speed_sd_mps(&self) -> f64 {
        let p = &self.covariance;
        1000.0 * libm::sqrt((0.5 * (p[2][2] + p[3][3])).max(0.0))
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
