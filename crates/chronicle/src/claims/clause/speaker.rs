//! Who acts and who only tells; whose weapon, whose land.

use super::super::item::{Item, What};
use super::super::lexicon::{Act, Mark, Sense};
use super::super::measure;
use super::{Clause, Evidence};

/// An agent who stopped weapons is air defence, and says nothing of whose hit.
pub(super) fn guards(clause: &mut Clause) {
    let weapon = clause.counts().any(|it| matches!(it.head, measure::Head::Object(object) if object.is_weapon()));
    let acts: Vec<Act> = clause.triggers().filter(|it| !it.weak).map(|it| it.act).collect();
    let strong = |act: fn(Act) -> bool| acts.iter().any(|it| act(*it));
    let stops = strong(|it| matches!(it, Act::Down | Act::Lose)) || weapon && strong(|it| it == Act::Destroy);
    // Who fires is whose weapon it was, for all that follows from it.
    let blows = clause.triggers().any(|it| it.act == Act::Blow);
    if !stops && (blows || strong(|it| matches!(it, Act::Launch | Act::Shell))) {
        let fires =
            clause.evidence.iter().find_map(|it| if let Evidence::Agent(side) = it { Some(*side) } else { None });
        clause.evidence.extend(fires.map(Evidence::Attack));
    }
    if !stops || strong(|it| matches!(it, Act::Launch | Act::Hit)) {
        return;
    }
    for it in &mut clause.evidence {
        if let Evidence::Agent(side) = *it {
            *it = Evidence::Guard(side);
        }
    }
}

/// "Ukraine's General Staff said": who tells, not who acts.
pub(super) fn tells(items: &[Item], at: usize) -> bool {
    items[at + 1..]
        .iter()
        .take(5)
        .take_while(|it| {
            matches!(it.what, What::Unknown | What::Sense(Sense::Say | Sense::Skip | Sense::Person { .. }))
        })
        .any(|it| it.is(Sense::Say))
}

/// "The military said it had", "said that its forces".
pub(super) fn acts_itself(items: &[Item], at: usize) -> bool {
    let said = items[at + 1..].iter().take(6).position(|it| it.is(Sense::Say)).map(|it| at + 1 + it);
    said.is_some_and(|said| items[said + 1..].iter().take(2).any(|it| it.has(Mark::Teller) || it.is(Sense::To)))
}

/// A place of launching, also in a row of them: "з Курська, Орла та Криму".
pub(super) fn comes_from(items: &[Item], at: usize) -> bool {
    items[..at]
        .iter()
        .rev()
        .take(10)
        .find(|it| {
            !(it.place.is_some()
                || matches!(it.what, What::Mark(',') | What::Sense(Sense::And | Sense::The))
                || it.what == What::Unknown && it.token.capital)
        })
        .is_some_and(|it| matches!(it.sense(), Some(Sense::Of | Sense::From | Sense::Direction)))
}

pub(super) fn owns_weapon(items: &[Item], at: usize) -> bool {
    items[at.min(items.len())..]
        .iter()
        .take(4)
        .take_while(|it| {
            matches!(
                it.what,
                What::Sense(Sense::Skip | Sense::Mod(_) | Sense::Weapon(_) | Sense::Name(_)) | What::Unknown
            )
        })
        .any(|it| matches!(it.sense(), Some(Sense::Weapon(_) | Sense::Name(_))))
}
