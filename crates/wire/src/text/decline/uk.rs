//! Ukrainian declension of place names.
//!
//! Classes by ending, after the school grammar: adjectival names, nouns of the first declension (`-а`, `-я`), the second
//! (masculine in a consonant or `-о`, neuter in `-о`, `-е`, `-я`), the third (feminine in a soft consonant), plurals.
//! Alternations: `і` in a closed last syllable with `о` or `е` (Харків, Харкова; Київ, Києва; Бориспіль, Борисполя), a
//! fleeting vowel (Тростянець, Тростянця; Лубни, Лубен), `к`, `г`, `х` with `ц`, `з`, `с` before `-і`.

use super::{A, ANY, Cases, D, Forms, G, I, L, N, form, joined};

/// Little words inside names: nothing after them declines.
const INSIDE: &[&str] = &["на", "над", "під", "при", "біля", "у", "в", "до", "за", "і", "й", "та", "імені", "ім"];

/// All forms of a name in folded spelling, hyphens as spaces.
pub(in crate::text) fn forms(name: &str) -> Forms {
    let words: Vec<&str> = name.split(' ').collect();
    if let [word] = words.as_slice() {
        return single(word);
    }
    let mut parts = Vec::with_capacity(words.len());
    let mut fixed = false;
    for (at, word) in words.iter().enumerate() {
        fixed |= INSIDE.contains(word);
        let last = at + 1 == words.len();
        parts.push(if fixed || (!last && word.ends_with('о')) || word.chars().any(|c| c.is_ascii_digit()) {
            vec![((*word).to_owned(), ANY)]
        } else if last {
            single(word)
        } else {
            first_of_several(word)
        });
    }
    joined(&parts)
}

/// A word that stands before another: more often an adjective than one alone.
fn first_of_several(word: &str) -> Forms {
    let mut out = Forms::new();
    let adjectival = adjective(word, &mut out);
    if !adjectival || word.ends_with('а') || word.ends_with('я') {
        noun(word, &mut out);
    }
    out
}

/// The forms of one word.
fn single(word: &str) -> Forms {
    let mut out = Forms::with_capacity(12);
    let sure = surely_adjective(word);
    if sure || maybe_adjective(word) {
        adjective(word, &mut out);
    }
    if !sure {
        noun(word, &mut out);
    }
    out
}

/// Endings that only adjectives have.
fn surely_adjective(word: &str) -> bool {
    const SURE: &[&str] =
        &["ський", "цький", "зький", "ська", "цька", "зька", "ське", "цьке", "зьке", "ські", "цькі", "зькі"];
    SURE.iter().any(|ending| word.ends_with(ending)) && word.chars().count() > 5
}

/// Endings that adjectives and nouns share.
fn maybe_adjective(word: &str) -> bool {
    const SHARED: &[&str] = &[
        "ий", "ій", "ова", "ева", "єва", "на", "ла", "та", "ра", "га", "ха", "ва", "ня", "ка", "е", "є", "ові", "еві",
        "ні", "рі", "лі", "ті", "ві", "кі",
    ];
    SHARED.iter().any(|ending| word.ends_with(ending))
}

/// Adds the adjectival forms; false when the word has no adjectival ending.
fn adjective(word: &str, out: &mut Forms) -> bool {
    let table: &[(&str, Cases)] = if let Some(stem) = word.strip_suffix("ий") {
        return add(out, stem, &[("ий", N | A), ("ого", G | A), ("ому", D | L), ("им", I), ("ім", L)]);
    } else if let Some(stem) = word.strip_suffix("ій") {
        return add(out, stem, &[("ій", N | A), ("ього", G), ("ьому", D | L), ("ім", I | L)]);
    } else if word.ends_with('а') {
        &[("а", N), ("ої", G), ("ій", D | L), ("у", A), ("ою", I)]
    } else if word.ends_with('я') {
        &[("я", N), ("ьої", G), ("ій", D | L), ("ю", A), ("ьою", I)]
    } else if word.ends_with('е') {
        &[("е", N | A), ("ого", G), ("ому", D | L), ("им", I), ("ім", L)]
    } else if word.ends_with('є') {
        &[("є", N | A), ("ього", G), ("ьому", D | L), ("ім", I | L)]
    } else if word.ends_with('і') {
        &[("і", N | A), ("их", G | L), ("им", D), ("ими", I)]
    } else {
        return false;
    };
    let mut stem = word.to_owned();
    stem.pop();
    add(out, &stem, table)
}

fn add(out: &mut Forms, stem: &str, endings: &[(&str, Cases)]) -> bool {
    for (ending, cases) in endings {
        out.push((form(stem, ending), *cases));
    }
    true
}

/// `к`, `г`, `х` soften before `-і`.
fn softened(stem: &str) -> String {
    let mut soft = stem.to_owned();
    let change = match soft.chars().next_back() {
        Some('к') => 'ц',
        Some('г') => 'з',
        Some('х') => 'с',
        _ => return soft,
    };
    soft.pop();
    soft.push(change);
    soft
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'а' | 'е' | 'є' | 'и' | 'і' | 'ї' | 'о' | 'у' | 'ю' | 'я')
}

fn is_sibilant(c: char) -> bool {
    matches!(c, 'ж' | 'ч' | 'ш' | 'щ')
}

fn noun(word: &str, out: &mut Forms) {
    let Some(last) = word.chars().next_back() else { return };
    let stem: String = {
        let mut stem = word.to_owned();
        stem.pop();
        stem
    };
    let before = stem.chars().next_back().unwrap_or(' ');
    match last {
        'а' => {
            let soft = softened(&stem);
            out.push((word.to_owned(), N));
            if is_sibilant(before) {
                add(out, &stem, &[("і", G | D | L), ("у", A), ("ею", I), ("ою", I)]);
            } else {
                add(out, &stem, &[("и", G), ("у", A), ("ою", I)]);
                add(out, &soft, &[("і", D | L)]);
            }
            if before == 'к' && stem.ends_with("ськ") || stem.ends_with("рот") {
                // Neuter plurals: Мостиська, Ворота.
                add(out, &stem, &[("", G), ("а", A), ("ам", D), ("ами", I), ("ах", L)]);
            }
        }
        'я' => {
            out.push((word.to_owned(), N));
            let doubled = {
                let mut end = stem.chars().rev();
                let last = end.next();
                last.is_some() && last == end.next()
            };
            if doubled || neuter_without_doubling(&stem) {
                add(out, &stem, &[("я", G | A), ("ю", D), ("ям", I), ("і", L), ("ї", L)]);
            }
            if !doubled {
                let i = if is_vowel(before) { "ї" } else { "і" };
                let instrumental = if is_vowel(before) { "єю" } else { "ею" };
                add(out, &stem, &[(i, G | D | L), ("ю", A), (instrumental, I)]);
            }
        }
        'о' => {
            out.push((word.to_owned(), ANY));
            add(out, &stem, &[("а", G), ("у", D | L), ("ом", I)]);
            add(out, &softened(&stem), &[("і", L)]);
            add(out, &stem, &[("ові", D | L)]);
        }
        'е' => {
            out.push((word.to_owned(), N | A));
            if is_sibilant(before) || before == 'ц' || before == 'р' || before == 'л' {
                let (genitive, dative) = if matches!(before, 'ц' | 'р' | 'л') { ("я", "ю") } else { ("а", "у") };
                add(out, &stem, &[(genitive, G), (dative, D), ("ем", I), ("і", L)]);
            }
        }
        'и' | 'і' | 'ї' => plural(word, &stem, last, out),
        'ь' => soft_consonant(&stem, out),
        'й' => {
            out.push((word.to_owned(), N | A));
            add(out, &stem, &[("я", G), ("ю", G | D | L), ("єм", I), ("ї", L), ("єві", D | L), ("ем", I)]);
        }
        'у' | 'ю' | 'є' => out.push((word.to_owned(), ANY)),
        _ => hard_consonant(word, last, out),
    }
}

/// Neuters whose consonant does not double: before an apostrophe, already folded away (Зимогір'я), and after another
/// consonant (Щастя).
fn neuter_without_doubling(stem: &str) -> bool {
    let mut end = stem.chars().rev();
    let (last, before) = (end.next().unwrap_or(' '), end.next().unwrap_or(' '));
    matches!(last, 'р' | 'м' | 'в' | 'б' | 'п' | 'ф') || (matches!(last, 'т' | 'д') && !is_vowel(before))
}

/// The stem with `і` of its last closed syllable as `о` or `е`.
fn opened(stem: &str) -> Vec<String> {
    let mut at = None;
    for (byte, c) in stem.char_indices() {
        if is_vowel(c) {
            at = Some((byte, c));
        }
    }
    let Some((byte, vowel)) = at else { return Vec::new() };
    let (head, tail) = (stem.get(..byte).unwrap_or_default(), stem.get(byte + vowel.len_utf8()..).unwrap_or_default());
    if head.is_empty() {
        return Vec::new();
    }
    match vowel {
        'і' => vec![format!("{head}о{tail}"), format!("{head}е{tail}")],
        'ї' => vec![format!("{head}є{tail}"), format!("{head}йо{tail}")],
        _ => Vec::new(),
    }
}

/// The stem without the fleeting vowel of its last syllable.
fn fled(stem: &str) -> Option<String> {
    let mut chars: Vec<char> = stem.chars().collect();
    let n = chars.len();
    if n < 4 {
        return None;
    }
    let (before, vowel, last) = (chars.get(n - 3).copied()?, chars.get(n - 2).copied()?, chars.get(n - 1).copied()?);
    let flees = matches!((vowel, last), ('е' | 'є' | 'о', 'ц' | 'н' | 'л' | 'р' | 'к'));
    if !flees || is_vowel(before) && vowel != 'є' {
        return None;
    }
    chars.remove(n - 2);
    // A soft sign keeps `л` soft before `ц`: Козелець, Козельця; an iota becomes `й`: Каєць, Кайця.
    if before == 'л' && last == 'ц' {
        chars.insert(n - 2, 'ь');
    } else if vowel == 'є' {
        chars.insert(n - 2, 'й');
    }
    Some(chars.into_iter().collect())
}

fn hard_consonant(word: &str, last: char, out: &mut Forms) {
    out.push((word.to_owned(), N | A));
    let mut stems = opened(word);
    let fixed_i = !(word.ends_with("ів") || word.ends_with("їв"));
    if let Some(stem) = fled(word) {
        stems.push(stem);
    }
    if fixed_i {
        stems.push(word.to_owned());
    }
    for stem in stems {
        if is_sibilant(last) {
            add(out, &stem, &[("а", G), ("у", G | D | L), ("ем", I), ("ом", I), ("і", L), ("еві", D | L)]);
        } else {
            add(out, &stem, &[("а", G), ("у", G | D | L), ("ом", I), ("ові", D | L)]);
            add(out, &softened(&stem), &[("і", L)]);
        }
    }
    if is_sibilant(last) {
        // The third declension: Річ, Печ.
        add(out, word, &[("ю", I), ("і", G | D | L)]);
        out.push((format!("{word}{last}ю"), I));
    }
}

fn soft_consonant(stem: &str, out: &mut Forms) {
    out.push((format!("{stem}ь"), N | A));
    let mut stems = opened(stem);
    stems.extend(fled(stem));
    stems.push(stem.to_owned());
    for stem in stems {
        add(out, &stem, &[("я", G), ("ю", G | D | L), ("ем", I), ("і", G | D | L), ("еві", D | L)]);
    }
    // The third declension: Хотінь, Хотінню; Умань, Уманню.
    let double = stem.chars().next_back().unwrap_or('н');
    add(out, stem, &[("ю", I)]);
    out.push((format!("{stem}{double}ю"), I));
}

fn plural(word: &str, stem: &str, last: char, out: &mut Forms) {
    out.push((word.to_owned(), N | A));
    let before = stem.chars().next_back().unwrap_or(' ');
    let soft = last != 'и' && !is_sibilant(before);
    if soft {
        add(out, stem, &[("ям", D), ("ями", I), ("ях", L)]);
    }
    if !soft || matches!(before, 'к' | 'г' | 'х') {
        add(out, stem, &[("ам", D), ("ами", I), ("ах", L)]);
    }
    // Genitive: -ів of masculine nouns, no ending of feminine ones, with or without a fleeting vowel.
    let mut genitives = vec![stem.to_owned()];
    if soft {
        genitives.push(if last == 'ї' { format!("{stem}їв") } else { format!("{stem}ів") });
        genitives.push(format!("{stem}ь"));
        genitives.push(format!("{stem}й"));
        genitives.push(format!("{stem}ей"));
    } else {
        genitives.push(format!("{stem}ів"));
    }
    let chars: Vec<char> = stem.chars().collect();
    if let [.., _, between, end] = chars.as_slice() {
        let head: String = chars.iter().take(chars.len() - 1).collect();
        if !is_vowel(*between) && !is_vowel(*end) {
            genitives.push(format!("{head}о{end}"));
            let head = head.trim_end_matches('ь');
            for inserted in ['о', 'е'] {
                genitives.push(format!("{head}{inserted}{end}"));
                if soft {
                    genitives.push(format!("{head}{inserted}{end}ь"));
                }
            }
        }
        // "Нові Млини", "Будки": an open `о` or `е` closes to `і`: Дороги, Доріг; Гори, Гір.
        if let Some(at) = chars.iter().rposition(|c| matches!(c, 'о' | 'е'))
            && at + 2 == chars.len()
        {
            let closed: String = chars.iter().enumerate().map(|(n, c)| if n == at { 'і' } else { *c }).collect();
            genitives.push(closed);
        }
    }
    for genitive in genitives {
        out.push((genitive, G));
    }
}

#[cfg(test)]
mod tests {
    use super::forms;
    use crate::text::decline::cases_of;
    use crate::text::normalise::key;

    fn check(name: &str, expected: &[(&str, &str)]) {
        let forms = forms(&key(name));
        for (form, cases) in expected {
            let folded = key(form);
            let wanted = cases_of(cases);
            let got = forms.iter().filter(|(f, _)| *f == folded).fold(0, |all, (_, cases)| all | cases);
            assert_eq!(got & wanted, wanted, "{name}: {form} as {cases} in {forms:?}");
        }
    }

    #[test]
    fn every_class_of_settlement_name_is_declined() {
        check("Харків", &[("Харків", "NA"), ("Харкова", "G"), ("Харкову", "DL"), ("Харковом", "I"), ("Харкові", "L")]);
        check("Київ", &[("Києва", "G"), ("Києву", "D"), ("Києвом", "I"), ("Києві", "L")]);
        check("Чернігів", &[("Чернігова", "G"), ("Чернігові", "L")]);
        check("Миколаїв", &[("Миколаєва", "G"), ("Миколаєві", "L")]);
        check("Канів", &[("Канева", "G"), ("Каневі", "L")]);
        check("Фастів", &[("Фастова", "G")]);
        check("Бориспіль", &[("Борисполя", "G"), ("Борисполі", "L"), ("Борисполем", "I")]);
        check("Тернопіль", &[("Тернополя", "G")]);
        check("Кривий Ріг", &[("Кривого Рогу", "G"), ("Кривому Розі", "L"), ("Кривим Рогом", "I")]);
        check("Суми", &[("Сум", "G"), ("Сумам", "D"), ("Сумами", "I"), ("Сумах", "L"), ("Суми", "A")]);
        check("Черкаси", &[("Черкас", "G"), ("Черкасах", "L")]);
        check("Лубни", &[("Лубен", "G"), ("Лубнах", "L")]);
        check("Ромни", &[("Ромен", "G")]);
        check("Прилуки", &[("Прилук", "G"), ("Прилуках", "L")]);
        check("Чернівці", &[("Чернівців", "G"), ("Чернівцях", "L")]);
        check("Бровари", &[("Броварів", "G"), ("Броварах", "L")]);
        check("Мена", &[("Мени", "G"), ("Мені", "L"), ("Мену", "A"), ("Меною", "I")]);
        check("Ічня", &[("Ічні", "GL"), ("Ічню", "A"), ("Ічнею", "I")]);
        check("Борзна", &[("Борзни", "G"), ("Борзну", "A")]);
        check("Охтирка", &[("Охтирки", "G"), ("Охтирці", "L"), ("Охтирку", "A")]);
        check("Біла Церква", &[("Білої Церкви", "G"), ("Білій Церкві", "L"), ("Білу Церкву", "A")]);
        check("Велика Писарівка", &[("Великої Писарівки", "G"), ("Велику Писарівку", "A"), ("Великій Писарівці", "L")]);
        check("Рава-Руська", &[("Рави-Руської", "G"), ("Раву-Руську", "A")]);
        check("Білгород-Дністровський", &[("Білгорода-Дністровського", "G"), ("Білгороді-Дністровському", "L")]);
        check("Івано-Франківськ", &[("Івано-Франківська", "G"), ("Івано-Франківську", "L")]);
        check("Тростянець", &[("Тростянця", "G"), ("Тростянці", "L"), ("Тростянцем", "I")]);
        check("Козелець", &[("Козельця", "G")]);
        check("Хотінь", &[("Хотіні", "GL"), ("Хотінню", "I")]);
        check("Гостомель", &[("Гостомеля", "G"), ("Гостомелю", "D")]);
        check("Ірпінь", &[("Ірпеня", "G"), ("Ірпені", "L")]);
        check("Рівне", &[("Рівного", "G"), ("Рівному", "L"), ("Рівне", "A")]);
        check("Південне", &[("Південного", "G")]);
        check("Запоріжжя", &[("Запоріжжя", "GA"), ("Запоріжжю", "D"), ("Запоріжжі", "L"), ("Запоріжжям", "I")]);
        check("Дніпро", &[("Дніпра", "G"), ("Дніпру", "DL"), ("Дніпрі", "L"), ("Дніпром", "I")]);
        check("Конотоп", &[("Конотопа", "G"), ("Конотопу", "D"), ("Конотопі", "L")]);
        check("Городище", &[("Городища", "G"), ("Городищі", "L")]);
        check("Ямпіль", &[("Ямполя", "G")]);
        check("Лозова", &[("Лозової", "G"), ("Лозовій", "L"), ("Лозову", "A")]);
        check("Одеса", &[("Одеси", "G"), ("Одесі", "L")]);
        check("Буринь", &[("Бурині", "G")]);
        check("Слов'янськ", &[("Слов'янська", "G")]);
        check("Нові Петрівці", &[("Нових Петрівців", "G"), ("Нових Петрівцях", "L")]);
        check("Гадяч", &[("Гадяча", "G"), ("Гадячі", "L")]);
    }
}
