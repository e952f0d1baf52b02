//! What the register does when its own PostgreSQL goes away, hangs or is busy, and when clients send what they should not.

use axum::body::Body;
use cadastre::app::{App, Options};
use cadastre::catalog::store::{AssetFacts, NewAsset, create_assets};
use cadastre::change::{Author, ChangeSet, Topic};
use cadastre::db::{Db, DbOptions, Limits, migrate};
use cadastre::error::{FailureKind, Result};
use cadastre::keys::Keys;
use cadastre::postgres::{Cluster, Running};
use cadastre_model::{AssetId, AssetKind, AssetState};
use cadastre_tests::register::{Browser, Register};
use cadastre_tests::soak;
use http::{Method, StatusCode};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// A write like any other: a domain of this name. Acknowledged when it comes back.
async fn write(app: &App, name: String) -> Result<AssetId> {
    let mut tx = app.db().web.begin().await?;
    let mut change = ChangeSet::begin_set(&mut tx, "domain.create", &Author::cli()).await?;
    let facts = AssetFacts {
        name,
        parent: Some(AssetId::REGISTER),
        domain: None,
        sensitivity: None,
        state: AssetState::Live,
    };
    let made =
        create_assets(&mut tx, &mut change, &[NewAsset { kind: AssetKind::Domain, source: None, facts }])
            .await?;
    change.about(Topic::Catalogue);
    change.record_set(&mut tx).await?;
    tx.commit().await?;
    Ok(made[0].0)
}

/// A register on a PostgreSQL that the test may kill.
struct Alone {
    app: App,
    cluster: Running,
    _dir: tempfile::TempDir,
    stop: CancellationToken,
}

async fn alone() -> Alone {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::Builder::new().prefix("cadastre-faults").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let cluster = Cluster::in_dir(dir.path().join("pg")).start().await.unwrap();
    let options = cluster.options("postgres");
    let options =
        DbOptions { run: options.clone(), owner: options, web: 6, tasks: 4, limits: Limits::default() };
    migrate(&options).await.unwrap();
    let stop = CancellationToken::new();
    let keys = Keys::parse("q8Zr1v0nT4bLw3mXo5yKc7dGh2jPs6uEa9fIi+RtNzA=").unwrap();
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let app = App::start(Options::default(), Db::open(&options), keys, metrics, stop.clone()).await.unwrap();
    Alone { app, cluster, _dir: dir, stop }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_postgresql_comes_back_and_nothing_acknowledged_is_lost() {
    let Alone { app, cluster, _dir, stop } = alone().await;
    let done = Arc::new(AtomicBool::new(false));
    // What each writer was told so far: done, and not now.
    let told: Arc<[(AtomicUsize, AtomicUsize); 4]> = Arc::default();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (app, done, told) = (app.clone(), Arc::clone(&done), Arc::clone(&told));
            tokio::spawn(async move {
                let (mut acknowledged, mut refused) = (Vec::new(), 0);
                for number in 0.. {
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    match write(&app, format!("d{writer}-{number}")).await {
                        Ok(id) => {
                            acknowledged.push(id.0);
                            told[writer].0.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(failure) => {
                            assert_eq!(failure.kind, FailureKind::Unavailable, "{failure:?}");
                            assert!(failure.retry_after.is_some());
                            refused += 1;
                            told[writer].1.fetch_add(1, Ordering::Relaxed);
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                    }
                }
                (acknowledged, refused)
            })
        })
        .collect();
    let mut browser = Browser::on(cadastre::http::router(&app));
    let deadline = Instant::now() + Duration::from_secs(100);
    let until = async |what: &dyn Fn() -> bool| {
        while !what() {
            assert!(Instant::now() < deadline, "the writers get nowhere");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let refused_by_now = || told.iter().map(|told| told.1.load(Ordering::Relaxed)).sum::<usize>();
    for _ in 0..3 {
        soak::count("kills of PostgreSQL under load", 1);
        // In the middle of their work: each has written something more.
        let written: Vec<usize> = told.iter().map(|told| told.0.load(Ordering::Relaxed)).collect();
        until(&|| {
            told.iter().zip(&written).all(|(told, before)| told.0.load(Ordering::Relaxed) > before + 5)
        })
        .await;
        let before = refused_by_now();
        let place = cluster.dir.join("postgres/postmaster.pid");
        let running = || Some(std::fs::read_to_string(&place).ok()?.lines().next()?.to_owned());
        let pid = running().unwrap();
        assert!(std::process::Command::new("kill").args(["-QUIT", &pid]).status().unwrap().success());
        until(&|| refused_by_now() > before).await;
        let killed = Instant::now();
        loop {
            let answer = browser.get("/signin").await;
            if answer.status == StatusCode::OK {
                // By the new one: a process of the old one that still dies may answer, too.
                if running().is_some_and(|now| now != pid) {
                    break;
                }
            } else {
                assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
                assert!(answer.headers.contains_key("retry-after"));
            }
            assert!(killed.elapsed() < Duration::from_secs(30), "it does not come back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    done.store(true, Ordering::Relaxed);
    let mut refused = 0;
    for writer in writers {
        let (acknowledged, misses) = writer.await.unwrap();
        refused += misses;
        let there: i64 = sqlx::query_scalar("select count(*) from assets where id = any($1)")
            .bind(&acknowledged)
            .fetch_one(&app.db().web)
            .await
            .unwrap();
        assert_eq!(there, acknowledged.len() as i64);
        assert!(!acknowledged.is_empty());
    }
    assert!(refused > 0, "the outages were noticed");
    let gapless: bool = sqlx::query_scalar("select count(*) = max(version) from change_sets")
        .fetch_one(&app.db().web)
        .await
        .unwrap();
    assert!(gapless);
    stop.cancel();
    app.db().close().await;
    cluster.stop().await;
}

#[tokio::test]
async fn an_exhausted_pool_answers_soon_that_it_is() {
    let Alone { app, cluster, _dir, stop } = alone().await;
    let browser = || Browser::on(cadastre::http::router(&app));
    let mut held = Vec::new();
    // All there are: one that the register uses itself at the moment is waited for.
    let all = app.db().web.options().get_max_connections() as usize;
    let deadline = Instant::now() + Duration::from_secs(60);
    while held.len() < all {
        held.extend(app.db().web.acquire().await.ok());
        assert!(Instant::now() < deadline, "only {} of {all}", held.len());
    }
    let answers = (0..40).map(|_| {
        let mut browser = browser();
        async move {
            let asked = Instant::now();
            let answer = browser.get("/signin").await;
            (answer, asked.elapsed())
        }
    });
    for (answer, took) in futures::future::join_all(answers).await {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers.contains_key("retry-after"));
        assert!(took < Duration::from_secs(10), "it hangs: {took:?}");
    }
    let live = browser().get("/livez").await;
    assert_eq!(live.status, StatusCode::OK);
    drop(held);
    assert_eq!(browser().get("/signin").await.status, StatusCode::OK);
    stop.cancel();
    app.db().close().await;
    cluster.stop().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let register = Register::empty().await;
    let mut browser = register.browser();
    browser.get("/signin").await;
    let large = Body::from(vec![b'a'; 2 * 1024 * 1024]);
    let answer =
        browser.send(Method::POST, "/signin", Some("application/x-www-form-urlencoded"), large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_nul_in_a_form_or_a_query_is_refused() {
    let register = Register::empty().await;
    let mut browser = register.browser();
    browser.get("/signin").await;
    assert_eq!(
        browser.post("/signin", &[("login", "a\0b"), ("password", "x")]).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(browser.get("/signin?next=%00").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let register = Register::empty().await;
    for path in ["/signin", "/nothing/here", "/api/v1/nothing", "/livez", "/readyz", "/_/0/app.css", "/"] {
        let answer = register.browser().get(path).await;
        for header in
            ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"]
        {
            assert!(answer.headers.contains_key(header), "{path}: {header}");
        }
        assert!(!answer.headers.contains_key("strict-transport-security"), "{path}: there is no TLS here");
    }
}

#[tokio::test]
async fn under_tls_cookies_are_kept_to_the_host_and_browsers_told_to_stay() {
    let options = Options {
        public_url: Some("https://cadastre.example.org".parse().unwrap()),
        https: true,
        ..Options::default()
    };
    let register = Register::with(options).await;
    let answer = register.browser().get("/signin").await;
    assert!(answer.headers.contains_key("strict-transport-security"));
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    }
}
