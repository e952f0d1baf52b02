//! Secrets in settings. They are taken out before any value of this crate is made: a definition that people read,
//! that is searched and versioned, is no place for them. What is doubtful is taken for a secret.

use regex::Regex;
use std::sync::LazyLock;

/// What stands where a secret stood.
pub const HIDDEN: &str = "***";

/// Parts of keys that hold secrets, in lower case, without the marks between words.
const PARTS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "privatekey",
    "accesskey",
    "apikey",
    "accountkey",
    "sharedkey",
    "consumerkey",
    "signingkey",
    "encryptionkey",
    "licensekey",
    "authkey",
    "jaasconfig",
    "keypass",
    "storepass",
    "truststorepass",
    "keystorekey",
    "userinfo",
    "sastoken",
    "connectionstring",
    "keytab",
    "authorization",
    "apitoken",
    "bearer",
    "cookie",
];

/// Whether the value of a key is a secret, by the key.
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    let plain: String =
        key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let last = key.rsplit(['.', '_', '-', '[']).next().unwrap_or_default();
    let ends_in_key =
        last.eq_ignore_ascii_case("key") && last.len() < key.len() && !key.starts_with("transforms.");
    ends_in_key || last.eq_ignore_ascii_case("pass") || PARTS.iter().any(|part| plain.contains(part))
}

/// A setting as it may be shown: hidden where the key says so, else with what the value gives away hidden.
#[must_use]
pub fn shown(key: &str, value: &str) -> String {
    let refers = REFERENCE.is_match(value) && !value.contains(":-");
    if is_secret_key(key) && !value.is_empty() && !refers {
        return HIDDEN.to_owned();
    }
    scrub(value)
}

/// A text without the secrets that can be told by their form: passwords in addresses and parameters, bearer tokens, keys.
#[must_use]
pub fn scrub(text: &str) -> String {
    if text.contains("-----BEGIN") {
        return HIDDEN.to_owned();
    }
    let mut text = text.to_owned();
    for (pattern, instead) in FORMS.iter() {
        if pattern.is_match(&text) {
            text = pattern.replace_all(&text, *instead).into_owned();
        }
    }
    text
}

#[expect(clippy::expect_used, reason = "the patterns are literals, and a test compiles each")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a literal pattern")
}

/// A value that names where its secret is: `${file:/run/secrets/db:password}`. One with a default holds the default.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\$\{[^{}]*\})+$"));

static FORMS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let forms: [(&str, &str); 8] = [
        // scheme://user:password@host
        (r#"://[^\s/"'@]*@"#, "://***@"),
        (r#"://[^\s/"':@]+:[^\s"'@]+@"#, "://***@"),
        // jdbc:oracle:thin:user/password@host
        (r"(?i)(jdbc:oracle:[a-z]+:)[^\s@]+@", "${1}***@"),
        // password=… in addresses, JAAS, and commands
        (
            r#"(?i)\b([\w.-]*(?:password|passwd|pwd|passphrase|secret|token|api_?key|access_?key|account_?key|sig|sharedaccesskey)[\w.-]*\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&;,"']+)"#,
            "${1}***",
        ),
        // --password …, -p…, curl -u user:password
        (r"(?i)(--(?:password|passwd|token|secret|api-key)\s+)\S+", "${1}***"),
        (r"(\s(?:-u|--user)[ =]?)[^\s:]+:\S+", "${1}***"),
        (r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", "${1} ***"),
        (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", "***"),
    ];
    forms.into_iter().map(|(form, instead)| (pattern(form), instead)).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_hold_secrets_are_known() {
        for key in [
            "database.password",
            "connection.passwd",
            "neo4j.authentication.basic.password",
            "sasl.jaas.config",
            "producer.override.sasl.jaas.config",
            "aws.access.key.id",
            "aws.secret.access.key",
            "ssl.keystore.password",
            "ssl.key.password",
            "basic.auth.user.info",
            "splunk.hec.token",
            "azblob.account.key",
            "gcs.credentials.json",
            "keyfile-password",
            "a1.sources.r1.keystore-password",
            "connect.s3.secret_key",
            "http.headers.authorization",
            "snowflake.private.key",
            "hdfs.kerberosKeytab",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in [
            "key.converter",
            "pk.mode",
            "database.user",
            "primary.key.mode",
            "transforms.key.type",
            "transforms.a.key",
            "message.key.columns",
            "key.ignore",
            "topics",
            "tombstones.on.delete",
            "key",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
    }

    #[test]
    fn secrets_in_values_are_hidden() {
        for (text, shown) in [
            (
                "jdbc:postgresql://h:5432/d?user=u&password=geheim&x=1",
                "jdbc:postgresql://h:5432/d?user=u&password=***&x=1",
            ),
            ("mongodb://u:geheim@h:27017/d", "mongodb://***@h:27017/d"),
            ("http://u:ge/heim@h/x", "http://***@h/x"),
            ("jdbc:oracle:thin:scott/geheim@h:1521:x", "jdbc:oracle:thin:***@h:1521:x"),
            (
                "jdbc:sqlserver://h;databaseName=d;password=geheim;x=1",
                "jdbc:sqlserver://h;databaseName=d;password=***;x=1",
            ),
            (
                "org.x.Login required username=\"u\" password=\"ge heim\";",
                "org.x.Login required username=\"u\" password=***;",
            ),
            ("curl -u me:geheim http://h", "curl -u *** http://h"),
            ("mysqldump --password geheim db", "mysqldump --password *** db"),
            ("Authorization: Bearer geheimgeheim", "Authorization: Bearer ***"),
            ("-----BEGIN PRIVATE KEY-----\ngeheim", "***"),
            ("tail -F /var/log/app.log", "tail -F /var/log/app.log"),
            ("/data/%Y/%m/%{topic}", "/data/%Y/%m/%{topic}"),
        ] {
            assert_eq!(scrub(text), shown);
        }
    }

    #[test]
    fn a_reference_to_a_secret_is_none() {
        assert_eq!(
            shown("database.password", "${file:/s/db.properties:password}"),
            "${file:/s/db.properties:password}"
        );
        assert_eq!(shown("database.password", "${env:PW:-geheim}"), HIDDEN);
        assert_eq!(shown("database.password", "geheim"), HIDDEN);
        assert_eq!(shown("database.password", ""), "");
    }
}
