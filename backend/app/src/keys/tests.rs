//! Keys: made once, bound to their register, refused when weak.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;

use super::*;

fn keys() -> Keys {
    Keys::parse(&Keys::fresh().unwrap()).unwrap()
}

fn refused(bytes: &[u8]) -> String {
    Keys::parse(&STANDARD.encode(bytes)).unwrap_err()
}

#[test]
fn a_new_key_file_is_its_owners_alone_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/keys");
    let (first, made) = Keys::read_or_make(&path).unwrap();
    assert!(made);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let (again, made) = Keys::read_or_make(&path).unwrap();
    assert!(!made);
    assert_eq!(first.current(), again.current());
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left");
}

#[test]
fn twenty_that_start_at_once_agree_on_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let ids: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(|| Keys::read_or_make(&path))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap().unwrap().0.current()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[test]
fn a_key_file_open_to_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    Keys::read_or_make(&path).unwrap();
    for (mode, fine) in [(0o644, false), (0o604, false), (0o620, false), (0o640, true), (0o400, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let read = Keys::read(&path);
        assert_eq!(read.is_ok(), fine, "mode {mode:o}");
        if let Err(error) = read {
            assert!(error.to_string().contains("chmod 600"));
            assert_eq!(error.exit_code(), 4);
        }
    }
}

#[test]
fn weak_keys_are_refused() {
    assert!(Keys::parse("# nothing\n\n").unwrap_err().contains("holds no key"));
    assert!(Keys::parse("not base64!").unwrap_err().contains("line 1"));
    assert!(refused(&[7; 16]).contains("has 16 bytes"));
    assert!(refused(&[0; 32]).contains("repeats itself"));
    assert!(refused(&(0..32).map(|i| i % 8).collect::<Vec<u8>>()).contains("repeats itself"));
    assert!(refused(&(0..32).collect::<Vec<u8>>()).contains("counts"));
    assert!(refused(b"correct horse battery staple, ok").contains("text"));
    assert!(refused(&weak::SAMPLE).contains("sample"));
    let few: Vec<u8> = (0u32..32).map(|i| [200, 1, 77, 140][(i * i * i / 7 % 4) as usize]).collect();
    assert!(refused(&few).contains("different bytes"));
}

#[test]
fn a_sealed_secret_opens_only_in_its_own_cell() {
    let keys = keys();
    let sealed = keys.seal("sources", 7, "secret", b"pa55").unwrap();
    assert_eq!(keys.open("sources", 7, "secret", &sealed).unwrap(), b"pa55");
    for (table, row, column) in [("sources", 8, "secret"), ("source", 7, "secret"), ("sources", 7, "ssecret")]
    {
        assert_eq!(keys.open(table, row, column, &sealed), Err(SealError::Tampered));
    }
    assert_ne!(sealed, keys.seal("sources", 7, "secret", b"pa55").unwrap(), "no two nonces are alike");
    assert!(!sealed.windows(4).any(|part| part == b"pa55"));
}

#[test]
fn after_a_rotation_the_new_key_seals_and_the_old_one_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let (old, _) = Keys::read_or_make(&path).unwrap();
    let sealed = old.seal("sources", 1, "secret", b"x").unwrap();
    let head = old.sign_head(3, b"head");
    let new = Keys::rotate(&path).unwrap();
    assert_ne!(new.current(), old.current());
    assert_eq!(new.sealed_by(&sealed).unwrap(), old.current());
    assert_eq!(new.open("sources", 1, "secret", &sealed).unwrap(), b"x");
    new.verify_head(3, b"head", &head).unwrap();
    let unknown = old.open("sources", 1, "secret", &new.seal("sources", 1, "secret", b"y").unwrap());
    assert_eq!(unknown, Err(SealError::UnknownKey(new.current())));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_token_of_one_purpose_is_none_of_another() {
    let keys = keys();
    let token = keys.seal_token("cursor", b"42").unwrap();
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_eq!(keys.open_token("cursor", &token).unwrap(), b"42");
    assert_eq!(keys.open_token("written", &token), Err(SealError::Tampered));
    let cell = keys.seal("cursor", 0, "", b"42").unwrap();
    assert!(keys.open_token("cursor", &URL_SAFE.encode(cell)).is_err());
}

const URL_SAFE: base64::engine::GeneralPurpose = base64::engine::general_purpose::URL_SAFE_NO_PAD;

#[test]
fn a_signed_head_holds_for_its_version_only() {
    let keys = keys();
    let signature = keys.sign_head(9, b"abc");
    keys.verify_head(9, b"abc", &signature).unwrap();
    assert_eq!(keys.verify_head(10, b"abc", &signature), Err(SealError::Tampered));
    assert_eq!(keys.verify_head(9, b"abd", &signature), Err(SealError::Tampered));
    assert!(matches!(self::keys().verify_head(9, b"abc", &signature), Err(SealError::UnknownKey(_))));
    let id = keys.current();
    UnparsedKey::new(&ring::signature::ED25519, keys.public_key());
    assert!(signature.starts_with(&id.to_string()));
}

use ring::signature::UnparsedPublicKey as UnparsedKey;

#[test]
fn keys_are_never_printed() {
    let line = Keys::fresh().unwrap();
    let keys = Keys::parse(&line).unwrap();
    assert_eq!(format!("{keys:?}"), format!("[KeyId({:?})]", keys.current().0));
}

proptest! {
    #[test]
    fn what_was_sealed_opens_as_it_was(table: String, row: i64, column: String, plain: Vec<u8>) {
        let keys = keys();
        let sealed = keys.seal(&table, row, &column, &plain).unwrap();
        prop_assert_eq!(keys.open(&table, row, &column, &sealed).unwrap(), plain);
    }

    #[test]
    fn a_changed_bit_never_opens(plain: Vec<u8>, at: prop::sample::Index, bit in 0u8..8) {
        let keys = keys();
        let mut sealed = keys.seal("sources", 1, "secret", &plain).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(keys.open("sources", 1, "secret", &sealed).is_err());
    }

    #[test]
    fn anything_read_as_sealed_is_an_error_and_no_panic(bytes: Vec<u8>, text: String) {
        prop_assert!(keys().open("sources", 1, "secret", &bytes).is_err());
        prop_assert!(keys().open_token("cursor", &text).is_err());
        prop_assert!(keys().verify_head(1, b"", &text).is_err());
    }
}
