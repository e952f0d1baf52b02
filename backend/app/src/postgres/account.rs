//! Whom PostgreSQL runs as: it refuses root, so root lends it to another account of the system.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;

use nix::unistd::{Gid, Uid, User};
use tokio::process::Command;

use crate::start::StartError;

/// The account that owns the cluster's files and runs its programs.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    uid: Uid,
    gid: Gid,
    /// Whether it is another account than our own.
    lent: bool,
}

impl Account {
    /// Ourselves; for root the owner of the cluster that is there, else `postgres`, else `nobody`.
    pub(super) fn for_cluster(data: &Path) -> Result<Self, StartError> {
        let own = Uid::effective();
        let owner = fs::metadata(data).ok().map(|metadata| Uid::from_raw(metadata.uid()));
        if !own.is_root() {
            return match owner {
                Some(owner) if owner != own => Err(StartError::Unusable {
                    path: data.to_owned(),
                    why: format!(
                        "it belongs to {}: run as that user, or choose another data_dir",
                        name(owner)
                    ),
                }),
                _ => Ok(Account { name: name(own), uid: own, gid: Gid::effective(), lent: false }),
            };
        }
        let of_owner =
            owner.filter(|owner| !owner.is_root()).and_then(|owner| User::from_uid(owner).ok().flatten());
        let usual = || ["postgres", "nobody"].iter().find_map(|name| User::from_name(name).ok().flatten());
        let user = of_owner.or_else(usual).ok_or_else(|| StartError::Unusable {
            path: data.to_owned(),
            why: "PostgreSQL refuses root, and there is no user postgres or nobody: run as an ordinary user"
                .into(),
        })?;
        Ok(Account { name: user.name, uid: user.uid, gid: user.gid, lent: true })
    }

    /// A command that runs as this account, in `/`, with nothing of our environment.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir("/");
        if self.lent {
            // The standard library drops the supplementary groups with the uid.
            command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
        }
        command
    }

    /// Gives a file or folder to this account.
    pub(super) fn give(&self, path: &Path) -> std::io::Result<()> {
        if self.lent { chown(path, Some(self.uid.as_raw()), Some(self.gid.as_raw())) } else { Ok(()) }
    }

    /// Whether a file or folder belongs to this account.
    pub(super) fn owns(&self, metadata: &fs::Metadata) -> bool {
        metadata.uid() == self.uid.as_raw()
    }

    /// The first folder on the way to `dir` that this account may not enter.
    pub(super) fn barred_from<'a>(&self, dir: &'a Path) -> Option<&'a Path> {
        if !self.lent {
            return None;
        }
        let mut on_the_way: Vec<&Path> = dir.ancestors().collect();
        on_the_way.reverse();
        on_the_way
            .into_iter()
            .find(|folder| fs::metadata(folder).is_ok_and(|metadata| !self.may_enter(&metadata)))
    }

    fn may_enter(&self, metadata: &fs::Metadata) -> bool {
        let bit = if self.owns(metadata) {
            0o100
        } else if metadata.gid() == self.gid.as_raw() {
            0o010
        } else {
            0o001
        };
        metadata.mode() & bit != 0
    }
}

fn name(uid: Uid) -> String {
    User::from_uid(uid).ok().flatten().map_or_else(|| format!("user {uid}"), |user| user.name)
}
