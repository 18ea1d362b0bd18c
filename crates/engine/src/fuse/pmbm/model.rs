//! What the filter must be told of one object and one source: the single-object model.
//!
//! The filter ([`super::Filter`]) knows hypotheses, weights and tracks; it never looks into a density. Everything that
//! has a unit or a frame lives behind this trait: a linear scene in metres, or live objects over the map.

/// An object that begins with a measurement.
#[derive(Debug, Clone)]
pub(crate) struct Born<D> {
    /// Intensity of undetected objects that would have been detected here, per unit of measurement space:
    /// the integral of p_D · g(z|x) · lambda_u(x).
    pub(crate) weight: f64,
    /// The object, were it one of them.
    pub(crate) density: D,
}

/// Where to look for a density's measurements: the middle and the half widths of its gate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reach {
    pub(crate) middle: [f64; 2],
    pub(crate) half: [f64; 2],
}

/// One object and one source at one instant.
///
/// A batch is what one source says at one instant. Between batches the caller lets time pass with
/// [`super::Filter::predict`], by whatever interval has passed, and changes the model when another source speaks.
pub(crate) trait Model {
    /// What is believed of an object that exists.
    type Density: Clone;
    /// What a source says of one.
    type Measurement;
    /// A density as this source would see it: everything that all measurements share (innovation covariance, gain).
    type View;

    /// Where the measurement stands, for the grid of the batch.
    fn place(&self, measurement: &Self::Measurement) -> [f64; 2];
    /// Probability that the source detects the object; 0 when it does not look there or is silent.
    fn detects(&self, density: &Self::Density) -> f64;
    /// Existence after a miss by a source that detects with this probability, and the probability of that miss. A source
    /// whose silence says nothing leaves existence as it was, and the probability 1.
    fn missed(&self, _: &Self::Density, existence: f64, detects: f64) -> (f64, f64) {
        let miss = 1.0 - existence * detects;
        if miss <= 0.0 {
            // Certain to be there and certain to be seen: a miss cannot be, and says nothing.
            return (existence, 0.0);
        }
        (existence * (1.0 - detects) / miss, miss)
    }
    /// Probability that the object exists if the measurement is of it: 1, but where a measurement may be made up.
    fn believed(&self, _: &Self::Density, _existence: f64, _: &Self::Measurement) -> f64 {
        1.0
    }
    /// The density through this source's eyes.
    fn view(&self, density: &Self::Density) -> Self::View;
    /// The box that holds the view's gate.
    fn reach(&self, view: &Self::View) -> Reach;
    /// Density of the measurement given the object, per unit of measurement space; `None` outside the gate.
    fn likelihood(&self, view: &Self::View, measurement: &Self::Measurement) -> Option<f64>;
    /// The object after the measurement.
    fn updated(&self, density: &Self::Density, view: &Self::View, measurement: &Self::Measurement) -> Self::Density;
    /// One density for a weighted mixture; the weights are positive and need not add up to one.
    fn merged(&self, mixture: &[(f64, Self::Density)]) -> Self::Density;
    /// Squared distance of two densities in units of the first one's spread, for telling whether they mean the same.
    fn apart(&self, a: &Self::Density, b: &Self::Density) -> f64;
    /// What begins with this measurement; `None` where nothing can.
    fn born(&self, measurement: &Self::Measurement) -> Option<Born<Self::Density>>;
    /// Intensity of measurements from nothing real, per unit of measurement space; positive.
    fn clutter(&self, measurement: &Self::Measurement) -> f64;
}
