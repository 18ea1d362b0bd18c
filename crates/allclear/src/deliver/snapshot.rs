//! The picture a stream begins with: whole in what it says, short in how it says it.
//!
//! What always holds: a community is left out only where it says the same as the one above it, which then is listed or is left
//! out in turn; the country is listed. A region that is left out is named. So nothing unknown is silent, and whoever takes a
//! community that is not listed for the nearest above it that is, is right, also after every later change.

use super::filter::Filter;
use crate::clock::Clock;
use crate::core::{self, Published, Troubles};
use crate::serve::view::{AlikeView, CommunityView, NamedView, StateView};
use model::{AreaSet, Code};
use std::collections::BTreeSet;

/// What a filter wants of the published picture.
pub fn of(areas: &AreaSet, published: &Published, clock: &Clock, troubles: &Troubles, filter: &Filter) -> StateView {
    let mut view = core::state_view(areas, published, clock, troubles);
    filter.state(areas, &mut view);
    shorten(&mut view, &published.alike);
    view
}

/// Leaves out communities of `alike`; their regions are named.
fn shorten(view: &mut StateView, alike: &BTreeSet<Code>) {
    let is_alike = |view: &CommunityView| view.code.parse().is_ok_and(|code: Code| alike.contains(&code));
    let (short, whole): (Vec<_>, Vec<_>) = std::mem::take(&mut view.communities).into_iter().partition(is_alike);
    view.communities = whole;
    for CommunityView { code, level, parent, name_uk, name_en, .. } in short {
        let Some(like) = parent.filter(|_| level == "oblast") else { continue };
        let named = NamedView { code, name_uk, name_en };
        match view.alike.iter_mut().find(|group| group.like == like) {
            Some(group) => group.named.push(named),
            None => view.alike.push(AlikeView { like, level, named: vec![named] }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish;
    use crate::serve::view::ChangeView;
    use model::{Arrival, CommunityState, CommunityStatus, Level, Picture, ThreatKind, Timestamp, Word};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const SUMY: &str = "UA59000000000057109";

    /// The country, two regions, the raions of one and the hromadas of one of these.
    fn some() -> Vec<Code> {
        let areas = AreaSet::bundled();
        let sumy: Code = SUMY.parse().unwrap();
        let raions: Vec<_> = areas.children(sumy).map(|area| area.code).collect();
        let regions = areas.at_level(Level::Oblast).map(|area| area.code).filter(|code| *code != sumy).take(1);
        let hromadas = areas.children(raions[0]).map(|area| area.code).take(3);
        let country = areas.ancestors(sumy).map(|area| area.code);
        country.chain([sumy]).chain(regions).chain(raions.clone()).chain(hromadas).collect()
    }

    fn state(community: Code, look: u8, as_of: i64) -> CommunityState {
        let arrival = |kind| Arrival { probability: 0.5, earliest_s: 60, latest_s: 600, kind };
        CommunityState {
            community,
            status: [CommunityStatus::Unknown, CommunityStatus::Clear, CommunityStatus::Active][usize::from(look % 3)],
            level: None,
            kinds: Vec::new(),
            alerts: Vec::new(),
            partial: look == 3,
            elevated: (look == 4).then(|| arrival(ThreatKind::Uav)),
            since: None,
            last_known: (look == 6).then_some(Word::Active),
            disagreement: false,
            said_by: Vec::new(),
            as_of: Timestamp::from_millis(as_of),
        }
    }

    /// A picture as the engine gives it: hromadas only where they differ from their raion.
    fn picture(looks: &[u8], as_of: i64) -> Picture {
        let areas = AreaSet::bundled();
        let all: BTreeMap<Code, CommunityState> =
            some().into_iter().zip(looks).map(|(code, look)| (code, state(code, *look, as_of))).collect();
        let apart = |state: &&CommunityState| {
            let area = areas.get(state.community).unwrap();
            area.level != Level::Hromada || {
                let raion = &all[&area.parent.unwrap()];
                **state != CommunityState { community: state.community, partial: state.partial, ..raion.clone() }
            }
        };
        Picture {
            as_of: Timestamp::from_millis(as_of),
            communities: all.values().filter(apart).cloned().collect(),
            alerts: Vec::new(),
            tracks: Vec::new(),
            forecasts: Vec::new(),
            sources: Vec::new(),
            waiting: Vec::new(),
            unheld: Vec::new(),
        }
    }

    fn view(picture: &Picture) -> StateView {
        StateView {
            status: "actual",
            mode: "relay",
            seq: 0,
            as_of: String::new(),
            server_time: String::new(),
            speed: 1.0,
            record_stopped: None,
            communities: picture.communities.iter().map(|c| publish::community(AreaSet::bundled(), c)).collect(),
            alike: Vec::new(),
            alerts: Vec::new(),
            tracks: Vec::new(),
            sources: Vec::new(),
            reports: Vec::new(),
        }
    }

    fn short(picture: &Picture) -> StateView {
        let mut view = view(picture);
        shorten(&mut view, &publish::as_above(AreaSet::bundled(), picture));
        view
    }

    /// A reader who takes what is not listed for the nearest above that is.
    struct Reader(BTreeMap<String, CommunityView>);

    impl Reader {
        fn of(view: StateView) -> Self {
            let mut known: BTreeMap<_, _> = view.communities.into_iter().map(|c| (c.code.clone(), c)).collect();
            for AlikeView { like, level, named } in view.alike {
                for NamedView { code, name_uk, name_en } in named {
                    let above = known[&like].clone();
                    let parent = Some(like.clone());
                    let one =
                        CommunityView { code: code.clone(), level, parent, name_uk, name_en, partial: false, ..above };
                    assert!(known.insert(code, one).is_none(), "named and listed");
                }
            }
            Self(known)
        }

        fn hear(&mut self, change: ChangeView) {
            for code in change.communities_gone {
                self.0.remove(&code);
            }
            self.0.extend(change.communities.into_iter().map(|c| (c.code.clone(), c)));
        }

        /// State, whether something may arrive, what was known last, and whether it is partial.
        fn knows(&self, code: Code) -> (&str, bool, Option<&str>, bool) {
            let areas = AreaSet::bundled();
            let own = self.0.get(code.as_str());
            let view = own.or_else(|| areas.ancestors(code).find_map(|above| self.0.get(above.code.as_str()))).unwrap();
            (view.state, view.elevated.is_some(), view.last_known, own.is_some_and(|own| own.partial))
        }
    }

    proptest! {
        #[test]
        fn whoever_came_when_knows_of_every_community_what_the_whole_picture_says(
            nights in prop::collection::vec(prop::collection::vec(0_u8..8, some().len()), 1..8),
            // Most are as they were: the rare change is the one that counts.
            keep in prop::collection::vec(0_u8..8, some().len()),
        ) {
            let areas = AreaSet::bundled();
            let mut readers: Vec<Reader> = Vec::new();
            let mut before: Option<(Picture, Vec<u8>)> = None;
            for (n, night) in nights.iter().enumerate() {
                let old = before.as_ref().map_or_else(|| vec![0; night.len()], |(_, looks)| looks.clone());
                let looks: Vec<u8> =
                    old.iter().zip(night).zip(&keep).map(|((old, new), keep)| if *keep < 5 { *old } else { *new }).collect();
                let after = picture(&looks, i64::try_from(n).unwrap());
                if let Some((before, _)) = &before {
                    let (alike, still) = (publish::as_above(areas, before), publish::as_above(areas, &after));
                    let (changed, gone) = publish::changed_communities(before, &alike, &after, &still);
                    for reader in &mut readers {
                        reader.hear(ChangeView {
                            seq: 0,
                            as_of: String::new(),
                            communities: changed.iter().map(|c| publish::community(areas, c)).collect(),
                            communities_gone: gone.iter().map(ToString::to_string).collect(),
                            alerts: Vec::new(),
                            reports: Vec::new(),
                            sources: Vec::new(),
                        });
                    }
                }
                readers.push(Reader::of(short(&after)));
                readers.push(Reader::of(view(&after)));
                let whole = Reader::of(view(&after));
                for code in some() {
                    for (who, reader) in readers.iter().enumerate() {
                        prop_assert_eq!(reader.knows(code), whole.knows(code), "{} by reader {} at {}", code, who, n);
                    }
                }
                before = Some((after, looks));
            }
        }
    }

    #[test]
    fn what_nobody_spoke_of_is_said_once_and_every_region_is_named() {
        let quiet = short(&picture(&vec![0; some().len()], 0));
        assert_eq!(quiet.communities.iter().map(|c| (c.level, c.state)).collect::<Vec<_>>(), [("country", "unknown")]);
        let [group] = quiet.alike.as_slice() else { panic!("{:?}", quiet.alike) };
        assert_eq!((group.like.as_str(), group.level, group.named.len()), ("UA", "oblast", 2));
        assert!(group.named.iter().any(|named| named.code == SUMY && named.name_en == "Sumy Oblast"));
        // A raion of its own mind is listed, and what lies in it and says otherwise; its region as before.
        let raion = some()[3];
        let looks: Vec<u8> = some().iter().map(|code| u8::from(*code == raion) * 2).collect();
        let one = short(&picture(&looks, 0));
        let listed: Vec<(&str, &str)> = one.communities.iter().map(|c| (c.code.as_str(), c.state)).collect();
        let within = |code: &Code| AreaSet::bundled().get(*code).unwrap().parent == Some(raion);
        let parts = some().into_iter().filter(within).count();
        assert_eq!(listed.len(), 2 + parts, "{listed:?}");
        assert!(listed.contains(&(raion.as_str(), "active")) && listed.contains(&("UA", "unknown")), "{listed:?}");
    }
}
