use super::*;

#[test]
fn sound_is_as_old_as_its_way_is_long_and_the_source_flew_on_meanwhile() {
    // A drone that flew east over home and is now 5 km east, heard from home.
    let home = Position::new(50.0, 30.0).unwrap();
    let fix = Fix { position: home.toward(90.0, 5.0), covariance: [0.01, 0.0, 0.01], lag_s: 0.0 };
    let mut imm = fresh(&fix, ThreatKind::Uav);
    imm.drift([0.05, 0.0], [1e-6, 0.0, 1e-6]);
    let lag_s = sound_lag_s(&imm, home, 60.0);
    // (5 - 0.05 t) = 0.34 t.
    assert!((lag_s - 5.0 / 0.39).abs() < 0.05, "{lag_s}");
}
