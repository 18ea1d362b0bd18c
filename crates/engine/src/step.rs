//! The one place that calls the stages in order.

use crate::alerts::Alerts;
use crate::config::{Config, Mode, SourceProfile};
use crate::forecast::{Fan, Memo, Outlook, join};
use crate::fuse::{Body, Met, Roster, Sky, Story};
use crate::ground::Ground;
use crate::out::Out;
use crate::pace::{Due, Pace, Round, Stage};
use crate::relay::Relay;
use crate::sense::{self, EVIDENCE_AGE_MS_MAX, Seen};
use crate::sources::Sources;
use crate::warn::{self, Called, Danger, Desk, Tally};
use model::time::SKEW_MS_MAX;
use model::{
    Alert, AlertId, AreaSet, Code, Decision, Event, EventBody, EventId, Item, NoteKind, OfficerAction, Order,
    PolicyRef, Report, SourceId, Standing, Status, Timestamp, UpstreamSnapshot,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most batches that wait to be told.
const PENDING_MAX: u64 = 20_000;

/// The engine: everything believed, and the rules by which events change it. A clone goes on from the same state.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) config: Config,
    pub(crate) ground: Arc<Ground>,
    pub(crate) now: Timestamp,
    pub(crate) sources: Sources,
    pub(crate) alerts: Alerts,
    pub(crate) relay: Relay,
    seen: Seen,
    pace: Pace,
    round: Round,
    pub(crate) story: Story,
    pub(crate) fan: Arc<Fan>,
    memo: Memo,
    /// What is foreseen of each believed track, sorted by track.
    pub(crate) outlooks: Vec<Outlook>,
    /// Official alerts that count for what nobody has told of.
    pub(crate) called: Vec<Called>,
    /// Alerts that only the policy holds, and no rule of it at the last look.
    pub(crate) lapsed: Vec<AlertId>,
    pub(crate) dangers: BTreeMap<Code, Danger>,
    /// Areas that believed threats name as a whole.
    pub(crate) told: BTreeSet<Code>,
    /// Sightings that found no room, as far as that was noted.
    crowded_out: u64,
    /// Events before this one are being replayed.
    resumed: EventId,
    loud: bool,
    pub(crate) desk: Desk,
    /// How often what follows from the forecasts was decided.
    pub(crate) weighed: u64,
    /// What stands on every decision.
    policy: PolicyRef,
}

impl Engine {
    /// An engine that knows nothing yet. The configuration should have passed [`Config::validate`].
    pub fn new(config: Config, areas: &'static AreaSet) -> Self {
        let ground = Arc::new(Ground::new(areas, &config.came_in));
        Self {
            now: model::time::EARLIEST,
            sources: Sources::new(&config.sources),
            alerts: Alerts::default(),
            relay: Relay::default(),
            seen: Seen::default(),
            pace: Pace::default(),
            round: Round::default(),
            story: Story::new(Roster::new(&config.sources), &ground),
            fan: Arc::new(Fan::new(&ground, &config.came_in.courses)),
            ground,
            memo: Memo::default(),
            outlooks: Vec::new(),
            called: Vec::new(),
            lapsed: Vec::new(),
            dangers: BTreeMap::new(),
            told: BTreeSet::new(),
            crowded_out: 0,
            resumed: EventId(0),
            loud: false,
            desk: Desk::default(),
            weighed: 0,
            policy: config.policy.mark(),
            config,
        }
    }

    /// The same engine for tests and simulation: a state that its own reasoning excludes panics, where in service it is
    /// noted and dropped.
    #[must_use]
    pub fn loud(mut self) -> Self {
        self.loud = true;
        self
    }

    /// Tells a new engine that the events before `next` are a replay: the alerts handed over as `Standing` are exactly
    /// those in force at `next`, and no replayed event raises, changes or ends any.
    ///
    /// Without it, a replay is known to reach as far as the newest word that holds a standing alert.
    pub fn resume(&mut self, next: EventId) {
        self.resumed = self.resumed.max(next);
    }

    /// Takes one event in; appends what it decides to `decisions`, in order.
    ///
    /// Costs about the number of tracks times the communities near them; when reports come by the hundred a second each
    /// bears a small part of that instead ([`crate::pace`]). A heartbeat or tick with nothing in the air costs
    /// microseconds.
    pub fn step(&mut self, event: &Event, decisions: &mut Vec<Decision>) {
        // The record promises that time never goes back; were it broken, standing still is the safe reading.
        self.now = self.now.max(event.at);
        let policy = self.policy.clone();
        let mut out = Out::new(self.now, event.id, event.id < self.resumed, &policy, decisions);
        out.loud = self.loud;
        match &event.body {
            EventBody::Standing { alert } => return self.stand(alert, &mut out),
            EventBody::Desk { memo } => return self.desk.recall(memo.clone()),
            // What was sent changes nothing of what is true; a night of receipts costs nothing here.
            // What was published is for the chronicle alone.
            EventBody::Receipt { .. } | EventBody::Statement(_) | EventBody::Filing(_) => return,
            _ => {}
        }
        self.sources.advance(&mut out);
        match &event.body {
            EventBody::Report(report) => {
                self.pace.report(out.now);
                self.report(report, &mut out);
            }
            EventBody::Upstream(snapshot) => self.upstream(snapshot, &mut out),
            EventBody::Heartbeat { source } => self.sources.hear(source, &mut out),
            EventBody::Refused { source, refusal, .. } => self.sources.count_refused(source, &refusal.detail),
            EventBody::Officer { officer, action, status } => self.officer(officer, action, *status, &mut out),
            EventBody::Tick
            | EventBody::Receipt { .. }
            | EventBody::Statement(_)
            | EventBody::Filing(_)
            | EventBody::Configured { .. }
            | EventBody::Standing { .. }
            | EventBody::Desk { .. } => {}
        }
        self.relay.dispute(&self.sources, &self.ground, &self.alerts, &mut out);
        self.weigh(&event.body, &mut out);
        for (source, why) in out.disbelieved() {
            self.sources.count_refused(&source, &why);
        }
    }

    /// What is foreseen now, and what follows from it: at once, or under load a little with each report.
    fn weigh(&mut self, body: &EventBody, out: &mut Out<'_>) {
        if out.replaying {
            self.round = Round::default();
            self.outlooks.clear();
            self.called.clear();
            self.dangers.clear();
            self.told.clear();
            self.desk.slept(out.now);
            return;
        }
        let reported = matches!(body, EventBody::Report(_));
        if !self.pace.busy(out.now) {
            self.round = Round::default();
            self.story.tell(out.now, &self.ground);
            let sky = self.story.sky().clone();
            self.warn(&sky, out);
        } else if reported {
            self.weigh_some(out);
        } else if matches!(body, EventBody::Tick) && self.pace.silent(out.now) && self.round.past(out.now) {
            // The reports stopped in the middle. What a tick sees it must not change: a quiet one is not recorded.
            let sky = self.story.preview(&self.ground);
            self.warn(&sky, out);
        }
        if reported {
            self.pace.weighed(self.story.sky().bodies.len());
        }
    }

    /// The part of a round that a report bears.
    fn weigh_some(&mut self, out: &mut Out<'_>) {
        match self.round.due(out.now) {
            Due::Begin => self.story.begin_round(out.now),
            Due::Tell { part, of } => {
                self.story.tell_toward(part, of, &self.ground);
                if part == of {
                    let told = (self.story.sky().clone(), out.now, 0, Vec::new());
                    self.round.stage = Stage::Foreseeing(Box::new(told));
                }
            }
            Due::Foresee { part, of } => {
                let Stage::Foreseeing(foreseeing) = &mut self.round.stage else { return };
                let (sky, at, next, outlooks) = &mut **foreseeing;
                let left = sky.bodies.get(*next..).unwrap_or_default();
                let some = share_of(left.len(), part, of);
                for body in left.iter().take(some) {
                    let untold_ms = untold_ms(body, self.story.roster(), &self.sources);
                    let group = sky.group_of(body.number);
                    outlooks.extend(self.memo.forecast(body, group, *at, untold_ms, &self.ground, &self.fan));
                }
                *next += some;
                if part == of
                    && let Stage::Foreseeing(foreseen) = std::mem::take(&mut self.round.stage)
                {
                    let (sky, _, _, mut outlooks) = *foreseen;
                    outlooks.sort_by_key(|outlook| outlook.track);
                    join(&mut outlooks, &sky);
                    self.memo.keep(&sky);
                    let tallying = Box::new((sky, outlooks, 0, Tally::new(&self.ground)));
                    self.round.stage = Stage::Tallying(tallying);
                }
            }
            Due::Tally { part, of } => {
                let Stage::Tallying(tallying) = &mut self.round.stage else { return };
                let (_, outlooks, next, tally) = &mut **tallying;
                let left = outlooks.get(*next..).unwrap_or_default();
                let some = share_of(left.len(), part, of);
                for outlook in left.iter().take(some) {
                    tally.add(outlook);
                }
                *next += some;
                if part == of
                    && let Stage::Tallying(tallied) = std::mem::take(&mut self.round.stage)
                {
                    let (sky, outlooks, _, tally) = *tallied;
                    self.decide(&sky, outlooks, tally, out);
                }
            }
            Due::Rest => {}
            Due::All => {
                self.story.tell_new(&self.ground);
                let sky = self.story.sky().clone();
                self.warn(&sky, out);
            }
        }
        self.story.tell_again(self.pace.again(), &self.ground);
    }

    /// Forecasts of a sky at this instant, and what follows from them.
    fn warn(&mut self, sky: &Sky, out: &mut Out<'_>) {
        let mut outlooks: Vec<Outlook> = Vec::new();
        let groups = sky.groups_by_body();
        for body in &sky.bodies {
            let untold_ms = untold_ms(body, self.story.roster(), &self.sources);
            let group = groups.get(&body.number).copied();
            outlooks.extend(self.memo.forecast(body, group, out.now, untold_ms, &self.ground, &self.fan));
        }
        outlooks.sort_by_key(|outlook| outlook.track);
        join(&mut outlooks, sky);
        self.memo.keep(sky);
        let mut tally = Tally::new(&self.ground);
        for outlook in &outlooks {
            tally.add(outlook);
        }
        self.decide(sky, outlooks, tally, out);
    }

    /// What follows from a sky, its forecasts sorted by track, and their dangers.
    fn decide(&mut self, sky: &Sky, outlooks: Vec<Outlook>, tally: Tally, out: &mut Out<'_>) {
        if sky.crowded_out > self.crowded_out {
            let why = format!("{} sightings found no room among the tracks", sky.crowded_out - self.crowded_out);
            out.note(NoteKind::Disbelieved, None, None, None, why);
            self.crowded_out = sky.crowded_out;
        }
        self.outlooks = outlooks;
        self.called = warn::called(&self.alerts, &self.sources);
        self.dangers = tally.sum(sky, out.now, &self.called, &self.ground, |_, _| false);
        let believed = sky.menaces.iter().filter(|menace| sky.believes(menace, out.now, &self.ground));
        self.told = believed.flat_map(|menace| &menace.areas).copied().collect();
        self.weighed += 1;
        let policy = &self.config.policy;
        warn::advise(&self.dangers, policy, &self.ground, &mut self.alerts, out);
        if self.config.mode == Mode::Authority {
            let seen = self.desk.without_dismissed(sky, (&self.outlooks, &self.called), out.now, &self.ground);
            self.lapsed =
                warn::command(&self.dangers, &seen, policy, &self.sources, &self.ground, &mut self.alerts, out);
            self.desk.look(&self.alerts, policy, out);
        }
    }

    fn stand(&mut self, alert: &Alert, out: &mut Out<'_>) {
        if alert.ended_at.is_some() || alert.holders.is_empty() {
            let detail = format!("alert {} was handed over as standing but is not in force: dropped", alert.id);
            out.note(NoteKind::Fault, None, Some(alert.community), None, detail);
            return;
        }
        if alert.standing == Standing::Official {
            self.relay.stand(alert, &self.ground);
        }
        let newest = alert.holders.values().map(|holder| EventId(holder.event.0.saturating_add(1))).max();
        self.resumed = self.resumed.max(newest.unwrap_or(self.resumed));
        self.alerts.stand(alert.clone());
    }

    /// The profile of a source whose word may count: known, and of this world.
    fn admit(&mut self, source: &SourceId, status: Status, out: &mut Out<'_>) -> Option<SourceProfile> {
        let why = match self.sources.profile(source) {
            Some(profile) if status == self.config.status => return Some(profile.clone()),
            Some(_) => format!("{source} speaks of the other world ({status:?}): refused"),
            None => format!("{source} is not a configured source: not believed"),
        };
        out.note(NoteKind::Disbelieved, Some(source), None, None, why);
        None
    }

    fn report(&mut self, report: &Report, out: &mut Out<'_>) {
        let Some(profile) = self.admit(&report.source, report.status, out) else { return };
        if !self.seen.meet(&report.source, &report.id, out.now, out.event) {
            let why = format!("report {} was seen before: counted once", report.id);
            out.note(NoteKind::Disbelieved, Some(&report.source), None, Some(&report.id), why);
            return;
        }
        let ahead_ms = report.observed_at.ms_since(out.now);
        if ahead_ms > SKEW_MS_MAX {
            let why = format!(
                "report said at {} lies {} s in the future: only a raise of an official source counts, from its arrival",
                report.observed_at,
                ahead_ms / 1000
            );
            out.note(NoteKind::Disbelieved, Some(&report.source), None, Some(&report.id), why);
        }
        self.sources.hear(&report.source, out);
        self.sources.count_accepted(&report.source);
        for refusal in &report.refused {
            self.sources.count_refused(&report.source, &refusal.detail);
        }
        let orders: Vec<(usize, &Order)> = report
            .items
            .iter()
            .enumerate()
            .filter_map(|(n, item)| if let Item::Order(order) = item { Some((n, order)) } else { None })
            .collect();
        if profile.official && !orders.is_empty() {
            self.relay.orders(report, &orders, &profile, &self.ground, &mut self.alerts, out);
        } else if !orders.is_empty() {
            let detail = format!("{} is not official: its orders are kept as claims", report.source);
            out.note(NoteKind::ClaimOnly, Some(&report.source), None, Some(&report.id), detail);
        }
        self.evidence(report, out);
    }

    /// What the report says about the sky.
    fn evidence(&mut self, report: &Report, out: &mut Out<'_>) {
        let Some(source) = self.story.roster().place(&report.source) else { return };
        let mut why = None;
        for batch in sense::read(report, out.event, source, &self.ground) {
            let (at, age_ms) = (batch.key.at, out.now.ms_since(batch.key.at));
            if age_ms < -SKEW_MS_MAX {
                continue; // Said already: the future is not believed.
            }
            if age_ms > EVIDENCE_AGE_MS_MAX {
                why = Some(format!("what is said of {at} is older than two hours: no evidence of now"));
                continue;
            }
            match self.story.take(batch, out.now) {
                Met::New => {}
                Met::Repeated => why = Some("the same words were said within ten minutes: counted once".to_owned()),
                Met::TooLate => why = Some("too much was said since: what is older than that is settled".to_owned()),
            }
        }
        if out.replaying && self.story.pending() > PENDING_MAX {
            // A long replay asks for no sky: it is told in between, so that what is old can be settled.
            self.story.tell(out.now, &self.ground);
        }
        if let Some(why) = why {
            out.note(NoteKind::Disbelieved, Some(&report.source), None, Some(&report.id), why);
        }
    }

    fn officer(&mut self, officer: &str, action: &OfficerAction, status: Option<Status>, out: &mut Out<'_>) {
        let refuse = |why: String, out: &mut Out<'_>| out.note(NoteKind::Disbelieved, None, None, None, why);
        if out.replaying {
            return;
        }
        if officer.trim().is_empty() {
            refuse("an action without an officer's name is not taken".to_owned(), out);
            return;
        }
        if let Some(status) = status.filter(|&status| status != self.config.status) {
            refuse(format!("{officer} meant the other world ({status:?}): refused"), out);
            return;
        }
        let mut hall = warn::Hall {
            mode: self.config.mode,
            policy: &self.config.policy,
            dangers: &self.dangers,
            ground: &self.ground,
            sources: &self.sources,
            relay: &mut self.relay,
            alerts: &mut self.alerts,
        };
        self.desk.act(officer, action, &mut hall, out);
        // What the officer saw: a track that begins after this is another threat.
        self.desk.learn(officer, self.story.sky(), (&self.outlooks, &self.called), &self.ground, out);
    }

    fn upstream(&mut self, snapshot: &UpstreamSnapshot, out: &mut Out<'_>) {
        let Some(profile) = self.admit(&snapshot.source, snapshot.status, out) else { return };
        if !profile.official {
            let detail = format!("{} is not official: its picture is kept as a claim", snapshot.source);
            out.note(NoteKind::ClaimOnly, Some(&snapshot.source), None, None, detail);
            return;
        }
        for refusal in &snapshot.refused {
            self.sources.count_refused(&snapshot.source, &refusal.detail);
        }
        // An old picture may come from a cache: it is no sign of life.
        match self.relay.picture(snapshot, &profile, &self.ground, &mut self.alerts, out) {
            Ok(()) => {
                self.sources.hear(&snapshot.source, out);
                self.sources.count_accepted(&snapshot.source);
            }
            Err(why) => out.note(NoteKind::Disbelieved, Some(&snapshot.source), None, None, why),
        }
    }
}

/// For how long nobody told of it while one of those who saw it was heard: milliseconds.
fn untold_ms(body: &Body, roster: &Roster, sources: &Sources) -> i64 {
    let names = body.state.witnesses.iter().filter_map(|&witness| roster.name(witness));
    names.map(|name| sources.heard_ms_since(name, body.state.last_seen_at)).max().unwrap_or(0)
}

/// So many of `count` as `part` is of `of`, rounded up.
fn share_of(count: usize, part: u64, of: u64) -> usize {
    usize::try_from((count as u64 * part).div_ceil(of.max(1))).unwrap_or(count)
}
