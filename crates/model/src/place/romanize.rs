//! Ukrainian names in Latin letters.
//!
//! What comes in: a name in Ukrainian. What goes out: its official romanisation, Cabinet of Ministers
//! resolution 55 of 27 January 2010 (KMU-55). Established English forms (Kyiv, Crimea) are the business of the caller.

/// The official romanisation (KMU-55) of a Ukrainian name. Letters outside the Ukrainian alphabet pass unchanged.
pub fn romanize_uk(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut word_begins = true;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if is_apostrophe(letter) {
            continue;
        }
        let lower = lower_uk(letter);
        let latin = match lower {
            // "зг" is "zgh", so that it is not read as "ж" ("zh").
            'г' if out.ends_with(['z', 'Z']) && !word_begins => "gh",
            _ => latin_of(lower, word_begins),
        };
        // The soft sign is a letter of a word although it leaves no trace.
        word_begins = latin.is_empty() && lower != 'ь' && !lower.is_alphabetic();
        if latin.is_empty() {
            if lower != 'ь' {
                out.push(letter);
            }
        } else if letter == lower {
            out.push_str(latin);
        } else if letters.peek().is_some_and(|next| next.is_uppercase()) {
            out.extend(latin.chars().map(|c| c.to_ascii_uppercase()));
        } else {
            let mut latin_letters = latin.chars();
            out.extend(latin_letters.next().map(|c| c.to_ascii_uppercase()));
            out.push_str(latin_letters.as_str());
        }
    }
    out
}

/// Whether a character serves as the Ukrainian apostrophe in some text.
pub const fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '’' | 'ʼ' | '`' | '′' | '‘' | '´')
}

/// The small letter; by arithmetic for the Ukrainian alphabet, since tens of thousands of names are read at start.
fn lower_uk(letter: char) -> char {
    let shift = match letter {
        'А'..='Я' => 0x20,
        'Є' | 'І' | 'Ї' => 0x50,
        'Ґ' => 1,
        'а'..='я' | 'є' | 'і' | 'ї' | 'ґ' | '-' | ' ' => 0,
        _ => return letter.to_lowercase().next().unwrap_or(letter),
    };
    char::from_u32(letter as u32 + shift).unwrap_or(letter)
}

const fn latin_of(lower: char, word_begins: bool) -> &'static str {
    match lower {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "h",
        'ґ' => "g",
        'д' => "d",
        'е' => "e",
        'є' => {
            if word_begins {
                "ye"
            } else {
                "ie"
            }
        }
        'ж' => "zh",
        'з' => "z",
        'и' => "y",
        'і' => "i",
        'ї' => {
            if word_begins {
                "yi"
            } else {
                "i"
            }
        }
        'й' => {
            if word_begins {
                "y"
            } else {
                "i"
            }
        }
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ю' => {
            if word_begins {
                "yu"
            } else {
                "iu"
            }
        }
        'я' => {
            if word_begins {
                "ya"
            } else {
                "ia"
            }
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (name, expected) in cases {
            assert_eq!(romanize_uk(name), *expected, "{name}");
        }
    }

    #[test]
    fn the_examples_of_the_resolution_come_out_as_printed() {
        check(&[
            ("Алушта", "Alushta"),
            ("Згорани", "Zghorany"),
            ("Розгон", "Rozghon"),
            ("Єнакієве", "Yenakiieve"),
            ("Наєнко", "Naienko"),
            ("Їжакевич", "Yizhakevych"),
            ("Кадиївка", "Kadyivka"),
            ("Йосипівка", "Yosypivka"),
            ("Стрий", "Stryi"),
            ("Щербухи", "Shcherbukhy"),
            ("Гоща", "Hoshcha"),
            ("Юрій", "Yurii"),
            ("Яготин", "Yahotyn"),
            ("Костянтин", "Kostiantyn"),
            ("Знам’янка", "Znamianka"),
            ("Ґалаґан", "Galagan"),
        ]);
    }

    #[test]
    fn each_part_of_a_compound_begins_a_word_and_capitals_stay() {
        check(&[
            ("Івано-Франківськ", "Ivano-Frankivsk"),
            ("Червоний Яр", "Chervonyi Yar"),
            ("Мала-Єгорівка", "Mala-Yehorivka"),
            ("ЯР", "YAR"),
            ("П'ятихатки", "Piatykhatky"),
            ("Kyiv 2", "Kyiv 2"),
        ]);
    }
}
