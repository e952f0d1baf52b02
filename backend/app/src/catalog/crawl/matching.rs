//! Which asset is which thing of the listing. Pure: identity first, then the full name.
//!
//! On PostgreSQL a thing is (system identifier, database oid, oid). The same oid still there is the same thing, whatever
//! its name now; so a swap of two names is two renames. Else the same full name is the same thing made anew, as dbt does
//! at each run. Another system identifier, as of a restored dump, voids all oids: then names decide.

use cadastre_model::{AssetId, AssetState};
use std::collections::{HashMap, HashSet};

/// Something of the catalogue that may be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: AssetId,
    /// From the database to itself.
    pub(super) path: Vec<String>,
    pub(super) state: AssetState,
    /// System identifier and object, where known.
    pub(super) identity: Option<(String, String)>,
}

/// Something of the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) path: Vec<String>,
    /// The object within the system.
    pub(super) object: String,
}

/// What a listed thing was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// By its identity: parts of it are matched by identity too.
    Same(AssetId),
    /// By its name: made anew, parts are matched by name.
    Again(AssetId),
    /// Not known.
    New,
}

impl Match {
    pub(super) const fn asset(self) -> Option<AssetId> {
        match self {
            Self::Same(id) | Self::Again(id) => Some(id),
            Self::New => None,
        }
    }
}

/// Matches each listed thing, in order. No asset is given twice.
pub(super) fn matches(known: &[Known], listed: &[Listed], system: Option<&str>) -> Vec<Match> {
    let by_object: HashMap<&str, AssetId> = known
        .iter()
        .filter_map(|known| {
            let (of, object) = known.identity.as_ref()?;
            (system == Some(of.as_str())).then_some((object.as_str(), known.id))
        })
        .collect();
    let mut taken = HashSet::new();
    let mut found: Vec<Match> = listed
        .iter()
        .map(|listed| match by_object.get(listed.object.as_str()) {
            Some(&id) if taken.insert(id) => Match::Same(id),
            _ => Match::New,
        })
        .collect();

    // What lives comes before what is gone, and of two that are gone the later one.
    let mut by_path: HashMap<&[String], &Known> = HashMap::new();
    for candidate in known.iter().filter(|known| !taken.contains(&known.id)) {
        let better = |other: &&mut &Known| rank(candidate) > rank(other);
        match by_path.get_mut(candidate.path.as_slice()) {
            Some(other) if !better(&other) => {}
            _ => drop(by_path.insert(&candidate.path, candidate)),
        }
    }
    for (listed, found) in listed.iter().zip(&mut found).filter(|(_, found)| **found == Match::New) {
        if let Some(known) = by_path.get(listed.path.as_slice())
            && taken.insert(known.id)
        {
            *found = Match::Again(known.id);
        }
    }
    found
}

fn rank(known: &Known) -> (bool, AssetId) {
    (known.state != AssetState::Tombstoned, known.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(id: i64, name: &str, oid: &str) -> Known {
        Known {
            id: AssetId(id),
            path: vec![name.to_owned()],
            state: AssetState::Live,
            identity: Some(("cluster".to_owned(), oid.to_owned())),
        }
    }

    fn listed(name: &str, oid: &str) -> Listed {
        Listed { path: vec![name.to_owned()], object: oid.to_owned() }
    }

    fn found(known: &[Known], listed: &[Listed]) -> Vec<Match> {
        matches(known, listed, Some("cluster"))
    }

    #[test]
    fn a_renamed_table_is_the_same() {
        assert_eq!(found(&[known(1, "a", "10")], &[listed("b", "10")]), [Match::Same(AssetId(1))]);
    }

    #[test]
    fn two_tables_that_swap_their_names_stay_who_they_are() {
        let known = [known(1, "a", "10"), known(2, "b", "20")];
        let listed = [listed("a", "20"), listed("b", "10")];
        assert_eq!(found(&known, &listed), [Match::Same(AssetId(2)), Match::Same(AssetId(1))]);
    }

    #[test]
    fn a_table_made_anew_under_its_name_is_kept() {
        assert_eq!(found(&[known(1, "a", "10")], &[listed("a", "11")]), [Match::Again(AssetId(1))]);
    }

    #[test]
    fn a_new_table_under_the_name_of_a_renamed_one_is_new() {
        let listed = [listed("a", "11"), listed("a_old", "10")];
        assert_eq!(found(&[known(1, "a", "10")], &listed), [Match::New, Match::Same(AssetId(1))]);
    }

    #[test]
    fn another_system_voids_all_oids() {
        let known = [known(1, "a", "10"), known(2, "b", "20")];
        let listed = [listed("b", "10"), listed("a", "20")];
        assert_eq!(
            matches(&known, &listed, Some("another")),
            [Match::Again(AssetId(2)), Match::Again(AssetId(1))]
        );
        assert_eq!(matches(&known, &listed, None), [Match::Again(AssetId(2)), Match::Again(AssetId(1))]);
    }

    #[test]
    fn what_comes_back_is_the_one_that_was_there_last() {
        let gone = |id| Known { state: AssetState::Tombstoned, identity: None, ..known(id, "a", "") };
        assert_eq!(found(&[gone(1), gone(3), gone(2)], &[listed("a", "9")]), [Match::Again(AssetId(3))]);
        assert_eq!(found(&[gone(3), known(1, "a", "8")], &[listed("a", "9")]), [Match::Again(AssetId(1))]);
    }
}
