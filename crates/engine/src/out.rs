//! Where decisions are written, with the instant and the event that are the same for all of one step.

use model::{
    Alert, Code, Decision, DecisionBody, DeskMemo, EventId, Note, NoteKind, Outcome, PolicyRef, Reason, ReportId,
    SourceId, Timestamp,
};

/// Decisions of one step, in the order they were taken.
pub(crate) struct Out<'a> {
    pub(crate) now: Timestamp,
    pub(crate) event: EventId,
    /// The event happened before a restart: what it decided was told and is in force or over; nothing is decided again.
    pub(crate) replaying: bool,
    /// The impossible panics.
    pub(crate) loud: bool,
    policy: &'a PolicyRef,
    decisions: &'a mut Vec<Decision>,
    /// How many decisions were there before this step.
    before: usize,
}

impl<'a> Out<'a> {
    pub(crate) fn new(
        now: Timestamp,
        event: EventId,
        replaying: bool,
        policy: &'a PolicyRef,
        decisions: &'a mut Vec<Decision>,
    ) -> Self {
        Self { now, event, replaying, loud: false, policy, before: decisions.len(), decisions }
    }

    /// Writes a decision. The step's own event is always the newest cause; earlier ones come before it, oldest first.
    fn decide(&mut self, body: DecisionBody, earlier: impl IntoIterator<Item = EventId>, reason: Option<Reason>) {
        let mut causes: Vec<EventId> = earlier.into_iter().filter(|&id| id != self.event).collect();
        causes.sort_unstable();
        causes.dedup();
        causes.push(self.event);
        let policy = Some(self.policy.clone());
        self.decisions.push(Decision { decided_at: self.now, causes, body, reason, policy });
    }

    pub(crate) fn raise(&mut self, alert: &Alert, earlier: impl IntoIterator<Item = EventId>, reason: Reason) {
        self.decide(DecisionBody::Raise(alert.clone()), earlier, Some(reason));
    }

    pub(crate) fn update(&mut self, alert: &Alert, earlier: impl IntoIterator<Item = EventId>, reason: Reason) {
        self.decide(DecisionBody::Update(alert.clone()), earlier, Some(reason));
    }

    /// Invariant: `by` is not empty and `alert.ended_at` is set.
    pub(crate) fn end(&mut self, alert: Alert, outcome: Outcome, by: String, reason: Reason) {
        let earlier: Vec<EventId> = alert.holders.values().map(|holder| holder.event).collect();
        self.decide(DecisionBody::End { alert, outcome, by }, earlier, Some(reason));
    }

    /// What this step did not believe, by source, for the health line.
    pub(crate) fn disbelieved(&self) -> Vec<(SourceId, String)> {
        let refused = |decision: &Decision| match &decision.body {
            DecisionBody::Note(Note { kind: NoteKind::Disbelieved, source: Some(source), detail, .. }) => {
                Some((source.clone(), detail.clone()))
            }
            _ => None,
        };
        self.decisions[self.before..].iter().filter_map(refused).collect()
    }

    pub(crate) fn note(
        &mut self,
        kind: NoteKind,
        source: Option<&SourceId>,
        community: Option<Code>,
        report: Option<&ReportId>,
        detail: String,
    ) {
        let note = Note { kind, source: source.cloned(), community, report: report.cloned(), detail, desk: None };
        self.decide(DecisionBody::Note(note), [], None);
    }

    /// A note of what the officers' desk keeps in mind from now on.
    pub(crate) fn memo(&mut self, kind: NoteKind, community: Code, detail: String, memo: DeskMemo) {
        let note = Note { kind, source: None, community: Some(community), report: None, detail, desk: Some(memo) };
        self.decide(DecisionBody::Note(note), [], None);
    }
}
