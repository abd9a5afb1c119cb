//! What a word may tell: the lists that it is on, as a set of bits.

/// What lists a word is on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Class(u128);

impl Class {
    pub(super) const HONORIFIC: Class = Class(1);
    pub(super) const TITLE: Class = Class(1 << 1);
    pub(super) const OFFICE: Class = Class(1 << 2);
    pub(super) const MODIFIER: Class = Class(1 << 3);
    pub(super) const SURE_ROLE: Class = Class(1 << 4);
    pub(super) const LOOSE_ROLE: Class = Class(1 << 5);
    pub(super) const LOWER_MODIFIER: Class = Class(1 << 6);
    pub(super) const SPEECH: Class = Class(1 << 7);
    pub(super) const ORGANISATION: Class = Class(1 << 8);
    pub(super) const FACILITY: Class = Class(1 << 9);
    pub(super) const PLACE: Class = Class(1 << 10);
    pub(super) const EVENT: Class = Class(1 << 11);
    pub(super) const LAW: Class = Class(1 << 12);
    pub(super) const WORK_OF_ART: Class = Class(1 << 13);
    pub(super) const OPENS_PLACE: Class = Class(1 << 14);
    pub(super) const OPENS_EVENT: Class = Class(1 << 15);
    pub(super) const COORDINATED: Class = Class(1 << 16);
    pub(super) const POSSESSIVE: Class = Class(1 << 17);
    pub(super) const OF: Class = Class(1 << 18);
    pub(super) const SUFFIX: Class = Class(1 << 19);
    pub(super) const STATE: Class = Class(1 << 20);
    pub(super) const GIVEN_NAME: Class = Class(1 << 21);
    pub(super) const ALSO_PLACE: Class = Class(1 << 22);
    pub(super) const FUNCTION: Class = Class(1 << 23);
    pub(super) const NOUN: Class = Class(1 << 24);
    pub(super) const CALENDAR: Class = Class(1 << 25);
    pub(super) const PREFIX: Class = Class(1 << 26);
    pub(super) const STYLE: Class = Class(1 << 27);
    pub(super) const NO_NAME: Class = Class(1 << 28);
    pub(super) const AFTER_PEOPLE: Class = Class(1 << 29);
    pub(super) const KIND_OF_WORK: Class = Class(1 << 30);
    pub(super) const BEARING: Class = Class(1 << 31);
    pub(super) const TAIL: Class = Class(1 << 32);
    pub(super) const FAMILY_NAME: Class = Class(1 << 33);
    pub(super) const BEFORE_ORGANISATION: Class = Class(1 << 34);
    pub(super) const AFTER_ORGANISATION: Class = Class(1 << 35);
    pub(super) const AFTER_PLACE: Class = Class(1 << 36);
    pub(super) const AFTER_FACILITY: Class = Class(1 << 37);
    pub(super) const ORGANISATION_NOUN: Class = Class(1 << 38);
    pub(super) const PLACE_NOUN: Class = Class(1 << 39);
    pub(super) const OF_PLACE: Class = Class(1 << 40);
    pub(super) const ENDS_NOUN_PHRASE: Class = Class(1 << 62);
    pub(super) const BEHIND_PLACE: Class = Class(1 << 41);
    pub(super) const INSIDE: Class = Class(1 << 42);
    pub(super) const ALSO_WORD: Class = Class(1 << 44);
    pub(super) const CURRENCY: Class = Class(1 << 45);
    pub(super) const LAST_NAME: Class = Class(1 << 46);
    pub(super) const BEFORE_BASE: Class = Class(1 << 47);
    pub(super) const OF_FACILITY: Class = Class(1 << 48);
    pub(super) const HEAD_OF_PLACE: Class = Class(1 << 49);
    pub(super) const OWNED: Class = Class(1 << 50);
    pub(super) const OPENS_PERSON: Class = Class(1 << 43);
    pub(super) const FAMILY: Class = Class(1 << 51);
    pub(super) const GOVERNMENT: Class = Class(1 << 52);
    pub(super) const KIN: Class = Class(1 << 53);

    /// Words of a title whose bearer governs.
    pub(super) const IN_OFFICE: Class = Class(1 << 54);

    /// Family names that stand first, and may so be taken for given ones.
    pub(super) const LEADING_NAME: Class = Class(1 << 55);

    /// Words inside a name that tell two bodies of one kind apart.
    pub(super) const TELLING: Class = Class(1 << 56);

    /// Kinds of buildings that a name may lack elsewhere.
    pub(super) const BUILDING: Class = Class(1 << 57);

    /// Heads before and behind a place that may make two of it.
    pub(super) const ORDERED: Class = Class(1 << 58);

    /// Small words of other languages inside names.
    pub(super) const PARTICLE: Class = Class(1 << 59);

    /// Behind a place they make a public body of it.
    pub(super) const PUBLIC: Class = Class(1 << 63);

    /// Parts of a body, whose name they end.
    pub(super) const PART: Class = Class(1 << 64);

    /// What stands before the name of a ship.
    pub(super) const SHIP: Class = Class(1 << 61);

    /// Parties and outlets that stand before a name.
    pub(super) const AFFILIATION: Class = Class(1 << 60);

    /// The last words of names that tell what the name is of.
    pub(super) const HEAD: Class =
        Self::ORGANISATION.or(Self::FACILITY).or(Self::PLACE).or(Self::EVENT).or(Self::LAW).or(Self::WORK_OF_ART);

    /// Words that titles are made of.
    pub(super) const PART_OF_TITLE: Class = Self::TITLE
        .or(Self::HONORIFIC)
        .or(Self::OFFICE)
        .or(Self::MODIFIER)
        .or(Self::LOWER_MODIFIER)
        .or(Self::SURE_ROLE)
        .or(Self::LOOSE_ROLE);

    /// Both lists' words.
    pub(super) const fn or(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }

    /// The lists of `other` that the word is on.
    pub(super) fn only(self, other: Class) -> Class {
        Class(self.0 & other.0)
    }

    /// Whether the word is on any list of `other`.
    pub(super) fn any(self, other: Class) -> bool {
        self.0 & other.0 != 0
    }
}
