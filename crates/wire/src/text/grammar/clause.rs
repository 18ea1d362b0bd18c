//! A sentence to drafts: who does what where, before places are resolved.
//!
//! A sentence is cut into segments, one for each kind (or number that stands for one); in a segment every place gets its
//! slot from the preposition before it, the list it stands in, or the course it follows.

use super::count::Told;
use super::kind::{KindSaid, kinds};
use super::mark::{Mark, Meaning, Mention};
use super::walk::draft;
use crate::text::lexicon::{Role, Say, Sense};
use crate::text::token::TokenKind;
use model::{CompassPoint, Refusal, ThreatKind};

/// Which field of an item a slot fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Place,
    Via,
    Target,
    Origin,
    /// No preposition: place, heading or target by what else there is.
    Bare,
    /// Only tells which region other names are to be looked for in.
    Context,
}

/// What fills a slot.
#[derive(Clone)]
pub(super) enum Filler {
    Named(Mention),
    Beyond(&'static str),
    /// "область": the region named before.
    TheRegion,
    /// "місто": the town named before.
    TheTown,
    /// "обласний центр".
    TheSeat,
}

/// A place in a clause.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) field: Field,
    pub(super) filler: Filler,
    pub(super) role: Option<Role>,
    pub(super) part: Option<CompassPoint>,
    pub(super) side: Option<CompassPoint>,
    pub(super) span: (usize, usize),
    pub(super) rule: &'static str,
}

/// What a segment says, places unresolved.
#[derive(Clone, Default)]
pub(super) struct Draft {
    pub(super) kinds: Vec<KindSaid>,
    pub(super) slots: Vec<Slot>,
    pub(super) directions: Vec<(u16, (usize, usize))>,
    pub(super) winds_from: Vec<(CompassPoint, (usize, usize))>,
    pub(super) part_alone: Option<(CompassPoint, (usize, usize))>,
    pub(super) variable: Option<(usize, usize)>,
    pub(super) shelter: Option<(usize, usize)>,
    pub(super) threat_before: Option<(usize, usize)>,
    pub(super) threat_after: Option<(usize, usize)>,
    pub(super) launch: Option<(usize, usize)>,
    pub(super) activity: Option<(usize, usize)>,
    pub(super) maybe: bool,
    pub(super) many: bool,
    pub(super) refused: Vec<Refusal>,
    pub(super) span: (usize, usize),
}

/// What the whole sentence says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tone {
    pub(super) cancel: Option<(usize, usize)>,
    pub(super) past: Option<(usize, usize)>,
    pub(super) attack: Option<(usize, usize)>,
    pub(super) not: Option<(usize, usize)>,
    pub(super) question: bool,
}

/// The tone of a sentence.
pub(super) fn tone(marks: &[Mark]) -> Tone {
    let mut tone = Tone::default();
    for mark in marks {
        match mark.sense() {
            Some(Sense::Say(Say::Cancel) | Sense::Alarm(crate::text::lexicon::Alarm::Ended)) => {
                tone.cancel = Some(mark.span);
            }
            Some(Sense::Say(Say::Past)) => tone.past = Some(mark.span),
            Some(Sense::Say(Say::PastAttack)) => tone.attack = Some(mark.span),
            // A bare "не" denies some other word; the lexicon names what it denies of a threat.
            Some(Sense::Say(Say::Not)) if !matches!(mark.words.as_str(), "не" | "not") => tone.not = Some(mark.span),
            _ if mark.is_sign(TokenKind::Question) => tone.question = true,
            _ => {}
        }
    }
    tone
}

/// Cuts a sentence into drafts. `heir` is the kind that a number without one stands for.
pub(super) fn drafts(marks: &[Mark], heir: Option<&KindSaid>) -> Vec<Draft> {
    let mut groups = kinds(marks);
    // "Ціль рухається …" after a kind means that kind.
    if heir.is_some() || groups.iter().any(|g| g.kind != ThreatKind::Unknown) {
        groups.retain(|g| g.kind != ThreatKind::Unknown || g.told.is_told());
    }
    // "ракети з Ту-95МС": what carried them is no threat of its own.
    if groups.iter().any(|g| !g.carrier) {
        groups.retain(|g| !g.carrier);
    }
    let counts = bare_counts(marks, &groups);
    let mut cuts: Vec<(usize, Vec<KindSaid>)> = Vec::new();
    let mut taken: Vec<KindSaid> = Vec::new();
    let mut starts: Vec<(usize, KindSaid)> = groups.iter().map(|g| (g.from, g.clone())).collect();
    for at in counts {
        let model = groups.iter().rev().find(|g| g.to <= at).or_else(|| groups.first()).or(heir);
        if let (Some(model), Some(mark)) = (model, marks.get(at)) {
            let mut told = Told::default();
            told.take(mark);
            let span = Some(mark.span);
            starts.push((
                at,
                KindSaid {
                    told,
                    told_span: span,
                    span: mark.span,
                    from: at,
                    to: at + 1,
                    carrier: false,
                    ..model.clone()
                },
            ));
        }
    }
    starts.sort_by_key(|(at, _)| *at);
    for (from, group) in starts {
        let between = taken.last().map(|last| marks.get(last.to..from).unwrap_or_default());
        match between {
            None => cuts.push((0, vec![group.clone()])),
            Some(gap) if gap.iter().all(is_connector) => {
                if let Some((_, kinds)) = cuts.last_mut() {
                    let same = kinds.last().is_some_and(|last| last.kind == group.kind && !group.told.is_told());
                    if !same {
                        kinds.push(group.clone());
                    }
                }
            }
            Some(_) => {
                let begin = boundary(marks, taken.last().map_or(0, |last| last.to), from);
                cuts.push((begin, vec![group.clone()]));
            }
        }
        taken.push(group);
    }
    if cuts.is_empty() {
        cuts.push((0, Vec::new()));
    }
    let mut out = Vec::with_capacity(cuts.len());
    for (n, (from, kinds)) in cuts.iter().enumerate() {
        let to = cuts.get(n + 1).map_or(marks.len(), |(next, _)| *next);
        out.push(draft(marks.get(*from..to).unwrap_or_default(), *from, kinds, &taken));
    }
    out
}

pub(super) fn is_connector(mark: &Mark) -> bool {
    mark.is_filler()
        || matches!(mark.sense(), Some(Sense::And | Sense::ManyMark))
        || matches!(
            mark.meaning,
            Meaning::Sign(TokenKind::Comma | TokenKind::Slash | TokenKind::Open | TokenKind::Close)
        )
}

/// Numbers that stand for a kind named before: "2 БпЛА на Конотоп, ще 1 на Бахмач".
fn bare_counts(marks: &[Mark], groups: &[KindSaid]) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, mark) in marks.iter().enumerate() {
        let counts = matches!(mark.meaning, Meaning::Count(..) | Meaning::Lex(Sense::Number(_) | Sense::Another));
        let used = groups.iter().any(|g| (g.from..g.to).contains(&at));
        if !counts || used {
            continue;
        }
        let before = at.checked_sub(1).and_then(|b| marks.get(b));
        let opens = before.is_none_or(|b| {
            is_connector(b)
                || matches!(b.meaning, Meaning::Sign(TokenKind::Bullet | TokenKind::Dash | TokenKind::Colon))
        });
        let dash = usize::from(marks.get(at + 1).is_some_and(|m| m.is_sign(TokenKind::Dash)));
        let after = marks.get(at + 1 + dash);
        let leads = after.is_some_and(|a| {
            matches!(a.sense(), Some(Sense::Prep(_) | Sense::Course | Sense::ManyMark | Sense::Bearing))
                || matches!(a.meaning, Meaning::Sign(TokenKind::Arrow))
        });
        if opens && leads {
            found.push(at);
        }
    }
    found
}

/// Where a new segment begins before the kind at `from`: a place right before it belongs to it.
fn boundary(marks: &[Mark], least: usize, from: usize) -> usize {
    let mut at = from;
    while at > least
        && marks
            .get(at - 1)
            .is_some_and(|m| matches!(m.meaning, Meaning::Sign(TokenKind::Dash | TokenKind::Colon)) || m.is_filler())
    {
        at -= 1;
    }
    if at > least && marks.get(at - 1).is_some_and(|m| matches!(m.meaning, Meaning::Place)) {
        let mut begin = at - 1;
        if begin > least
            && matches!(marks.get(begin - 1).and_then(Mark::sense), Some(Sense::Prep(Role::In | Role::On | Role::Near)))
        {
            begin -= 1;
        }
        let parted = begin > least
            && marks
                .get(begin - 1)
                .is_some_and(|m| matches!(m.meaning, Meaning::Sign(TokenKind::Comma)) || m.sense() == Some(Sense::And));
        if parted {
            return begin;
        }
    }
    from
}
