//! What an officer sees of the sirens: who would sound, and where nobody would.

use super::{Sirens, instant};
use crate::publish;
use crate::serve::view::NamedView;
use model::Code;
use serde::Serialize;
use siren::{Action, Reach, State};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use utoipa::ToSchema;

/// A device.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SirenView {
    /// Its name.
    pub id: String,
    /// Who hears it, and its names.
    pub community: String,
    /// In Ukrainian.
    pub name_uk: String,
    /// In English.
    pub name_en: String,
    /// `reachable`; `unreachable`: it does not prove that it hears us; `faulty`: it says that it cannot sound or remember; `ahead`:
    /// it remembers a number that this server has not reached, and would refuse. Only a reachable one is counted on.
    pub reach: &'static str,
    /// It proved to have heard us then; `None`: not since this server started.
    pub heard_at: Option<String>,
    /// What it then did: `quiet`, `sounding` or `faulty`. Not what it does now when it is unreachable.
    pub last_state: Option<&'static str>,
    /// How much its clock is ahead of ours, seconds; the clock decides nothing.
    pub clock_off_s: Option<i64>,
    /// Messages it refused since it started: somebody knocks.
    pub refused: u32,
    /// The command that it has not confirmed: `sound` or `stop`.
    pub waiting: Option<&'static str>,
}

/// The sirens of an area.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReachView {
    /// The instant this is true for.
    pub as_of: String,
    /// Whether the broker they are at is connected.
    pub connected: bool,
    /// Silence after which a device is unreachable, seconds.
    pub unreachable_after_s: u32,
    /// Devices of the area.
    pub devices: u32,
    /// Those of them that would sound.
    pub reachable: u32,
    /// Communities that have devices, none of which would sound.
    pub unreachable_areas: Vec<NamedView>,
    /// Devices that would not sound; with `all`, every one.
    pub sirens: Vec<SirenView>,
}

/// Its name in answers and figures.
pub const fn reach_word(reach: Reach) -> &'static str {
    match reach {
        Reach::Reachable => "reachable",
        Reach::Unreachable => "unreachable",
        Reach::Faulty => "faulty",
        Reach::Ahead => "ahead",
    }
}

impl Sirens {
    /// Who would sound for an alert of `area` (everywhere, when it is `None`); devices that would not, or `all`.
    pub fn reach(&self, area: Option<Code>, all: bool) -> ReachView {
        let heard_by = |code: Code| area.is_none_or(|area| self.areas.covers(area, code));
        let mut view = ReachView {
            as_of: self.clock.now().to_string(),
            connected: self.connected.load(Ordering::Relaxed),
            unreachable_after_s: self.config.terms.unreachable_after_s,
            devices: 0,
            reachable: 0,
            unreachable_areas: Vec::new(),
            sirens: Vec::new(),
        };
        let mut served: BTreeMap<Code, bool> = BTreeMap::new();
        for device in self.config.devices.iter().filter(|device| heard_by(device.community)) {
            let Some(known) = self.view_of(device.id) else { continue };
            let reachable = known.reach == Reach::Reachable;
            view.devices += 1;
            view.reachable += u32::from(reachable);
            *served.entry(device.community).or_default() |= reachable;
            if reachable && !all {
                continue;
            }
            let NamedView { code, name_uk, name_en } = self.named(device.community);
            view.sirens.push(SirenView {
                id: device.id.to_string(),
                community: code,
                name_uk,
                name_en,
                reach: reach_word(known.reach),
                heard_at: known.heard_at_ms.map(instant),
                last_state: known.state.map(|state| match state {
                    State::Quiet => "quiet",
                    State::Sounding => "sounding",
                    State::Faulty => "faulty",
                }),
                clock_off_s: known.clock_off_ms.map(|off| off / 1000),
                refused: known.refused,
                waiting: known.waiting.map(|command| match command.action {
                    Action::Sound { .. } => "sound",
                    Action::Stop => "stop",
                }),
            });
        }
        let silent = served.into_iter().filter(|(_, reachable)| !reachable);
        view.unreachable_areas = silent.map(|(code, _)| self.named(code)).collect();
        view
    }

    fn named(&self, code: Code) -> NamedView {
        let (name_uk, name_en) = self.areas.get(code).map(|area| publish::names(self.areas, area)).unwrap_or_default();
        NamedView { code: code.to_string(), name_uk, name_en }
    }
}
