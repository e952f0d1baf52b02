//! Passwords: argon2id, two hashes at a time, and a queue that ends.

use crate::error::{Failure, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use cadastre_model::Message;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Hashes made at the same time: each takes the memory that the operator set, 19 MiB at least.
const AT_ONCE: usize = 2;

/// More than this many waiting are sent away.
const QUEUE: usize = 50;

/// The shortest password that is taken, in characters (OWASP ASVS 6.2.1).
pub const SHORTEST: usize = 8;

/// The longest, in bytes: what is longer only costs time.
pub const LONGEST: usize = 1024;

/// What people choose when they are not stopped.
const COMMON: &[&str] = &[
    "password",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyuiop",
    "password1",
    "password123",
    "iloveyou",
    "11111111",
    "00000000",
    "88888888",
    "66666666",
    "abc12345",
    "abcd1234",
    "1q2w3e4r",
    "qwerty123",
    "admin123",
    "administrator",
    "letmein1",
    "welcome1",
    "changeme",
    "changeit",
    "cadastre",
    "cadastre1",
    "postgres",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "woaini1314",
    "5201314520",
    "a123456789",
    "q1w2e3r4",
    "zaq12wsx",
];

/// Makes and checks password hashes.
#[derive(Debug)]
pub struct Passwords {
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    made: AtomicU64,
    /// The hash of no password: checked when the name is not known, so that both take the same time.
    nobody: String,
}

impl Passwords {
    /// With the cost that the operator set; the configuration has refused less than OWASP's floor.
    ///
    /// # Errors
    /// When the cost is out of argon2's bounds.
    pub fn new(memory: u32, passes: u32) -> Result<Self> {
        let params = Params::new(memory, passes, 1, None).map_err(Failure::internal)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        // Salt and sum are nought: to look at it costs as much as at any other, to make it nothing, at each start.
        let nobody =
            format!("$argon2id$v=19$m={memory},t={passes},p=1${}${}", "A".repeat(22), "A".repeat(43));
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self { argon2, permits, waiting: AtomicUsize::new(0), made: AtomicU64::new(0), nobody })
    }

    /// How many hashes were made so far: each costs the same.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// A new hash, as a PHC string.
    ///
    /// # Errors
    /// `Unavailable` when too many are waiting.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.run(move || hash_with(&argon2, &password)).await?
    }

    /// Whether the password is the one of the hash; with no hash it takes as long and says no. The second answer says
    /// whether the hash was made at another cost and is to be made anew.
    ///
    /// # Errors
    /// `Unavailable` when too many are waiting.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<(bool, bool)> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        let (matches, old) = self
            .run(move || -> Result<(bool, bool)> {
                let hash = PasswordHash::new(&hash).map_err(Failure::internal)?;
                let matches = argon2.verify_password(password.as_bytes(), &hash).is_ok();
                let now = Params::try_from(&hash).map_err(Failure::internal)?;
                let same =
                    now.m_cost() == argon2.params().m_cost() && now.t_cost() == argon2.params().t_cost();
                Ok((matches, !same))
            })
            .await??;
        Ok((matches && known, old))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let waiting = Waiting::enter(&self.waiting)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(Failure::internal)?;
        drop(waiting);
        self.made.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(Failure::internal)
    }
}

/// One in the queue; gone from it when it is dropped, also when the client has gone.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize) -> Result<Self> {
        let waiting = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= QUEUE {
            return Err(Failure::unavailable("too many sign-ins at once"));
        }
        Ok(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash_with(argon2: &Argon2<'_>, password: &str) -> Result<String> {
    argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(Failure::internal)
}

/// What is wrong with a password that somebody wants to have; nothing when it is good.
#[must_use]
pub fn fault(password: &str, login: &str) -> Option<Message> {
    let lower = password.to_lowercase();
    if password.chars().count() < SHORTEST {
        return Some(Message::new("password-short").arg("least", SHORTEST));
    }
    if password.len() > LONGEST {
        return Some(Message::new("password-long").arg("most", LONGEST));
    }
    if COMMON.contains(&lower.as_str()) || lower.chars().all(|c| lower.starts_with(c)) {
        return Some(Message::new("password-common"));
    }
    if lower == login.to_lowercase() {
        return Some(Message::new("password-is-login"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::new(19_456, 2).unwrap();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert_eq!(passwords.verify("correct horse", Some(&hash)).await.unwrap(), (true, false));
        assert!(!passwords.verify("wrong horse", Some(&hash)).await.unwrap().0);
        // Who is not known costs the same: the hash that stands for them is read, and is of this cost.
        assert_eq!(passwords.verify("", None).await.unwrap(), (false, false));
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_to_be_made_anew() {
        let hash = Passwords::new(19_456, 2).unwrap().hash("correct horse").await.unwrap();
        let dearer = Passwords::new(19_456, 3).unwrap();
        assert_eq!(dearer.verify("correct horse", Some(&hash)).await.unwrap(), (true, true));
    }

    #[test]
    fn weak_passwords_are_told_why() {
        for (bad, key) in [
            ("short", "password-short"),
            ("PassWord", "password-common"),
            ("zzzzzzzzzz", "password-common"),
            ("ada.lovelace", "password-is-login"),
        ] {
            assert_eq!(
                fault(bad, "Ada.Lovelace").map(|message| message.key.into_owned()).as_deref(),
                Some(key)
            );
        }
        assert_eq!(fault("a long and quiet phrase", "ada"), None);
    }
}
