//! English names of communities: established forms, else the seat's name through KMU-55.
//!
//! What comes in: units. What goes out: a name without its type ("Sumy", "Konotop", "Bakhmach") for each region,
//! raion and hromada. Settlements need no table: they are romanised by rule where they are read.

use super::katottg::Unit;
use model::place::romanize_uk;
use std::collections::BTreeMap;

/// Established English names of the regions, by the first 4 characters of their codes.
const REGIONS: [(&str, &str); 27] = [
    ("UA01", "Crimea"),
    ("UA05", "Vinnytsia"),
    ("UA07", "Volyn"),
    ("UA12", "Dnipropetrovsk"),
    ("UA14", "Donetsk"),
    ("UA18", "Zhytomyr"),
    ("UA21", "Zakarpattia"),
    ("UA23", "Zaporizhzhia"),
    ("UA26", "Ivano-Frankivsk"),
    ("UA32", "Kyiv"),
    ("UA35", "Kirovohrad"),
    ("UA44", "Luhansk"),
    ("UA46", "Lviv"),
    ("UA48", "Mykolaiv"),
    ("UA51", "Odesa"),
    ("UA53", "Poltava"),
    ("UA56", "Rivne"),
    ("UA59", "Sumy"),
    ("UA61", "Ternopil"),
    ("UA63", "Kharkiv"),
    ("UA65", "Kherson"),
    ("UA68", "Khmelnytskyi"),
    ("UA71", "Cherkasy"),
    ("UA73", "Chernivtsi"),
    ("UA74", "Chernihiv"),
    ("UA80", "Kyiv"),
    ("UA85", "Sevastopol"),
];

/// Names by code for every region, raion and hromada.
pub(super) fn english(units: &[Unit]) -> BTreeMap<String, String> {
    let regions = BTreeMap::from(REGIONS);
    let seats: BTreeMap<&str, &Unit> = units.iter().filter(|u| u.is_seat()).map(|u| (u.hromada_prefix(), u)).collect();
    let mut names = BTreeMap::new();
    for unit in units {
        let name = match unit.category {
            'O' | 'K' => regions.get(unit.region_prefix()).map(|name| (*name).to_owned()),
            'H' => seats.get(unit.hromada_prefix()).and_then(|seat| of_seat(unit, seat)),
            'P' => {
                let stem = stem(&unit.name_uk);
                let inside = units.iter().filter(|u| u.category == 'H' && u.code[..6] == unit.code[..6]);
                let mut namesakes = inside.filter(|hromada| self::stem(&hromada.name_uk) == stem);
                namesakes.find_map(|hromada| of_seat(hromada, seats.get(hromada.hromada_prefix())?))
            }
            _ => continue,
        };
        names.insert(unit.code.clone(), name.unwrap_or_else(|| romanize_uk(&unit.name_uk)));
    }
    names
}

/// The seat's name, when the community is called after it.
fn of_seat(community: &Unit, seat: &Unit) -> Option<String> {
    let shared = community.name_uk.chars().zip(seat.name_uk.chars()).take_while(|(a, b)| a == b).count();
    (shared >= 3 || shared + 1 >= seat.name_uk.chars().count()).then(|| romanize_uk(&seat.name_uk))
}

/// An adjective without its ending: "Конотопський" and "Конотопська" have one stem.
fn stem(adjective: &str) -> &str {
    adjective.trim_end_matches(['а', 'и', 'й', 'я', 'і', 'е'])
}
