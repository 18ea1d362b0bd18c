//! Full names: an area's name with its type, in Ukrainian and English.

use super::{Area, AreaSet, Level};

impl AreaSet {
    /// "Сумська область", "Конотопський район", "Бахмацька міська громада", "м. Київ", "Автономна Республіка Крим", "с. Мутин".
    pub fn full_name_uk(&self, area: &Area) -> String {
        let name = &area.name_uk;
        match (area.level, area.category) {
            (Level::Oblast, 'O') if !is_autonomous(area) => format!("{name} область"),
            (Level::Raion, _) => format!("{name} район"),
            (Level::Hromada, _) => {
                // The codifier leaves the kind out; by law it follows the kind of the seat.
                let kind = match self.seat(area.code).map(|seat| seat.category) {
                    Some('M') => "міська",
                    Some('X' | 'T') => "селищна",
                    Some('C') => "сільська",
                    _ => "територіальна",
                };
                format!("{name} {kind} громада")
            }
            (_, 'K' | 'M') => format!("м. {name}"),
            (_, 'X' | 'T') => format!("с-ще {name}"),
            (_, 'C') => format!("с. {name}"),
            (_, 'B') => format!("{name} район міста"),
            _ => name.clone(),
        }
    }

    /// "Sumy Oblast", "Konotop Raion", "Bakhmach Hromada", "Kyiv", "Autonomous Republic of Crimea".
    pub fn full_name_en(&self, area: &Area) -> String {
        let name = &area.name_en;
        match (area.level, area.category) {
            (Level::Oblast, 'O') if is_autonomous(area) => format!("Autonomous Republic of {name}"),
            (Level::Oblast, 'O') => format!("{name} Oblast"),
            (Level::Raion, _) => format!("{name} Raion"),
            (Level::Hromada, _) => format!("{name} Hromada"),
            (_, 'B') => format!("{name} City District"),
            _ => name.clone(),
        }
    }
}

/// Crimea is the one first-level unit whose name already says what it is.
fn is_autonomous(area: &Area) -> bool {
    area.name_uk.starts_with("Автономна Республіка")
}
