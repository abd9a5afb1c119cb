//! Which language a text is in.

use whatlang::Lang;

/// The ISO 639-1 code of the language that `text` is most likely in; `None` where the text does not tell.
///
/// By trigrams and alphabet (Cavnar and Trenkle 1994, as `whatlang` does it), on the head of the text.
#[must_use]
pub fn detect(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(prefix(text))?;
    if info.is_reliable() { iso_639_1(info.lang()) } else { None }
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

/// The bytes that are looked at: enough to be sure, and a bound on what a text costs.
const MAX_BYTES: usize = 1_024;

fn prefix(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
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
