//! A JSON object read member by member: what is wanted of a member is taken, the rest is skipped, and of a map of many
//! things one is in memory at a time.

use super::{Artifact, Unusable};
use crate::notice::Remark;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{BufReader, Read};
use std::marker::PhantomData;

/// Bytes of one node.
const NODE: usize = 16 << 20;

/// Takes what is wanted of the members of the outermost object.
pub(super) trait Artifacts {
    /// Takes a member whole; whether it did.
    fn member(&mut self, name: &str) -> Want;
    /// A member that was wanted whole.
    fn whole(&mut self, name: &str, value: &RawValue);
    /// An entry of a map or list that was wanted entry by entry; a list's entries have no key.
    fn entry(&mut self, name: &str, key: &str, value: &RawValue);
}

/// What is wanted of a member.
pub(super) enum Want {
    Whole,
    Entries,
    Nothing,
}

/// Reads an artifact.
pub(super) fn read(artifact: Artifact, from: impl Read, into: &mut impl Artifacts) -> Result<(), Unusable> {
    let buffered = BufReader::with_capacity(1 << 16, from);
    let mut json = serde_json::Deserializer::from_reader(buffered);
    let unusable = |error: serde_json::Error| Unusable {
        artifact,
        line: error.line(),
        column: error.column(),
        what: Remark::Unreadable { reason: error.to_string().chars().take(200).collect() },
    };
    Outermost(into).deserialize(&mut json).map_err(unusable)?;
    json.end().map_err(unusable)
}

struct Outermost<'a, T>(&'a mut T);

impl<'de, T: Artifacts> DeserializeSeed<'de> for Outermost<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Artifacts> Visitor<'de> for Outermost<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            match self.0.member(&name) {
                Want::Nothing => {
                    members.next_value::<IgnoredAny>()?;
                }
                Want::Whole => {
                    let value = members.next_value::<Box<RawValue>>()?;
                    self.0.whole(&name, &value);
                }
                Want::Entries => members.next_value_seed(Entries { name: &name, into: self.0 })?,
            }
        }
        Ok(())
    }
}

struct Entries<'a, T> {
    name: &'a str,
    into: &'a mut T,
}

impl<'de, T: Artifacts> DeserializeSeed<'de> for Entries<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Artifacts> Visitor<'de> for Entries<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Bounded(PhantomData))?;
            self.into.entry(self.name, &key, &value);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(value) = entries.next_element_seed(Bounded(PhantomData))? {
            self.into.entry(self.name, "", &value);
        }
        Ok(())
    }
}

/// A node as its text, of a size that a node can have.
struct Bounded<'de>(PhantomData<&'de ()>);

impl<'de> DeserializeSeed<'de> for Bounded<'de> {
    type Value = Box<RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let value = <Box<RawValue> as serde::Deserialize>::deserialize(deserializer)?;
        if value.get().len() > NODE {
            return Err(serde::de::Error::custom(format!("an entry of more than {NODE} bytes")));
        }
        Ok(value)
    }
}
