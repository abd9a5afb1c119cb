//! Abbreviations of English news that keep their stop, and what the stop tells of the sentence.
//!
//! A table and nothing else; [`super::token`] and [`super::sentence`] read it. Abbreviations that are made
//! of single letters ("U.S.", "a.m.") need no entry. Compiled from the style books of AP and Reuters and
//! from ranks of the US, British and Indian forces as newspapers print them.

/// What follows an abbreviation, and so whether its stop can end a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// Stands before a name: never the end of a sentence ("Gen. Smith").
    Title,
    /// A word of its own unless a number follows: only then the stop is its ("No. 5", "Mar. 3").
    Numbered,
    /// Before a number, or at the end of a sentence ("Jan. 5", "last Dec.").
    Month,
    /// Anything else: may end a sentence ("Apple Inc.", "Calif.", "etc.").
    General,
}

/// The abbreviation that `word`, given without its last stop, is.
pub(super) fn find(word: &str) -> Option<Abbreviation> {
    const LONGEST: usize = 7;
    if word.len() > LONGEST {
        return None;
    }
    TABLE.binary_search_by(|(name, _)| (*name).cmp(word)).ok().map(|at| TABLE[at].1)
}

use Abbreviation::{General, Month, Numbered, Title};

/// Sorted by byte value.
#[rustfmt::skip]
const TABLE: &[(&str, Abbreviation)] = &[
    ("Adj", Title), ("Adm", Title), ("Apr", Month), ("Ariz", General), ("Art", Numbered), ("Assn", General),
    ("Asst", Title), ("Atty", Title), ("Aug", Month), ("Ave", General), ("Bde", General), ("Bhd", General),
    ("Blvd", General), ("Bn", General), ("Brig", Title), ("Bros", General), ("Calif", General), ("Capt", Title),
    ("Cdr", Title), ("Ch", Numbered), ("Cmdr", Title), ("Co", General), ("Col", Title), ("Colo", General),
    ("Comdr", Title), ("Conn", General), ("Const", Title), ("Corp", General), ("Cpl", Title), ("Cpt", Title),
    ("Dec", Month), ("Del", General), ("Dep", Title), ("Dept", General), ("Det", Title), ("Dr", Title),
    ("Drs", Title), ("Esq", General), ("Est", General), ("Feb", Month), ("Fig", Numbered), ("Fla", General),
    ("Fr", Title), ("Fri", General), ("Ft", Title), ("Ga", General), ("Gen", Title), ("Gov", Title), ("Govt", General),
    ("Hon", Title), ("Ill", General), ("Inc", General), ("Ind", General), ("Insp", Title), ("Intl", General),
    ("Jan", Month), ("Jr", General), ("Kan", General), ("Ky", General), ("La", General), ("Lt", Title),
    ("Ltd", General), ("Maj", Title), ("Mar", Numbered), ("Md", General), ("Messrs", Title), ("Mfg", General),
    ("Mgr", Title), ("Mich", General), ("Minn", General), ("Mlle", Title), ("Mme", Title), ("Mo", General),
    ("Mon", General), ("Mont", General), ("Mr", Title), ("Mrs", Title), ("Ms", Title), ("Mt", Title),
    ("Natl", General), ("Neb", General), ("Nev", General), ("No", Numbered), ("Nos", Numbered), ("Nov", Month),
    ("Oct", Month), ("Okla", General), ("Ont", General), ("Ore", General), ("Pa", General), ("Ph.D", General),
    ("PhD", General), ("Plc", General), ("Pres", Title), ("Prof", Title), ("Pte", General), ("Pty", General),
    ("Pvt", Title), ("Que", General), ("Rd", General), ("Rep", Title), ("Reps", Title), ("Ret", General),
    ("Rev", Title), ("Rs", Numbered), ("Rt", Title), ("Sec", Numbered), ("Sen", Title), ("Sens", Title),
    ("Sep", Month), ("Sept", Month), ("Sgt", Title), ("Sr", General), ("St", Title), ("Ste", Title), ("Supt", Title),
    ("Tenn", General), ("Tex", General), ("Thu", General), ("Thur", General), ("Thurs", General), ("Tue", General),
    ("Tues", General), ("Univ", General), ("Va", General), ("Ven", Title), ("Vol", Numbered), ("Vt", General),
    ("Wash", General), ("Wed", General), ("Wis", General), ("Wyo", General), ("al", General), ("approx", Title),
    ("art", Numbered), ("ca", Numbered), ("cf", Title), ("ch", Numbered), ("col", Title), ("dept", General),
    ("est", Numbered), ("etc", General), ("ext", Numbered), ("fig", Numbered), ("gen", Title), ("govt", General),
    ("hrs", General), ("incl", Title), ("lbs", General), ("lt", Title), ("maj", Title), ("mins", General),
    ("no", Numbered), ("nos", Numbered), ("pp", Numbered), ("ret", General), ("secs", General), ("sgt", Title),
    ("sq", Title), ("vol", Numbered), ("vs", Title), ("yrs", General),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_within_the_longest() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(find("Gen"), Some(Title));
        assert_eq!(find("Messrs"), Some(Title));
        assert_eq!(find("government"), None);
        assert!(TABLE.iter().all(|(name, _)| find(name).is_some()));
    }
}
