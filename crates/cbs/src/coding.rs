//! The data coding scheme of cell broadcast, TS 23.038 section 5, and the language it tells.

use crate::alphabet::Alphabet;
use std::fmt;

/// Languages of the coding groups 0 and 2, by the low four bits.
const GROUP_0: [&str; 15] = ["de", "en", "it", "fr", "es", "nl", "sv", "da", "pt", "fi", "no", "el", "tr", "hu", "pl"];
const GROUP_2: [&str; 5] = ["cs", "he", "ar", "ru", "is"];

/// Two letters of ISO 639-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Language([u8; 2]);

/// No two letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("take `{0}` for a language: two letters a to z would be right")]
pub struct LanguageError(pub String);

impl Language {
    /// English.
    pub const EN: Self = Self(*b"en");
    /// Ukrainian.
    pub const UK: Self = Self(*b"uk");

    /// Of the first part of a tag: `uk-UA` is `uk`.
    pub fn of_tag(tag: &str) -> Result<Self, LanguageError> {
        let refused = || LanguageError(tag.chars().take(32).collect());
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let letters: [u8; 2] = primary.as_bytes().try_into().map_err(|_| refused())?;
        if letters.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(letters.map(|letter| letter.to_ascii_lowercase())))
        } else {
            Err(refused())
        }
    }

    /// Its septets: of ASCII letters they are the letters.
    pub(crate) const fn septets(self) -> [u8; 2] {
        self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// A coding that we read: of text, not compressed, without a header in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coding(u8);

/// A coding of no text that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodingError {
    /// Groups 011x.
    #[error("read data coding scheme {0:#04x}: the text is compressed")]
    Compressed(u8),
    /// 8 bit data, headers, WAP, or reserved.
    #[error("read data coding scheme {0:#04x}: it is of no text")]
    NoText(u8),
}

impl Coding {
    /// English, GSM 7 bit.
    pub const ENGLISH: Self = Self(0x01);
    /// GSM 7 bit behind the language's two letters and a CR, on every page.
    pub const GSM7_INDICATED: Self = Self(0x10);
    /// UCS-2 behind the language's two letters, packed, on every page.
    pub const UCS2_INDICATED: Self = Self(0x11);
    /// GSM 7 bit that tells no language.
    pub const GSM7: Self = Self(0x0f);
    /// UCS-2 that tells no language.
    pub const UCS2: Self = Self(0x48);

    /// What the octet means. As the standard asks, reserved values of the language groups are read as GSM 7 bit.
    pub const fn read(octet: u8) -> Result<Self, CodingError> {
        match (octet >> 4, octet & 0x0f) {
            (0..=3, _) => Ok(Self(octet)),
            (4 | 5, low) if low >> 2 == 0 || low >> 2 == 2 => Ok(Self(octet)),
            (6 | 7, _) => Err(CodingError::Compressed(octet)),
            (15, low) if low & 0x04 == 0 => Ok(Self(octet)),
            _ => Err(CodingError::NoText(octet)),
        }
    }

    /// As it is sent.
    pub const fn octet(self) -> u8 {
        self.0
    }

    /// Of what characters.
    pub const fn alphabet(self) -> Alphabet {
        match (self.0 >> 4, self.0 & 0x0f) {
            (1, 1) => Alphabet::Ucs2,
            (4 | 5, low) if low >> 2 == 2 => Alphabet::Ucs2,
            _ => Alphabet::Gsm7,
        }
    }

    /// The language stands before the text.
    pub const fn indicated(self) -> bool {
        matches!(self.0, 0x10 | 0x11)
    }

    /// The language that the octet itself tells.
    pub fn language(self) -> Option<Language> {
        let low = usize::from(self.0 & 0x0f);
        let name = match self.0 >> 4 {
            0 => GROUP_0.get(low)?,
            2 => GROUP_2.get(low)?,
            _ => return None,
        };
        Language::of_tag(name).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_mean_what_the_standard_says() {
        type Meaning = Result<(Alphabet, Option<&'static str>), CodingError>;
        let cases: [(u8, Meaning); 11] = [
            (0x00, Ok((Alphabet::Gsm7, Some("de")))),
            (0x01, Ok((Alphabet::Gsm7, Some("en")))),
            (0x0f, Ok((Alphabet::Gsm7, None))),
            (0x10, Ok((Alphabet::Gsm7, None))),
            (0x11, Ok((Alphabet::Ucs2, None))),
            (0x20, Ok((Alphabet::Gsm7, Some("cs")))),
            (0x48, Ok((Alphabet::Ucs2, None))),
            (0x44, Err(CodingError::NoText(0x44))),
            (0x60, Err(CodingError::Compressed(0x60))),
            (0x91, Err(CodingError::NoText(0x91))),
            (0xf4, Err(CodingError::NoText(0xf4))),
        ];
        for (octet, expected) in cases {
            let read = Coding::read(octet).map(|it| (it.alphabet(), it.language().map(|it| it.to_string())));
            assert_eq!(read, expected.map(|(alphabet, name)| (alphabet, name.map(str::to_owned))), "{octet:#x}");
        }
    }

    #[test]
    fn a_language_is_the_first_part_of_its_tag() {
        assert_eq!(Language::of_tag("uk-UA"), Ok(Language::UK));
        assert_eq!(Language::of_tag("EN"), Ok(Language::EN));
        for refused in ["", "ukr", "u1", "є", "-"] {
            assert_eq!(Language::of_tag(refused), Err(LanguageError(refused.to_owned())));
        }
    }
}
