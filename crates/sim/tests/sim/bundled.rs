//! The same on the bundled area set: as large as the real thing.

use engine::Mode;
use model::{AreaSet, Level};
use sim::record::Night;
use sim::world::{Plan, config, evening};

#[test]
fn an_evening_over_the_bundled_communities_is_seen_and_warned_of() {
    let areas = AreaSet::bundled();
    let plan = Plan { seed: 3, minutes: 20, groups: 8, tick_s: 30 };
    let mut night = Night::new(config(Mode::Relay, areas), areas);
    let mut tracks = 0;
    for arrival in evening(plan, areas) {
        night.step(&arrival);
        if arrival.body == model::EventBody::Tick {
            tracks = tracks.max(night.engine.picture().tracks.len());
        }
    }
    let picture = night.engine.picture();
    assert!(tracks >= 3, "{tracks} tracks at most");
    let wide = areas.iter().filter(|area| matches!(area.level, Level::Oblast | Level::Raion | Level::Country)).count();
    assert!(picture.communities.len() >= wide, "{} of {wide}", picture.communities.len());
    assert_eq!(night.in_force(), picture.alerts);
    assert!(night.decisions().count() > 100);
}
