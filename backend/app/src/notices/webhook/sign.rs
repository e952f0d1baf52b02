//! The signature of a request: who has the key knows that it comes from here, when, and that nobody changed it.

use ring::hmac::{HMAC_SHA256, Key, sign};

/// `v1=` and the HMAC-SHA256, in hex, of the timestamp (seconds since 1970), a full stop and the body.
pub(super) fn signature(key: &str, timestamp: i64, body: &str) -> String {
    let key = Key::new(HMAC_SHA256, key.as_bytes());
    format!("v1={}", hex::encode(sign(&key, format!("{timestamp}.{body}").as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_hmac_that_others_reckon() {
        // openssl dgst -sha256 -hmac whsec_test, of `1700000000.{"a":1}`
        assert_eq!(
            signature("whsec_test", 1_700_000_000, r#"{"a":1}"#),
            "v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789"
        );
    }

    #[test]
    fn another_time_or_body_is_another_signature() {
        let of = |time, body| signature("whsec_test", time, body);
        assert_ne!(of(1, "{}"), of(2, "{}"));
        assert_ne!(of(1, "{}"), of(1, "{ }"));
    }
}
