//! Which language a text is in.

use whatlang::{Lang, Script};

/// The ISO 639-1 code of the language that `text` is most likely in; `None` where the text does not tell.
///
/// English by its function words, which is quick and sure from a sentence on; all else by trigrams and
/// alphabet (Cavnar and Trenkle 1994, as `whatlang` does it). Only the head of the text is looked at.
#[must_use]
pub fn detect(text: &str) -> Option<&'static str> {
    let head = head(text);
    let english = English::in_text(head);
    if english.is_sure() {
        return Some("en");
    }
    let mut info = whatlang::detect(head)?;
    let is_told = if info.script() == Script::Latin {
        // Lists of names and tables of results have names of every language and grammar of none: only what stands in
        // lower case tells, and in a short text what little grammar there is outweighs any trigram.
        let (prose, words) = without_names(head);
        info = whatlang::detect(&prose)?;
        words >= MIN_WORDS && info.is_reliable() && (info.lang() == Lang::Eng || !english.is_likely())
    } else {
        // Few languages share the script: even a lead that is no proof is rarely wrong.
        info.confidence() > MIN_LEAD
    };
    if is_told { iso_639_1(info.lang()) } else { None }
}

/// The lower-case primary subtag of a BCP 47 tag ("en-GB", "zh_Hant", "ENG"), as an ISO 639-1 code where
/// there is one; `None` for what is no tag or names no single language.
#[must_use]
pub fn primary_subtag(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    if !matches!(primary.len(), 2 | 3) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    match primary.as_str() {
        "und" | "mul" | "zxx" | "mis" => None,
        "zho" | "chi" => Some("zh".to_owned()),
        "fas" | "per" => Some("fa".to_owned()),
        "nor" => Some("no".to_owned()),
        code => Some(Lang::from_code(code).and_then(iso_639_1).map_or(primary, str::to_owned)),
    }
}

/// The words of `text` that begin in lower case, and how many they are.
fn without_names(text: &str) -> (String, usize) {
    let mut prose = String::with_capacity(text.len());
    let mut words = 0;
    for word in text.split_whitespace().filter(|word| word.starts_with(char::is_lowercase)) {
        prose.push_str(word);
        prose.push(' ');
        words += 1;
    }
    (prose, words)
}

/// The least number of words in lower case that tell a language of the Latin script.
const MIN_WORDS: usize = 6;

/// The least confidence in a language of another script than the Latin.
const MIN_LEAD: f64 = 0.25;

/// The bytes that are looked at: enough to be sure, and a bound on what a text costs.
const MAX_BYTES: usize = 1_024;

fn head(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// How English a text is by its function words.
#[derive(Debug, Default)]
struct English {
    words: usize,
    /// Words that are common in English and, spelt so, rare in every other language of the Latin script.
    own: usize,
    /// Those, and the ones that others have too.
    common: usize,
}

impl English {
    const OWN: [u64; 18] = packed([
        "and", "been", "by", "from", "have", "of", "said", "that", "the", "their", "they", "this", "to", "were",
        "which", "who", "with", "would",
    ]);
    const SHARED: [u64; 14] =
        packed(["a", "an", "as", "at", "for", "had", "has", "he", "his", "in", "is", "it", "on", "was"]);

    fn in_text(text: &str) -> English {
        let mut english = English::default();
        for word in text.as_bytes().split(|byte| byte.is_ascii() && !byte.is_ascii_alphabetic()) {
            if word.is_empty() {
                continue;
            }
            english.words += 1;
            if word.len() <= LONGEST {
                let word = pack(word);
                let own = Self::OWN.contains(&word);
                english.own += usize::from(own);
                english.common += usize::from(own || Self::SHARED.contains(&word));
            }
        }
        english
    }

    /// English news has 21 % of its own function words; Dutch, the nearest of the others, below 3 %.
    fn is_sure(&self) -> bool {
        self.own >= 2 && self.own * 8 >= self.words
    }

    fn is_likely(&self) -> bool {
        self.common >= 2 && self.common * 5 >= self.words
    }
}

/// The bytes of the longest function word.
const LONGEST: usize = 5;

/// A word of at most eight bytes in lower case as one number, which compares at once.
const fn pack(word: &[u8]) -> u64 {
    let mut packed = 0;
    let mut at = 0;
    while at < word.len() {
        packed = packed << 8 | word[at].to_ascii_lowercase() as u64;
        at += 1;
    }
    packed
}

const fn packed<const N: usize>(words: [&str; N]) -> [u64; N] {
    let mut packed = [0; N];
    let mut at = 0;
    while at < N {
        packed[at] = pack(words[at].as_bytes());
        at += 1;
    }
    packed
}

/// The code of ISO 639-1 for one of 639-3.
fn iso_639_1(lang: Lang) -> Option<&'static str> {
    Some(match lang.code() {
        "afr" => "af",
        "aka" => "ak",
        "amh" => "am",
        "ara" => "ar",
        "aze" => "az",
        "bel" => "be",
        "ben" => "bn",
        "bul" => "bg",
        "cat" => "ca",
        "ces" => "cs",
        "cmn" => "zh",
        "cym" => "cy",
        "dan" => "da",
        "deu" => "de",
        "ell" => "el",
        "eng" => "en",
        "epo" => "eo",
        "est" => "et",
        "fin" => "fi",
        "fra" => "fr",
        "guj" => "gu",
        "heb" => "he",
        "hin" => "hi",
        "hrv" => "hr",
        "hun" => "hu",
        "hye" => "hy",
        "ind" => "id",
        "ita" => "it",
        "jav" => "jv",
        "jpn" => "ja",
        "kan" => "kn",
        "kat" => "ka",
        "khm" => "km",
        "kor" => "ko",
        "lat" => "la",
        "lav" => "lv",
        "lit" => "lt",
        "mal" => "ml",
        "mar" => "mr",
        "mkd" => "mk",
        "mya" => "my",
        "nep" => "ne",
        "nld" => "nl",
        "nob" => "nb",
        "ori" => "or",
        "pan" => "pa",
        "pes" => "fa",
        "pol" => "pl",
        "por" => "pt",
        "ron" => "ro",
        "rus" => "ru",
        "sin" => "si",
        "slk" => "sk",
        "slv" => "sl",
        "sna" => "sn",
        "spa" => "es",
        "srp" => "sr",
        "swe" => "sv",
        "tam" => "ta",
        "tel" => "te",
        "tgl" => "tl",
        "tha" => "th",
        "tuk" => "tk",
        "tur" => "tr",
        "ukr" => "uk",
        "urd" => "ur",
        "uzb" => "uz",
        "vie" => "vi",
        "yid" => "yi",
        "zul" => "zu",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_of_one_sentence() {
        let cases = [
            ("At least 12 people were killed when a bus fell into a ravine, police said.", Some("en")),
            ("A roadside bomb wounded three soldiers near the town of Mir Ali.", Some("en")),
            ("Mindestens zwölf Menschen kamen ums Leben, als ein Bus in eine Schlucht stürzte.", Some("de")),
            ("Al menos doce personas murieron cuando un autobús cayó por un barranco.", Some("es")),
            ("По меньшей мере 12 человек погибли в результате падения автобуса в ущелье.", Some("ru")),
            ("Най-малко 12 души загинаха при падане на автобус в пропаст.", Some("bg")),
            ("Щонайменше 12 людей загинули внаслідок падіння автобуса в ущелину.", Some("uk")),
            ("بس کھائی میں گرنے سے کم از کم 12 افراد ہلاک ہو گئے۔", Some("ur")),
            ("لقي 12 شخصا على الأقل مصرعهم إثر سقوط حافلة في واد، بحسب الشرطة.", Some("ar")),
            ("公交车坠入山谷，至少12人死亡。", Some("zh")),
            ("バスが谷に転落し、少なくとも12人が死亡した。", Some("ja")),
            ("12", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(detect(text), expected, "{text}");
        }
    }

    #[test]
    fn names_and_a_little_grammar_are_never_another_language() {
        for text in [
            "A bomb in Parachinar at a market.",
            "Police: 3 shot in Lagos bar",
            "Man dies in Osaka fire",
            "Signed by Joana Araújo, Mārtiņš Krauze, Andrea Camilli, Dario Forte, Saúl Hernando and Hélder da Costa.",
            "1. Heike Drexler (Germany) 6.89 2. Niurka Montero (Italy) 6.72 3. Inessa Kravchuk (Ukraine) 6.61",
            "Primera Liga: Real Sociedad 2 Deportivo La Coruña 1, Sevilla 0 Racing Santander 0",
        ] {
            assert!(matches!(detect(text), None | Some("en")), "{text}: {:?}", detect(text));
        }
    }

    #[test]
    fn tags_lose_all_but_the_language() {
        let cases = [
            ("en", Some("en")),
            ("EN-gb", Some("en")),
            ("zh_Hant_TW", Some("zh")),
            (" eng ", Some("en")),
            ("deu", Some("de")),
            ("zho", Some("zh")),
            ("ckb", Some("ckb")),
            ("und", None),
            ("English", None),
            ("", None),
            ("e1", None),
        ];
        for (tag, expected) in cases {
            assert_eq!(primary_subtag(tag).as_deref(), expected, "{tag}");
        }
    }
}
