//! What wins over what, what is refused, what is hidden.

use std::fs;

use proptest::prelude::*;

use super::*;

fn layers(variables: &[(&str, &str)]) -> Layers {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut environment = Environment::default();
    environment.variables.insert("HOME".into(), "/home/nobody-here".into());
    environment.variables.extend(variables.iter().map(owned));
    Layers { environment, file: None, flags: Vec::new() }
}

fn with_file(text: &str) -> (tempfile::TempDir, Layers) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cadastre.toml");
    fs::write(&path, text).unwrap();
    let mut layers = layers(&[]);
    layers.file = Some(path);
    (folder, layers)
}

fn refusal(layers: Layers) -> String {
    let error = layers.load().unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let line = error.to_string();
    assert!(!line.contains('\n'), "one line: {line}");
    line
}

#[test]
fn without_a_word_it_listens_on_loopback_and_keeps_its_data_at_home() {
    let config = layers(&[]).load().unwrap().config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:8600");
    assert_eq!(config.data_dir, PathBuf::from("/home/nobody-here/.local/share/cadastre"));
    assert_eq!(config.key_file(), PathBuf::from("/home/nobody-here/.local/share/cadastre/keys"));
    assert!(config.database_url().is_none() && !config.is_https());
    assert_eq!(config.session_absolute.as_secs(), 14 * 24 * 3600);
}

#[test]
fn root_keeps_its_data_in_var_lib() {
    let mut layers = layers(&[]);
    layers.environment.root = true;
    assert_eq!(layers.load().unwrap().config.data_dir, PathBuf::from("/var/lib/cadastre"));
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let (_folder, mut layers) = with_file("pool_web = 1\npool_tasks = 1\nlog_level = \"file\"\n");
    layers.environment.variables.insert("CADASTRE_POOL_TASKS".into(), "2".into());
    layers.environment.variables.insert("CADASTRE_LOG_LEVEL".into(), "variable".into());
    layers.flags = vec![("log_level".into(), "flag".into())];
    let path = layers.file.clone().unwrap();
    let loaded = layers.load().unwrap();
    let config = &loaded.config;
    assert_eq!((config.pool_web, config.pool_tasks, config.log_level.as_str()), (1, 2, "flag"));
    assert_eq!(loaded.source("pool_web"), Source::File(path));
    assert_eq!(loaded.source("pool_tasks"), Source::Variable("CADASTRE_POOL_TASKS".into()));
    assert_eq!(loaded.source("log_level"), Source::Flag("--log-level".into()));
    assert_eq!(loaded.source("listen"), Source::Default);
}

#[test]
fn an_own_variable_wins_over_the_plain_database_url() {
    let plain = ("DATABASE_URL", "postgres://plain@db/register");
    let loaded = layers(&[plain]).load().unwrap();
    assert_eq!(loaded.config.database_url(), Some("postgres://plain@db/register"));
    assert_eq!(loaded.source("database_url"), Source::Variable("DATABASE_URL".into()));
    let own = ("CADASTRE_DATABASE_URL", "postgres://own@db/register");
    let loaded = layers(&[plain, own]).load().unwrap();
    assert_eq!(loaded.config.migrate_url(), Some("postgres://own@db/register"));
}

#[test]
fn an_unknown_key_of_the_file_is_named() {
    let (_folder, layers) = with_file("lisen = \"127.0.0.1:1\"\n");
    let line = refusal(layers);
    assert!(line.contains("cadastre.toml: there is no key `lisen`"), "{line}");
}

#[test]
fn an_unknown_variable_is_told_but_no_error() {
    let loaded = layers(&[("CADASTRE_PORT", "tcp://10.0.0.1:80")]).load().unwrap();
    assert_eq!(loaded.unknown_variables, ["CADASTRE_PORT"]);
}

#[test]
fn a_bad_value_names_its_place() {
    assert!(refusal(layers(&[("CADASTRE_LISTEN", "here")])).starts_with("CADASTRE_LISTEN: "));
    assert!(refusal(layers(&[("CADASTRE_SESSION_IDLE", "often")])).contains("30m"));
    let (_folder, layers) = with_file("allow_networks = [\"10.0.0.0/99\"]\n");
    assert!(refusal(layers).contains("cadastre.toml, allow_networks: "));
    let (_folder, layers) = with_file("listen = \n");
    assert!(refusal(layers).contains("cadastre.toml"));
}

#[test]
fn a_missing_file_is_an_error_only_when_it_was_named() {
    let mut layers = layers(&[]);
    layers.file = Some("/nowhere/cadastre.toml".into());
    assert!(refusal(layers).contains("/nowhere/cadastre.toml: there is no such configuration file"));
}

#[test]
fn bare_http_off_loopback_is_refused_unless_a_proxy_or_the_operator_answers_for_it() {
    let open = ("CADASTRE_LISTEN", "0.0.0.0:8600");
    let https = ("CADASTRE_PUBLIC_URL", "https://cadastre.example.org");
    assert!(refusal(layers(&[open])).contains("insecure_http"));
    assert!(refusal(layers(&[open, https])).contains("trusted_proxies"));
    assert!(layers(&[open, https, ("CADASTRE_TRUSTED_PROXIES", "10.0.0.0/8,10.9.0.1/32")]).load().is_ok());
    assert!(layers(&[open, ("CADASTRE_INSECURE_HTTP", "true")]).load().is_ok());
    assert!(layers(&[("CADASTRE_LISTEN", "[::1]:8600")]).load().is_ok());
}

#[test]
fn a_password_hash_below_the_floor_is_refused() {
    assert!(refusal(layers(&[("CADASTRE_ARGON2_MEMORY", "8192")])).contains("19456"));
    assert!(refusal(layers(&[("CADASTRE_ARGON2_PASSES", "1")])).contains("2 or more"));
}

#[test]
fn what_is_shown_has_no_password() {
    let loaded = layers(&[
        ("DATABASE_URL", "postgres://ada:s3cret@db/register?sslmode=require&sslpassword=s3cret"),
        ("CADASTRE_MIGRATE_URL", "host=db password=s3cret"),
    ])
    .load()
    .unwrap();
    let shown = loaded.shown();
    assert_eq!(shown.len(), KEYS.len());
    assert!(!format!("{shown:?}{loaded:?}").contains("s3cret"), "{shown:?}");
    let url = shown.iter().find(|shown| shown.key == "database_url").unwrap();
    assert_eq!(
        url.value.as_deref(),
        Some("postgres://ada:hidden@db/register?sslmode=require&sslpassword=hidden")
    );
}

#[test]
fn a_mail_server_needs_an_address_of_ours_and_hides_its_password() {
    let host = ("CADASTRE_MAIL_HOST", "mail.example.org");
    let from = ("CADASTRE_MAIL_FROM", "Cadastre <cadastre@example.org>");
    let account = [("CADASTRE_MAIL_USER", "cadastre"), ("CADASTRE_MAIL_PASSWORD", "s3cret")];
    assert!(refusal(layers(&[host])).starts_with("mail_from"));
    assert!(refusal(layers(&[host, ("CADASTRE_MAIL_FROM", "nobody at all")])).contains("CADASTRE_MAIL_FROM"));
    assert!(refusal(layers(&[host, from, account[0]])).starts_with("mail_password"));
    let clear = ("CADASTRE_MAIL_TLS", "none");
    assert!(refusal(layers(&[host, from, account[0], account[1], clear])).contains("in the clear"));
    let loaded = layers(&[host, from, account[0], account[1]]).load().unwrap();
    assert_eq!(loaded.config.mail_server().unwrap().port, 587);
    assert!(!format!("{:?}{loaded:?}{:?}", loaded.shown(), loaded.config.mail_server()).contains("s3cret"));
    assert!(layers(&[]).load().unwrap().config.mail_server().is_none());
}

proptest! {
    #[test]
    fn no_password_of_a_url_is_ever_shown(password in "[a-zA-Z0-9]{6,40}") {
        prop_assume!(!"hidden".contains(&password) && !"postgres".contains(&password) && !"register".contains(&password));
        let text = hide_password(&format!("postgres://ada:{password}@db:5432/register"));
        prop_assert!(!text.contains(&password));
    }
}
