//! The GSM 7 bit default alphabet with its extension table, and its packing: TS 23.038 sections 6.1.2.2 and 6.2.1.

/// How characters are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// Septets: 93 in a page.
    Gsm7,
    /// Two octets: 41 in a page, 40 behind a language.
    Ucs2,
}

/// Escape to the extension table.
pub(crate) const ESCAPE: u8 = 0x1b;
/// What fills a page.
pub(crate) const CR: u8 = 0x0d;

/// By septet; the escape stands as itself and is no character.
#[rustfmt::skip]
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É',
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];
/// Behind an escape.
const EXTENSION: [(u8, char); 10] = [
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// The one or two septets of a character; `None` when the alphabet has none.
pub(crate) fn septets(c: char) -> Option<(Option<u8>, u8)> {
    if let Some((code, _)) = EXTENSION.iter().find(|(_, extended)| *extended == c) {
        return Some((Some(ESCAPE), *code));
    }
    let at = DEFAULT.iter().position(|known| *known == c && c != '\u{1b}')?;
    Some((None, u8::try_from(at).ok()?))
}

/// The characters of septets. As section 6.2.1.1 asks, an escape before what the extension table lacks shows the
/// default table's character, and an escape before an escape, or before nothing, a blank.
pub(crate) fn characters(septets: &[u8]) -> String {
    let mut said = String::with_capacity(septets.len());
    let mut rest = septets.iter().map(|septet| septet & 0x7f);
    while let Some(septet) = rest.next() {
        let default = |septet: u8| DEFAULT[usize::from(septet)];
        said.push(match septet {
            ESCAPE => match rest.next() {
                None | Some(ESCAPE) => ' ',
                Some(next) => EXTENSION.iter().find(|(code, _)| *code == next).map_or(default(next), |(_, c)| *c),
            },
            septet => default(septet),
        });
    }
    said
}

/// Septets as octets, least significant bit first; what is left of the last octet is 0.
pub(crate) fn pack(septets: &[u8]) -> Vec<u8> {
    let mut octets = vec![0_u8; (septets.len() * 7).div_ceil(8)];
    for (at, septet) in septets.iter().enumerate() {
        let [low, high] = (u16::from(septet & 0x7f) << (at * 7 % 8)).to_le_bytes();
        let octet = at * 7 / 8;
        octets[octet] |= low;
        if high != 0 {
            octets[octet + 1] |= high;
        }
    }
    octets
}

/// The septets that lie wholly in the octets.
pub(crate) fn unpack(octets: &[u8]) -> Vec<u8> {
    (0..octets.len() * 8 / 7)
        .map(|at| {
            let octet = at * 7 / 8;
            let pair = [octets[octet], octets.get(octet + 1).copied().unwrap_or_default()];
            let [low, _] = (u16::from_le_bytes(pair) >> (at * 7 % 8)).to_le_bytes();
            low & 0x7f
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_of_everybody_packs_as_everybody_has_it() {
        let septets: Vec<u8> = "hellohello".chars().map(|c| septets(c).unwrap().1).collect();
        assert_eq!(pack(&septets), [0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37]);
        assert_eq!(characters(&unpack(&pack(&septets))), "hellohello");
    }

    #[test]
    fn every_character_comes_back_and_the_escape_is_none() {
        for c in DEFAULT.into_iter().filter(|c| *c != '\u{1b}').chain(EXTENSION.map(|(_, c)| c)) {
            let (escape, septet) = septets(c).unwrap();
            let septets: Vec<u8> = escape.into_iter().chain([septet]).collect();
            assert_eq!(characters(&septets), c.to_string());
        }
        assert_eq!(septets('\u{1b}'), None);
        assert_eq!(septets('Ж'), None);
    }

    #[test]
    fn escapes_that_lead_nowhere_show_what_the_standard_asks() {
        assert_eq!(characters(&[ESCAPE, b'a', ESCAPE, ESCAPE, b'b', ESCAPE]), "a b ");
    }
}
