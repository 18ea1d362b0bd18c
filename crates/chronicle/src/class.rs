//! Classes of things, and the class above each: the one table, for claims and for setting them beside each other.

/// A class and the one above it; what is not here is a class of its own.
const ABOVE: [(&str, &str); 13] = [
    ("strike_drone", "drone_any"),
    ("shahed", "strike_drone"),
    ("decoy", "drone_any"),
    ("recon_drone", "drone_any"),
    ("fpv_drone", "drone_any"),
    ("cruise_missile", "missile_any"),
    ("ballistic_missile", "missile_any"),
    ("aeroballistic_missile", "missile_any"),
    ("antiaircraft_missile", "missile_any"),
    ("guided_bomb", "bomb_any"),
    ("private_house", "residential_building"),
    ("apartment_building", "residential_building"),
    ("kindergarten", "school"),
];

/// The class above.
pub(crate) fn above(class: &str) -> Option<&'static str> {
    ABOVE.iter().find(|(name, _)| *name == class).map(|(_, above)| *above)
}

/// Whether a class lies under another, at any depth.
pub(crate) fn below(inner: &str, outer: &str) -> bool {
    std::iter::successors(above(inner), |it| above(it)).any(|it| it == outer)
}

/// The widest class that a class lies under; itself where nothing is above.
pub(crate) fn root(class: &str) -> &str {
    std::iter::successors(Some(class), |it| above(it)).last().unwrap_or(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_nest_at_any_depth() {
        let check =
            |inner: &str, outer: &str, expected: bool| assert_eq!(below(inner, outer), expected, "{inner} {outer}");
        check("shahed", "drone_any", true);
        check("drone_any", "shahed", false);
        check("drone_any", "drone_any", false);
        check("fpv_drone", "missile_any", false);
        assert_eq!((root("shahed"), root("person"), root("guided_bomb")), ("drone_any", "person", "bomb_any"));
    }

    #[test]
    fn every_class_that_a_claim_can_have_stands_under_one_that_exists() {
        for (name, above) in ABOVE {
            assert!(crate::claims::Object::named(above).is_some(), "{above}");
            assert!(name == "apartment_building" || crate::claims::Object::named(name).is_some(), "{name}");
        }
    }
}
