//! The queue of tasks: what it promises when workers die, hang, lose their lease, break or are stopped.

use cadastre::app::{App, Options};
use cadastre::error::FailureKind;
use cadastre::tasks::{Asked, Fence, Kind, Level, NewTask, Reason, Run, Trouble, enqueue};
use cadastre_model::{Message, TaskId};
use cadastre_tests::register::Register;
use cadastre_tests::workers::Workers;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::Row;
use std::time::{Duration, Instant};

/// Longer than a busy machine keeps a worker from renewing it.
const LEASE: Duration = Duration::from_secs(6);

/// What takes longer than this does not happen.
const PATIENCE: Duration = Duration::from_secs(60);

const KINDS: &[Kind] = &[
    Kind { word: "mark", title: "task-title", run: |app, run| Box::pin(mark(app, run)) },
    Kind { word: "wait", title: "task-title", run: |app, run| Box::pin(wait(app, run)) },
    Kind { word: "stubborn", title: "task-title", run: |app, run| Box::pin(stubborn(app, run)) },
    Kind { word: "break", title: "task-title", run: |_, _| Box::pin(async { panic!("broken on purpose") }) },
    Kind { word: "fail", title: "task-title", run: |_, run| Box::pin(async move { Err(fail(&run)) }) },
];

/// Leaves a mark under its fence.
async fn mark(app: App, run: Run) -> Result<Value, Trouble> {
    leave_mark(&app, run.fence).await?;
    Ok(json!({ "added": 1 }))
}

/// Tells where it is, and goes on until it is told to stop.
async fn wait(app: App, run: Run) -> Result<Value, Trouble> {
    run.report(|progress| {
        progress.doing = Some(Message::new("crawl-phase-columns"));
        (progress.done, progress.total) = (3, Some(9));
    });
    run.say(Level::Info, Message::new("source-notice-closed").arg("count", 2));
    run.say(Level::Warn, "source-lost");
    leave_mark(&app, run.fence).await?;
    run.cancel.cancelled().await;
    Err(Trouble::Stopped)
}

/// Does not listen, and believes that it did its work.
async fn stubborn(app: App, run: Run) -> Result<Value, Trouble> {
    leave_mark(&app, run.fence).await?;
    if run.attempt == 1 {
        run.cancel.cancelled().await;
        let late = leave_mark(&app, run.fence).await;
        sqlx::query("insert into late values ($1)")
            .bind(matches!(late, Err(Trouble::Stopped)))
            .execute(&app.db().web)
            .await
            .expect("a word");
    }
    Ok(json!({ "attempt": run.attempt }))
}

fn fail(run: &Run) -> Trouble {
    let reason = Reason { message: Message::new("source-unreached"), detail: Some("no route".into()) };
    if run.payload["passes"] == json!(true) { Trouble::MayPass(reason) } else { Trouble::Final(reason) }
}

/// As every handler writes: the fence last, then the commit.
async fn leave_mark(app: &App, fence: Fence) -> Result<(), Trouble> {
    let mut tx = app.db().tasks.begin().await.expect("a transaction");
    sqlx::query("insert into marks values ($1, $2)")
        .bind(fence.task.0)
        .bind(fence.number)
        .execute(&mut *tx)
        .await
        .expect("a mark");
    fence.hold(&mut tx).await?;
    tx.commit().await.expect("committed");
    Ok(())
}

async fn register() -> Register {
    let register = Register::with(Options { lease: LEASE, ..Options::default() }).await;
    register
        .database
        .execute("create table marks (task bigint, fence bigint); create table late (refused boolean)")
        .await;
    register
}

async fn ask(app: &App, kind: &'static str, key: &str, payload: Value) -> Asked {
    let mut conn = app.db().web.acquire().await.unwrap();
    let task = NewTask { kind, dedupe_key: key, asset: None, payload, by: None, max_attempts: 3 };
    enqueue(&mut conn, &task).await.unwrap()
}

async fn state(app: &App, task: TaskId) -> String {
    sqlx::query_scalar("select state from tasks where id = $1")
        .bind(task.0)
        .fetch_one(&app.db().web)
        .await
        .unwrap()
}

async fn until(app: &App, task: TaskId, wanted: &str) {
    let deadline = Instant::now() + PATIENCE;
    while state(app, task).await != wanted {
        assert!(Instant::now() < deadline, "task {task} is {} and not {wanted}", state(app, task).await);
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

async fn marks(app: &App, task: TaskId) -> Vec<i64> {
    sqlx::query_scalar("select fence from marks where task = $1 order by fence")
        .bind(task.0)
        .fetch_all(&app.db().web)
        .await
        .unwrap()
}

async fn until_marked(app: &App, task: TaskId, count: usize) {
    let deadline = Instant::now() + PATIENCE;
    while marks(app, task).await.len() < count {
        assert!(Instant::now() < deadline, "task {task} did not begin");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// The task as if the worker with this fence had not been heard of for longer than the lease.
async fn lose_worker(app: &App, task: TaskId, fence: i64) {
    sqlx::query(
        "update tasks set lease_until = clock_timestamp() - interval '1 second'
         where id = $1 and state = 'running' and fence = $2",
    )
    .bind(task.0)
    .bind(fence)
    .execute(&app.db().web)
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_run_each_task_once() {
    let register = register().await;
    let (other, _) = register.replica().await;
    let mut tasks = Vec::new();
    for n in 0..40 {
        tasks.push(ask(&register.app, "mark", &format!("mark {n}"), json!({})).await.id);
    }
    let (one, two) = (Workers::on(&register.app, KINDS), Workers::on(&other, KINDS));
    for task in tasks {
        until(&register.app, task, "done").await;
        assert_eq!(marks(&register.app, task).await, [1]);
    }
    let owners = "select count(distinct attempt) from tasks where attempt <> 1";
    assert_eq!(register.count(owners).await, 0);
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn the_same_work_waits_once_and_may_be_asked_for_again_when_it_is_over() {
    let register = register().await;
    let first = ask(&register.app, "mark", "same", json!({})).await;
    let again = ask(&register.app, "mark", "same", json!({})).await;
    assert!(first.is_new && !again.is_new);
    assert_eq!((first.id, first.public_id), (again.id, again.public_id));
    let workers = Workers::on(&register.app, KINDS);
    until(&register.app, first.id, "done").await;
    let later = ask(&register.app, "mark", "same", json!({})).await;
    assert!(later.is_new && later.id != first.id);
    until(&register.app, later.id, "done").await;
    workers.stop().await;
}

#[tokio::test]
async fn what_is_asked_for_in_a_transaction_that_rolls_back_was_never_asked_for() {
    let register = register().await;
    let mut tx = register.app.db().web.begin().await.unwrap();
    let task = NewTask {
        kind: "mark",
        dedupe_key: "never",
        asset: None,
        payload: json!({}),
        by: None,
        max_attempts: 1,
    };
    enqueue(&mut tx, &task).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(register.count("select count(*) from tasks").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_breaks_breaks_alone_is_tried_again_and_ends_with_its_reason() {
    let register = register().await;
    let broken = ask(&register.app, "break", "broken", json!({})).await.id;
    let good = ask(&register.app, "mark", "good", json!({})).await.id;
    let workers = Workers::on(&register.app, KINDS);
    until(&register.app, good, "done").await;
    until(&register.app, broken, "failed").await;
    let (attempt, error): (i32, Value) = sqlx::query_as("select attempt, error from tasks where id = $1")
        .bind(broken.0)
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    assert_eq!((attempt, &error["message"]["key"]), (3, &json!("task-broke")));
    workers.stop().await;
}

#[tokio::test]
async fn what_will_not_pass_is_not_tried_again_and_what_may_is_tried_later_each_time() {
    let register = register().await;
    let final_one = ask(&register.app, "fail", "final", json!({})).await.id;
    let passing = ask(&register.app, "fail", "passing", json!({ "passes": true })).await.id;
    let workers = Workers::on(&register.app, KINDS);
    until(&register.app, final_one, "failed").await;
    until(&register.app, passing, "failed").await;
    workers.stop().await;
    let attempts = sqlx::query("select attempt, error from tasks order by id")
        .fetch_all(&register.app.db().web)
        .await
        .unwrap();
    assert_eq!((attempts[0].get::<i32, _>(0), attempts[1].get::<i32, _>(0)), (1, 3));
    let error: Value = attempts[1].get(1);
    assert_eq!(error, json!({ "message": { "key": "source-unreached", "args": [] }, "detail": "no route" }));
}

#[tokio::test]
async fn the_task_of_a_dead_worker_comes_back_with_a_higher_fence() {
    let register = register().await;
    let task = ask(&register.app, "mark", "orphan", json!({})).await.id;
    let died = "update tasks set state = 'running', attempt = 1, fence = 1, lease_owner = 'dead',
                       lease_until = clock_timestamp() + interval '1 hour'";
    register.database.execute(died).await;
    let workers = Workers::on(&register.app, KINDS);
    // Whatever else is due is done meanwhile: the workers have passed it by.
    for other in ["one", "two"] {
        let other = ask(&register.app, "mark", other, json!({})).await.id;
        until(&register.app, other, "done").await;
    }
    assert_eq!(state(&register.app, task).await, "running", "the lease still holds");
    assert_eq!(marks(&register.app, task).await, Vec::<i64>::new());
    lose_worker(&register.app, task, 1).await;
    until(&register.app, task, "done").await;
    assert_eq!(marks(&register.app, task).await, [2]);
    workers.stop().await;
}

#[tokio::test]
async fn a_task_that_kills_its_worker_each_time_ends_after_its_last_attempt() {
    let register = register().await;
    let task = ask(&register.app, "mark", "deadly", json!({})).await.id;
    let died = "update tasks set state = 'running', attempt = max_attempts, fence = 3, lease_owner = 'dead',
                       lease_until = clock_timestamp() - interval '1 second'";
    register.database.execute(died).await;
    let workers = Workers::on(&register.app, KINDS);
    until(&register.app, task, "failed").await;
    assert_eq!(marks(&register.app, task).await, Vec::<i64>::new());
    let key: String = sqlx::query_scalar("select error -> 'message' ->> 'key' from tasks")
        .fetch_one(&register.app.db().web)
        .await
        .unwrap();
    assert_eq!(key, "task-worker-lost");
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_lost_its_lease_writes_nothing_any_more() {
    let register = register().await;
    let task = ask(&register.app, "stubborn", "stubborn", json!({})).await.id;
    let workers = Workers::on(&register.app, KINDS);
    until_marked(&register.app, task, 1).await;
    // The second worker takes over before the first one's heartbeat can renew.
    let deadline = Instant::now() + PATIENCE;
    while register.count("select fence from tasks").await == 1 {
        assert!(Instant::now() < deadline, "nobody took over");
        lose_worker(&register.app, task, 1).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    until(&register.app, task, "done").await;
    // The first worker notices, tries its late write, and says how that went.
    let deadline = Instant::now() + PATIENCE;
    while register.count("select count(*) from late").await == 0 {
        assert!(Instant::now() < deadline, "the first worker does not notice");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(register.count("select count(*) from late where refused").await, 1, "a stale fence wrote");
    let fences = marks(&register.app, task).await;
    assert_eq!(fences, [1, 2]);
    let result: Value =
        sqlx::query_scalar("select result from tasks").fetch_one(&register.app.db().web).await.unwrap();
    assert_eq!(result, json!({ "attempt": 2 }));
    workers.stop().await;
}

#[tokio::test]
async fn a_stale_fence_is_refused_and_a_fence_that_holds_keeps_others_out() {
    let register = register().await;
    let task = ask(&register.app, "wait", "fenced", json!({})).await.id;
    let running = "update tasks set state = 'running', fence = 7, lease_until = clock_timestamp() - interval '1 second'";
    register.database.execute(running).await;
    let db = &register.app.db().web;
    let mut tx = db.begin().await.unwrap();
    let stale = Fence { task, number: 6 }.hold(&mut tx).await.unwrap_err();
    assert_eq!((stale.kind, &*stale.message.key), (FailureKind::Conflict, "task-lease-lost"));
    tx.rollback().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    Fence { task, number: 7 }.hold(&mut tx).await.unwrap();
    let workers = Workers::on(&register.app, KINDS);
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    assert_eq!(marks(&register.app, task).await, Vec::<i64>::new(), "taken over while the fence was held");
    tx.commit().await.unwrap();
    until_marked(&register.app, task, 1).await;
    workers.stop().await;
}

#[tokio::test]
async fn a_task_is_kept_as_long_as_its_worker_lives_and_stopped_when_somebody_wants_it() {
    let register = register().await;
    let task = ask(&register.app, "wait", "long", json!({})).await.id;
    let workers = Workers::on(&register.app, KINDS);
    until_marked(&register.app, task, 1).await;
    // Until the lease that it began with is over twice.
    let begun: DateTime<Utc> =
        sqlx::query_scalar("select clock_timestamp()").fetch_one(&register.app.db().web).await.unwrap();
    let deadline = Instant::now() + PATIENCE;
    let renewed = "select count(*) from tasks where lease_until > $1 + 2 * make_interval(secs => $2)";
    while sqlx::query_scalar::<_, i64>(renewed)
        .bind(begun)
        .bind(LEASE.as_secs_f64())
        .fetch_one(&register.app.db().web)
        .await
        .unwrap()
        == 0
    {
        assert!(Instant::now() < deadline, "its lease is not renewed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(marks(&register.app, task).await, [1], "its lease ran out under it");
    register.database.execute("update tasks set cancel_requested = true").await;
    until(&register.app, task, "cancelled").await;
    workers.stop().await;
}

#[tokio::test]
async fn a_replica_that_stops_gives_its_tasks_back_and_the_attempt_does_not_count() {
    let register = register().await;
    let task = ask(&register.app, "wait", "given back", json!({})).await.id;
    let workers = Workers::on(&register.app, KINDS);
    until_marked(&register.app, task, 1).await;
    workers.stop().await;
    assert_eq!(state(&register.app, task).await, "queued");
    assert_eq!(register.count("select attempt::bigint from tasks").await, 0);
    let (other, _) = register.replica().await;
    let workers = Workers::on(&other, KINDS);
    until_marked(&register.app, task, 2).await;
    workers.stop().await;
}

#[tokio::test]
async fn progress_and_lines_are_kept_as_messages() {
    let register = register().await;
    let task = ask(&register.app, "wait", "told", json!({})).await.id;
    let workers = Workers::on(&register.app, KINDS);
    until_marked(&register.app, task, 1).await;
    // Both are written by the way, in their own time.
    for _ in 0..200 {
        let told = "select count(*) from tasks t join task_lines l on l.task_id = t.id and l.number = 2 where t.progress ? 'done'";
        if register.count(told).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    workers.stop().await;
    let lines: Vec<(i32, String, Value)> =
        sqlx::query_as("select number, level, message from task_lines where task_id = $1 order by number")
            .bind(task.0)
            .fetch_all(&register.app.db().web)
            .await
            .unwrap();
    let closed = json!({ "key": "source-notice-closed", "args": [["count", "2"]] });
    let lost = json!({ "key": "source-lost", "args": [] });
    assert_eq!(lines, [(1, "info".to_owned(), closed), (2, "warn".to_owned(), lost)]);
    let progress: Value =
        sqlx::query_scalar("select progress from tasks").fetch_one(&register.app.db().web).await.unwrap();
    assert_eq!((&progress["done"], &progress["total"]), (&json!(3), &json!(9)));
}

#[tokio::test]
async fn old_tasks_go_with_their_lines_and_the_newest_of_each_source_stay() {
    let register = register().await;
    register
        .database
        .execute(
            "insert into assets (kind, name, state) values ('source', 'one', 'live'), ('source', 'two', 'live');
             -- thirty crawls of one, the first of them the only one that was done; two of the other; all a year old
             insert into tasks (kind, dedupe_key, asset_id, state, finished_at)
             select 'crawl', 'one', (select id from assets where name = 'one'), case n when 1 then 'done' else 'failed' end,
                    clock_timestamp() - interval '1 year' from generate_series(1, 30) n;
             insert into tasks (kind, dedupe_key, asset_id, state, finished_at)
             select 'crawl', 'two', (select id from assets where name = 'two'), 'done', clock_timestamp() - interval '1 year'
             from generate_series(1, 2);
             insert into tasks (kind, dedupe_key, state, finished_at)
             select 'mark', 'none', 'done', clock_timestamp() - n * interval '60 days' from generate_series(1, 2) n;
             insert into tasks (kind, dedupe_key, created_at) values ('none-of-ours', 'waits', clock_timestamp() - interval '1 year');
             insert into task_lines (task_id, number, level, message) select id, 1, 'info', '{}' from tasks",
        )
        .await;
    assert_eq!(cadastre::tasks::sweep(&register.app).await.unwrap(), 9 + 1);
    for (name, kept) in [("one", 21), ("two", 2), ("none", 1), ("waits", 1)] {
        let left: i64 = sqlx::query_scalar("select count(*) from tasks where dedupe_key = $1")
            .bind(name)
            .fetch_one(&register.app.db().web)
            .await
            .unwrap();
        assert_eq!(left, kept, "{name}");
    }
    assert_eq!(
        register.count("select count(*) from tasks where dedupe_key = 'one' and state = 'done'").await,
        1
    );
    assert_eq!(register.count("select count(*) from task_lines").await, 25);
    assert_eq!(cadastre::tasks::sweep(&register.app).await.unwrap(), 0);
}
