//! What must be reached and what is aimed at, beside what was measured.
//!
//! What always holds: a gate that could not be measured is not met, and says why.

use super::Figures;
use super::rounds::Kind;
use serde::Serialize;

/// A figure of several rounds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Measured {
    /// The one in the middle.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
    /// How many.
    pub rounds: usize,
}

impl Measured {
    /// Of figures; `None` without any.
    pub fn of(mut figures: Vec<f64>) -> Option<Self> {
        figures.sort_by(f64::total_cmp);
        let median = *figures.get(figures.len() / 2)?;
        Some(Self { median, least: *figures.first()?, most: *figures.last()?, rounds: figures.len() })
    }
}

/// A figure, its bound and its aim.
#[derive(Debug, Serialize)]
pub struct Gate {
    /// What is measured.
    pub what: &'static str,
    /// `None`: not measured.
    pub value: Option<Measured>,
    /// The figure must not be above it, or not below it.
    pub bound: f64,
    /// What it should be.
    pub aim: f64,
    /// Not below, instead of not above.
    pub at_least: bool,
    /// Of all three numbers.
    pub unit: &'static str,
    /// The median is within the gate.
    pub met: bool,
    /// The median is within the aim.
    pub aimed: bool,
    /// Why it was not measured.
    pub absent: Option<&'static str>,
}

impl Gate {
    fn new(what: &'static str, value: Option<Measured>, (bound, aim): (f64, f64), at_least: bool) -> Self {
        let within = |bound: f64| value.is_some_and(|v| if at_least { v.median >= bound } else { v.median <= bound });
        Self { what, value, bound, aim, at_least, unit: "", met: within(bound), aimed: within(aim), absent: None }
    }

    fn most(what: &'static str, value: Option<Measured>, bounds: (f64, f64)) -> Self {
        Self::new(what, value, bounds, false)
    }

    fn least(what: &'static str, value: Option<Measured>, bounds: (f64, f64)) -> Self {
        Self::new(what, value, bounds, true)
    }

    fn unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    fn needs(self, what: &'static str) -> Self {
        let absent = self.value.is_none().then_some(what);
        Self { absent, ..self }
    }
}

/// What is measured apart from the rounds.
#[derive(Debug, Default)]
pub struct Apart {
    /// Memory of a stalled reader, KiB.
    pub stalled_kib: Vec<f64>,
    /// All back, seconds; and when each asks for one region.
    pub back_s: Vec<f64>,
    /// The same, filtered.
    pub back_filtered_s: Vec<f64>,
    /// Sends per subscriber and round when 500 communities change.
    pub sends: Vec<f64>,
    /// Last receipt beside hostile clients over the one without them.
    pub hostile: Vec<f64>,
    /// Messages lost, told twice or out of order, over kills.
    pub faults: Vec<f64>,
}

/// Two gates of a restart.
pub fn restart(apart: &Apart) -> [Gate; 2] {
    let gate = |what, figures: &Vec<f64>| Gate::most(what, Measured::of(figures.clone()), (0.5, 0.25)).unit("s");
    [
        gate("all back with their snapshot, from the moment the server listens", &apart.back_s),
        gate("the same when each asks for one of the regions", &apart.back_filtered_s),
    ]
}

/// All of them.
pub fn all(figures: &Figures, apart: &Apart) -> Vec<Gate> {
    let of = |kind: Kind| figures.ways.iter().find(|way| way.kind == kind);
    // Of each round by itself: what else runs on the machine meets both.
    let pairs = |a: Kind, b: Kind, both: fn(f64, f64) -> f64| {
        let (a, b) = (of(a)?, of(b)?);
        Measured::of(a.rounds_ms.iter().zip(&b.rounds_ms).map(|(a, b)| both(*a, *b)).collect())
    };
    let over = |a, b| pairs(a, b, |a, b| a / b);
    let idle = [Kind::Sse, Kind::Ws, Kind::Mqtt].iter().filter_map(|kind| of(*kind)).flat_map(|way| &way.idle_kib);
    let idle = Measured::of(idle.copied().collect());
    let measured = |figures: &Vec<f64>| Measured::of(figures.clone());
    let mut gates = vec![
        Gate::most("events: last receipt / floor", over(Kind::Sse, Kind::Floor), (1.25, 1.1)),
        Gate::most("events: last receipt / nchan", over(Kind::Sse, Kind::NchanSse), (0.65, 0.57)).needs("nchan"),
        Gate::most("WebSocket: last receipt / nchan", over(Kind::Ws, Kind::NchanWs), (0.8, 0.7)).needs("nchan"),
        Gate::most("MQTT, QoS 0: last receipt / mosquitto", over(Kind::Mqtt, Kind::Mosquitto), (0.4, 0.32))
            .needs("mosquitto"),
        Gate::most("server memory of an idle subscriber", idle, (1.0, 0.6)).unit("KiB"),
        Gate::most(
            "memory of a stalled reader, the kernel's for its socket included",
            measured(&apart.stalled_kib),
            (256.0, 64.0),
        )
        .unit("KiB"),
    ];
    gates.extend(restart(apart));
    gates.extend([
        Gate::most(
            "decided, durable and at the last reader, beyond the floor",
            pairs(Kind::Sse, Kind::Floor, |ours, floor| ours - floor),
            (10.0, 5.0),
        )
        .unit("ms"),
        Gate::most("500 communities change: sends per subscriber and round", measured(&apart.sends), (1.0, 1.0)),
        // No delay is meant; a tenth is what two medians differ by without any cause.
        Gate::most("events: last receipt beside hostile clients / without", measured(&apart.hostile), (1.25, 1.1)),
        Gate::least("polling: our 304 / nginx's, requests a second", measured(&figures.polling_ratios), (1.0, 1.5))
            .needs("wrk and nginx"),
        Gate::most("lost, told twice or out of order, over kill -9 and return", measured(&apart.faults), (0.0, 0.0)),
    ]);
    gates
}

/// A line of the table.
pub fn line(gate: &Gate) -> String {
    let Gate { what, value, bound, aim, at_least, unit, met, aimed, absent } = gate;
    let (value, spread) = match value {
        Some(Measured { median, rounds: 1, .. }) => (format!("{median:.2} {unit}"), String::new()),
        Some(Measured { median, least, most, .. }) => (format!("{median:.2} {unit}"), format!("{least:.2}–{most:.2}")),
        None => ("not measured".into(), String::new()),
    };
    let sign = if *at_least { "≥" } else { "≤" };
    let word = match (met, aimed, absent) {
        (_, _, Some(absent)) => format!("MISSED: {absent} not installed"),
        (true, true, None) => "met, aim too".into(),
        (true, false, None) => "met".into(),
        (false, _, None) => "MISSED".into(),
    };
    format!("{what:<66}{value:>14}{spread:>16}{:>9}{:>9}  {word}", format!("{sign} {bound}"), format!("{sign} {aim}"))
}

#[cfg(test)]
mod tests {
    use super::super::Way;
    use super::*;

    #[test]
    fn a_gate_that_could_not_be_measured_is_not_met() {
        let of = |value| Measured::of(vec![value]);
        let (most, least) = (|v| Gate::most("", v, (1.25, 1.1)), |v| Gate::least("", v, (1.0, 1.5)));
        assert!(most(of(1.25)).met && !most(of(1.25)).aimed && most(of(1.1)).aimed && !most(of(1.26)).met);
        assert!(least(of(1.0)).met && !least(of(1.0)).aimed && least(of(1.5)).aimed && !least(of(0.9)).met);
        assert!(!most(None).met && !least(None).met && !most(None).aimed);
        let line = line(&Gate::most("x", None, (0.65, 0.57)).needs("nchan"));
        assert!(line.contains("not measured") && line.ends_with("MISSED: nchan not installed"), "{line}");
    }

    #[test]
    fn a_figure_beside_another_is_compared_round_by_round() {
        let way = |kind, rounds_ms: &[f64]| Way { rounds_ms: rounds_ms.to_vec(), ..Way::of(kind) };
        // The machine was slow in the second round, for both.
        let ways = vec![way(Kind::Sse, &[11.0, 22.0, 13.0]), way(Kind::Floor, &[10.0, 20.0, 10.0])];
        let figures = Figures { ways, ..Figures::default() };
        let gates = all(&figures, &Apart { faults: vec![0.0], ..Apart::default() });
        let events = gates[0].value.unwrap();
        assert!((events.median - 1.1).abs() < 1e-9 && (events.most - 1.3).abs() < 1e-9, "{events:?}");
        let [met, missed] = [true, false].map(|met| gates.iter().filter(|gate| gate.met == met).count());
        // Events, what lies beyond the floor, and no faults; all others were not measured.
        assert_eq!((met, missed), (3, 10));
    }
}
