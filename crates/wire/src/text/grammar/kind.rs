//! Kinds of threat in a sentence: the noun, the adjectives that narrow it and what tells how many.

use super::count::Told;
use super::mark::{Mark, Meaning};
use crate::text::lexicon::{Narrow, Plurality, Role, Sense};
use crate::text::token::TokenKind;
use model::ThreatKind;

/// A kind as a sentence says it.
#[derive(Debug, Clone)]
pub(super) struct KindSaid {
    pub(super) kind: ThreatKind,
    pub(super) plurality: Plurality,
    pub(super) told: Told,
    /// Bytes of the noun with its adjectives.
    pub(super) span: (usize, usize),
    /// Bytes of what tells how many, when it was told.
    pub(super) told_span: Option<(usize, usize)>,
    /// First mark, with what stands before the noun and belongs to it.
    pub(super) from: usize,
    /// One past the last mark.
    pub(super) to: usize,
    /// Follows "з": the carrier of what was launched.
    pub(super) carrier: bool,
}

/// One kind out of two that stand side by side: the narrower of the two, `None` when they are two things.
fn merged(a: ThreatKind, b: ThreatKind) -> Option<ThreatKind> {
    use ThreatKind::{Aviation, BallisticMissile, CruiseMissile, Fpv, JetUav, Mig31k, Missile, ReconUav, Uav, Unknown};
    Some(match (a, b) {
        _ if a == b => a,
        (Uav, JetUav | ReconUav | Fpv)
        | (Missile, CruiseMissile | BallisticMissile)
        | (Unknown, _)
        | (Aviation, Mig31k) => b,
        (JetUav | ReconUav | Fpv, Uav)
        | (CruiseMissile | BallisticMissile, Missile)
        | (_, Unknown)
        | (Mig31k, Aviation) => a,
        _ => return None,
    })
}

fn narrowed(narrow: Narrow, kind: Option<ThreatKind>) -> ThreatKind {
    use ThreatKind::{BallisticMissile, CruiseMissile, GuidedBomb, JetUav, Missile, ReconUav, Uav, Unknown};
    match (narrow, kind) {
        (Narrow::Jet, None | Some(Uav | Unknown | JetUav)) => JetUav,
        (Narrow::Recon, None | Some(Uav | Unknown | ReconUav)) => ReconUav,
        (Narrow::Cruise, None | Some(Missile | Unknown | CruiseMissile)) => CruiseMissile,
        (Narrow::Ballistic, None | Some(Missile | Unknown | BallisticMissile)) => BallisticMissile,
        (Narrow::Guided, None | Some(GuidedBomb | Unknown)) => GuidedBomb,
        (Narrow::Strike, None | Some(Unknown)) => Uav,
        (_, Some(kind)) => kind,
    }
}

/// All kinds of a sentence, in order.
pub(super) fn kinds(marks: &[Mark]) -> Vec<KindSaid> {
    let mut found: Vec<KindSaid> = Vec::new();
    let mut at = 0;
    while at < marks.len() {
        if matches!(marks.get(at).and_then(Mark::sense), Some(Sense::Kind(..) | Sense::Narrow(..))) {
            let said = one(marks, at, found.last().map_or(0, |last| last.to));
            at = said.to.max(at + 1);
            found.push(said);
        } else {
            at += 1;
        }
    }
    found
}

/// The kind whose first noun or adjective stands at `at`; marks before `least` belong to another.
fn one(marks: &[Mark], at: usize, least: usize) -> KindSaid {
    let mut kind = None;
    let mut narrows: Vec<Narrow> = Vec::new();
    let mut plurality: Option<Plurality> = None;
    let mut told = Told::default();
    let (mut to, mut end) = (at, at);
    while let Some(mark) = marks.get(end) {
        match mark.sense() {
            Some(Sense::Kind(next, number)) => {
                let joined = match kind {
                    None => Some(next),
                    Some(known) => merged(known, next),
                };
                let Some(joined) = joined else { break };
                kind = Some(joined);
                plurality = Some(match plurality {
                    None | Some(Plurality::Either) => number,
                    Some(Plurality::One) if number == Plurality::Many && to == end => number,
                    Some(known) => known,
                });
                end += 1;
                to = end;
            }
            Some(Sense::Narrow(narrow, number)) => {
                // "БпЛА (реактивний)" narrows; after a kind of its own it begins another.
                narrows.push(narrow);
                told.many |= number == Plurality::Many;
                if kind.is_none() {
                    plurality = plurality.or(Some(number)).filter(|_| true);
                }
                end += 1;
                to = end;
            }
            Some(Sense::Filler | Sense::ManyMark) => end += 1,
            _ if mark.is_sign(TokenKind::Slash) || mark.is_sign(TokenKind::Open) => end += 1,
            _ => break,
        }
    }
    // The noun's own form decides over its adjectives' where it tells.
    if plurality == Some(Plurality::One) && kind.is_none() && told.many {
        plurality = Some(Plurality::Many);
    }
    let mut resolved = kind;
    for narrow in narrows {
        resolved = Some(narrowed(narrow, resolved));
    }
    let mut from = at;
    let mut told_from = None;
    while from > least {
        let Some(mark) = marks.get(from - 1) else { break };
        let bound = match mark.sense() {
            Some(Sense::Prep(Role::Toward)) if mark.words == "до" && told.is_told() => {
                told.bound_above();
                true
            }
            Some(Sense::Prep(Role::Near)) if mark.words == "over" && told.is_told() => {
                told.bound_below();
                true
            }
            _ => false,
        };
        if bound || told.take(mark) {
            if !matches!(mark.sense(), Some(Sense::ManyMark)) {
                told_from = Some(from - 1);
            }
        } else if !mark.is_filler() {
            break;
        }
        from -= 1;
    }
    let mut told_to = told_from.map(|first| marks.get(first..at).and_then(|m| m.last()).map_or(0, |m| m.span.1));
    let mut told_at = told_from.and_then(|first| marks.get(first)).map(|m| m.span.0);
    // "БпЛА х2", "шахеди - 3 шт".
    // "група БпЛА (4 од.)".
    if !told.is_numbered() {
        let opened =
            |m: &Mark| matches!(m.meaning, Meaning::Sign(TokenKind::Open | TokenKind::Dash | TokenKind::Colon));
        let skip = usize::from(marks.get(to).is_some_and(opened));
        let times = usize::from(matches!(marks.get(to + skip).map(|m| &m.meaning), Some(Meaning::Times)));
        if let Some(mark) = marks.get(to + skip + times)
            && matches!(mark.meaning, Meaning::Count(..))
            && (times == 1 || skip == 1)
            && (!told.is_told() || skip == 1 && marks.get(to).is_some_and(|m| m.is_sign(TokenKind::Open)))
        {
            told.counted(mark);
            told_at = Some(mark.span.0);
            told_to = Some(mark.span.1);
            to += skip + times + 1;
        }
    }
    let start = marks.get(at).map_or(0, |m| m.span.0);
    let finish = to.checked_sub(1).and_then(|last| marks.get(last)).map_or(start, |m| m.span.1);
    let carrier = from > 0 && marks.get(from - 1).and_then(Mark::sense) == Some(Sense::Prep(Role::From));
    KindSaid {
        kind: resolved.unwrap_or(ThreatKind::Unknown),
        plurality: plurality.unwrap_or(Plurality::Either),
        told,
        span: (start, finish.max(start)),
        told_span: told_at.zip(told_to),
        from,
        to: to.max(at + 1),
        carrier,
    }
}
