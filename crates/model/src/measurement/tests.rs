use super::*;
use crate::report::Item;
use crate::threat::ThreatKind;

fn plot() -> RawPlot {
    RawPlot {
        measured_at: None,
        position: Position::new(50.0, 31.0).unwrap(),
        covariance_km2: [0.04, 0.01, 0.09],
        velocity: Some(Velocity { mps: [30.0, -20.0], covariance_m2ps2: [25.0, 0.0, 25.0] }),
        altitude_amsl_m: Some(900.0),
        kinds: vec![
            KindShare { kind: ThreatKind::Uav, share: 0.8 },
            KindShare { kind: ThreatKind::JetUav, share: 0.2 },
        ],
        count: Some(Count::exactly(2)),
    }
}

fn refused(change: impl Fn(&mut RawPlot)) -> String {
    let mut raw = plot();
    change(&mut raw);
    Plot::new(raw).unwrap_err().to_string()
}

#[test]
fn a_degenerate_covariance_is_refused_at_the_door_by_name() {
    for covariance in [[0.0; 3], [1.0, 1.0, 1.0], [1.0, -2.0, 1.0], [-1.0, 0.0, 1.0], [f64::NAN, 0.0, 1.0]] {
        let why = refused(|raw| raw.covariance_km2 = covariance);
        assert!(why.starts_with("accept covariance_km2"), "{covariance:?}: {why}");
    }
    assert!(refused(|raw| raw.covariance_km2 = [1e9, 0.0, 1e9]).contains("expected a number from"));
    let still = Velocity { mps: [0.0, 0.0], covariance_m2ps2: [0.0; 3] };
    assert!(refused(|raw| raw.velocity = Some(still)).starts_with("accept velocity.covariance_m2ps2"));
}

#[test]
fn every_number_has_bounds_and_every_list_an_end() {
    assert!(refused(|raw| raw.altitude_amsl_m = Some(f64::INFINITY)).starts_with("accept altitude_amsl_m"));
    assert!(
        refused(|raw| raw.count = Some(Count { low: 3, high: Some(2), word: None })).starts_with("accept count 3..2")
    );
    assert!(refused(|raw| raw.kinds.push(raw.kinds[0])).contains("stands twice"));
    let bearing = |bearing_deg, bearing_sd_deg, range_km| {
        let observer = Position::new(50.0, 31.0).unwrap();
        Bearing::new(RawBearing {
            measured_at: None,
            observer,
            bearing_deg,
            bearing_sd_deg,
            range_km,
            acoustic: true,
            kinds: Vec::new(),
            count: None,
        })
    };
    assert!(bearing(359.9, 8.0, None).is_ok());
    assert!(bearing(361.0, 8.0, None).is_err());
    assert!(bearing(10.0, 0.0, None).is_err());
    assert!(bearing(10.0, 8.0, Some([5.0, 5.0])).unwrap_err().to_string().contains("the first below the second"));
}

#[test]
fn a_measurement_is_read_back_as_it_was_written_and_a_bad_one_is_not_read() {
    let item = Item::Plot(Plot::new(plot()).unwrap());
    let json = serde_json::to_string(&item).unwrap();
    assert!(json.starts_with(r#"{"item":"plot","position""#), "{json}");
    assert_eq!(serde_json::from_str::<Item>(&json).unwrap(), item);
    let bad = json.replace("0.09", "0.0");
    assert!(serde_json::from_str::<Item>(&bad).unwrap_err().to_string().contains("covariance_km2"));
}
