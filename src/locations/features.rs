//! What the score of a candidate is made of. Documented in docs/locations.md; the weights are in
//! `config/location_model.toml` under these names.

macro_rules! features {
    ($($index:ident $name:literal),+ $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Index { $($index),+ }
        $(pub(super) const $index: usize = Index::$index as usize;)+
        /// The names of the features, in the order of [`Features`].
        pub(crate) const FEATURES: [&str; [$(Index::$index),+].len()] = [$($name),+];
    };
}

features! {
    MAGNITUDE "magnitude",
    COUNTRY "country",
    REGION "region",
    SUBDIVISION "subdivision",
    DISTRICT "district",
    CAPITAL "capital",
    MAGNITUDE_OF_SUBDIVISION "magnitude_of_subdivision",
    MAGNITUDE_OF_DISTRICT "magnitude_of_district",
    FIRST_OF_NAME "first_of_name",
    RANK "rank",
    SECOND_SUBDIVISION "second_subdivision",
    SHORT "short",
    ALTERNATE "alternate",
    ALTERNATE_OF_TOWN "alternate_of_town",
    ONLY "only",
    STATED "stated",
    LIST "list",
    STATED_AGAINST "stated_against",
    STATES_OTHER "states_other",
    LISTED_ALIKE "listed_alike",
    GENERIC "generic",
    NO_DEMONYM "no_demonym",
    SAME_COUNTRY "same_country",
    SAME_SUBDIVISION "same_subdivision",
    NEAR "near",
    REGIONAL "regional",
    STRANGER "stranger",
    COUNTRY_NAMED "country_named",
    SUBDIVISION_NAMED "subdivision_named",
    MAY_SHARE_SUBDIVISION "may_share_subdivision",
    MAY_SHARE_DISTRICT "may_share_district",
    MAY_BE_NEAR "may_be_near",
    AMONG_ITS_LIKE "among_its_like",
    CUE "cue",
    HOME "home",
}

/// Nothing of the gazetteer is meant: has no features but this bias.
pub(crate) const NONE_BIAS: &str = "none";

/// One candidate's.
pub(crate) type Features = [f32; FEATURES.len()];
