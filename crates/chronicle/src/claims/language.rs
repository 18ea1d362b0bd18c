//! Which of the three languages a text is in, by its letters and its small words; or that it is another.

use super::claim::Tongue;
use super::token::{Kind, Token};

/// Words looked at.
const WORDS_MAX: usize = 2_000;

const EN: [&str; 60] = [
    "the",
    "of",
    "and",
    "to",
    "were",
    "was",
    "by",
    "at",
    "with",
    "from",
    "over",
    "are",
    "people",
    "drones",
    "drone",
    "killed",
    "injured",
    "wounded",
    "shot",
    "down",
    "russian",
    "ukrainian",
    "russia",
    "no",
    "one",
    "missiles",
    "overnight",
    "including",
    "damaged",
    "attack",
    "air",
    "all",
    "more",
    "launched",
    "this",
    "that",
    "has",
    "have",
    "had",
    "been",
    "two",
    "three",
    "four",
    "its",
    "their",
    "said",
    "after",
    "which",
    "destroyed",
    "least",
    "than",
    "houses",
    "child",
    "children",
    "a",
    "in",
    "for",
    "on",
    "is",
    "an",
];
/// Small words of other languages that are none of English.
const FOREIGN: [&str; 56] = [
    "die", "der", "und", "mit", "von", "wurden", "wurde", "das", "den", "ist", "im", "zu", "auf", "le", "la", "les",
    "des", "et", "du", "une", "un", "par", "pour", "el", "los", "las", "y", "que", "en", "de", "por", "con", "una",
    "il", "di", "e", "sono", "w", "z", "na", "się", "i", "o", "do", "oraz", "nie", "het", "een", "van", "och", "av",
    "ve", "bir", "da", "u", "se",
];
const UK: [&str; 37] = [
    "та",
    "що",
    "від",
    "під",
    "це",
    "із",
    "зі",
    "щонайменше",
    "понад",
    "майже",
    "ще",
    "або",
    "було",
    "дітей",
    "збито",
    "людей",
    "яких",
    "цього",
    "унаслідок",
    "внаслідок",
    "тому",
    "осіб",
    "дронів",
    "станом",
    "ніч",
    "рф",
    "війська",
    "також",
    "нч",
    "вд",
    "пд",
    "внаслдок",
    "унаслдок",
    "росйськ",
    "дтей",
    "осб",
    "дронв",
];
/// What a headline has instead of small words.
const UK_STEMS: [&str; 13] = [
    "загин",
    "постражда",
    "поранен",
    "травмован",
    "безпілот",
    "обстр",
    "збит",
    "збил",
    "ворог",
    "пошкодж",
    "атакув",
    "мешкан",
    "знешкод",
];
/// The same of English, which has few of its own in a headline.
const EN_STEMS: [&str; 9] =
    ["casualt", "injur", "wounded", "drone", "missile", "strike", "attack", "reported", "launched"];
const RU_STEMS: [&str; 13] = [
    "погиб",
    "пострада",
    "ранен",
    "травмир",
    "беспилот",
    "обстре",
    "сбит",
    "сбил",
    "враг",
    "повреж",
    "атаков",
    "жител",
    "украинск",
];
/// Small words of Bulgarian that Russian does not have.
const BULGARIAN: [&str; 8] = ["са", "беше", "през", "със", "към", "които", "бяха", "след"];
const RU: [&str; 25] = [
    "и",
    "что",
    "из",
    "от",
    "были",
    "более",
    "также",
    "это",
    "около",
    "еще",
    "или",
    "было",
    "детей",
    "сбито",
    "сбиты",
    "человек",
    "которых",
    "после",
    "ночь",
    "войска",
    "сообщил",
    "области",
    "ребенок",
    "пострадали",
    "над",
];

/// The language; `None` where it is none of the three, or where there are no words at all.
pub(super) fn of(tokens: &[Token]) -> Option<Tongue> {
    let (mut latin, mut cyrillic, mut strange) = (0_usize, 0_usize, 0_usize);
    let (mut en, mut uk, mut ru, mut foreign) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut bulgarian = 0_usize;
    for token in tokens.iter().filter(|it| it.kind == Kind::Word).take(WORDS_MAX) {
        let word = token.text.as_str();
        en += usize::from(EN.contains(&word));
        foreign += usize::from(FOREIGN.contains(&word));
        uk += usize::from(UK.contains(&word));
        ru += usize::from(RU.contains(&word));
        en += usize::from(!EN.contains(&word) && EN_STEMS.iter().any(|it| word.starts_with(it)));
        uk += usize::from(UK_STEMS.iter().any(|it| word.starts_with(it)));
        ru += usize::from(RU_STEMS.iter().any(|it| word.starts_with(it)));
        bulgarian += usize::from(BULGARIAN.contains(&word));
        for c in word.chars() {
            match c {
                'і' | 'ї' | 'є' => uk += 1,
                'ы' | 'э' | 'ъ' => ru += 1,
                // Belarusian alone writes it.
                'ў' => return None,
                'ј' | 'њ' | 'љ' | 'ћ' | 'ђ' | 'џ' | 'ѓ' | 'ќ' | 'ө' | 'ү' | 'ә' | 'қ' | 'ғ' | 'ң' => {
                    strange += 3;
                }
                _ => {}
            }
            match c {
                'a'..='z' => latin += 1,
                '\u{0400}'..='\u{052F}' => cyrillic += 1,
                _ => strange += 1,
            }
        }
    }
    let words = tokens.iter().filter(|it| it.kind == Kind::Word).take(WORDS_MAX).count();
    if words == 0 || strange * 5 > latin + cyrillic {
        return None;
    }
    if cyrillic >= latin {
        // Bulgarian, Serbian and others write neither letters nor words of the two.
        return match (uk, ru) {
            (0, _) if bulgarian > 1 => None,
            (0, 0) => None,
            (uk, ru) if uk > ru => Some(Tongue::Uk),
            _ => Some(Tongue::Ru),
        };
    }
    (en * 12 >= words && en > 2 * foreign && strange * 20 <= latin).then_some(Tongue::En)
}

/// Whether a Ukrainian text has lost every letter і: of a hundred letters five should be.
pub(super) fn lost_letters(lang: Tongue, tokens: &[Token]) -> bool {
    let letters = tokens.iter().filter(|it| it.kind == Kind::Word).flat_map(|it| it.text.chars());
    let (mut all, mut found) = (0_usize, false);
    for c in letters {
        all += 1;
        found |= c == 'і';
    }
    lang == Tongue::Uk && all > 80 && !found
}

#[cfg(test)]
mod tests {
    use super::super::token::cut;
    use super::*;

    #[test]
    fn three_languages_and_no_other() {
        let check = |text: &str, expected: Option<Tongue>| assert_eq!(of(&cut(text)), expected, "{text}");
        check("Russia launched 171 drones", Some(Tongue::En));
        check("Збито 30 дронів", Some(Tongue::Uk));
        check("Сбиты 30 беспилотников", Some(Tongue::Ru));
        check("В ніч на 5 травня", Some(Tongue::Uk));
        check("Russland griff die Ukraine mit 171 Drohnen an, zehn Menschen wurden verletzt", None);
        check("Rosja zaatakowała Ukrainę 171 dronami, rannych zostało dziesięć osób", None);
        check("Расія атакавала Украіну 171 беспілотнікам, паранены дзесяць чалавек, ўсе ў шпіталі", None);
        check("ロシアは171機の無人機を発射した", None);
        check("Украинские беспилотники атаковали Рязань", Some(Tongue::Ru));
        check("Ворог атакував 139 ударними БпЛА.", Some(Tongue::Uk));
        check("Люди не постраждали.", Some(Tongue::Uk));
        check("Русия изстреля 30 дрона, двама души бяха ранени, а 5 са в болница", None);
        check("171", None);
    }
}
