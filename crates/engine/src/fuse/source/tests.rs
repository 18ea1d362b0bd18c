use super::*;
use crate::config::SourceProfile;
use crate::fuse::roster::Roster;

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

#[test]
fn a_place_told_far_from_a_sure_object_may_be_its_and_moves_it_little() {
    let home = Position::new(50.0, 30.0).unwrap();
    let fix = Fix { position: home, covariance: [9.0, 0.0, 9.0], lag_s: 0.0 };
    let moved_km = |away_km: f64| {
        let detection = crate::sense::Detection {
            position: home.toward(90.0, away_km),
            covariance: [16.0, 0.0, 16.0],
            count: model::Count::exactly(1),
            course: None,
            variable: false,
            targets: Vec::new(),
        };
        let roster = Roster::new(&[(model::SourceId::new("post"), SourceProfile::default())].into());
        let words = words::Words::new(&detection, ThreatKind::Uav, roster.profile(0).unwrap());
        let imm = fresh(&fix, ThreatKind::Uav);
        let mut state = State::begin(imm, Kinds::default(), Many::default(), model::time::EARLIEST);
        assert!(words.likelihood(&state).is_some(), "{away_km} km");
        words.update(&mut state);
        home.distance_km(state.imm.motion().position)
    };
    let (near, far) = (moved_km(6.0), moved_km(24.0));
    assert!(near > 1.4, "{near}");
    // As it was said, 24 km would move it four times as far as 6 km did.
    assert!(far < 3.0 * near, "{near} {far}");
}
