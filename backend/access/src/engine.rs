//! The engine: casbin, and nothing of casbin outside this file. It answers whether a role may do an action to
//! a kind of object, which depends on nothing else, so each question is asked once and the answer is kept.
//! Where the role is held, up to which sensitivity and until when is not asked here: `scope` collects that.

use std::future::Future;
use std::pin::pin;
use std::sync::{LazyLock, OnceLock};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use cadastre_model::{Action, AssetId, Effect, ObjectKind, Role, Sensitivity, SubjectId};
use casbin::{Adapter, CoreApi, DefaultModel, EnforceContext, Enforcer, Filter, Model};

use crate::table;

const MODEL: &str = include_str!("model.conf");

/// The policy could not be loaded; says why. A fault of the build, not of its use.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the policy of rights cannot be loaded: {0}")]
pub struct EngineError(String);

/// casbin with the policy of the table, and its answers so far.
pub struct Engine {
    enforcer: Enforcer,
    /// Per role, kind and action, the highest sensitivity at which it is allowed.
    allowed: Vec<OnceLock<Option<Sensitivity>>>,
    /// Per role, kind and action, whether a denied role takes it away.
    taken: Vec<OnceLock<bool>>,
}

/// A grant as casbin knows it: subject, role (allowed or denied) and scope.
#[derive(Debug, Clone, Copy)]
pub struct Assignment {
    /// Who holds it.
    pub subject: SubjectId,
    /// Which role.
    pub role: Role,
    /// Given or taken.
    pub effect: Effect,
    /// Where.
    pub scope: AssetId,
}

/// One question of casbin: may this subject, at this scope, do this to a kind of object of this sensitivity?
struct Question {
    subject: String,
    scope: AssetId,
    kind: ObjectKind,
    action: Action,
    level: Sensitivity,
}

impl Engine {
    /// The engine with the built-in policy, one for the process: it holds nothing that changes.
    ///
    /// # Errors
    /// When casbin refuses the model or the policy.
    pub fn built_in() -> Result<&'static Self, EngineError> {
        static ENGINE: LazyLock<Result<Engine, EngineError>> = LazyLock::new(|| Engine::with(Vec::new()));
        ENGINE.as_ref().map_err(Clone::clone)
    }

    /// An engine that holds these grants too, for [`Engine::enforce`].
    ///
    /// # Errors
    /// When casbin refuses the model or the policy.
    pub fn with(assignments: Vec<Assignment>) -> Result<Self, EngineError> {
        let model = ready(DefaultModel::from_str(MODEL))?;
        let enforcer = ready(Enforcer::new(model, Policy { assignments }))?;
        let cells = Role::ALL.len() * ObjectKind::ALL.len() * Action::ALL.len();
        Ok(Self {
            enforcer,
            allowed: (0..cells).map(|_| OnceLock::new()).collect(),
            taken: (0..cells).map(|_| OnceLock::new()).collect(),
        })
    }

    /// The highest sensitivity at which the role may do this; `None`: not at all.
    pub(crate) fn allows(&self, role: Role, kind: ObjectKind, action: Action) -> Option<Sensitivity> {
        *self.allowed[cell(role, kind, action)].get_or_init(|| {
            let at = |&level: &Sensitivity| self.allowed(&about(role, Effect::Allow, kind, action, level));
            // A rule holds at any sensitivity or at one, so mostly the first or the second question settles it.
            if !at(&Sensitivity::Public) {
                return None;
            }
            Sensitivity::ALL.iter().rev().copied().find(at)
        })
    }

    /// Whether denying the role takes this away.
    pub(crate) fn takes(&self, role: Role, kind: ObjectKind, action: Action) -> bool {
        *self.taken[cell(role, kind, action)]
            .get_or_init(|| self.taken(&about(role, Effect::Deny, kind, action, Sensitivity::Secret)))
    }

    /// Asks casbin outright about one of its grants, at one scope: what a decision costs and says without the
    /// index. Tests and measurements compare with it; decisions do not pass here.
    #[must_use]
    pub fn enforce(
        &self,
        subject: SubjectId,
        scope: AssetId,
        kind: ObjectKind,
        action: Action,
        effect: Effect,
        level: Sensitivity,
    ) -> bool {
        let question = Question { subject: subject_word(subject), scope, kind, action, level };
        match effect {
            Effect::Allow => self.allowed(&question),
            Effect::Deny => self.taken(&question),
        }
    }

    /// Whether casbin allows it; an error allows nothing.
    fn allowed(&self, question: &Question) -> bool {
        self.ask("e", question).unwrap_or(false)
    }

    /// Whether casbin takes it away; an error takes it away.
    fn taken(&self, question: &Question) -> bool {
        !self.ask("e2", question).unwrap_or(false)
    }

    fn ask(&self, effect: &str, question: &Question) -> casbin::Result<bool> {
        let word = |word: &str| word.to_owned();
        let context =
            EnforceContext { r_type: word("r"), p_type: word("p"), e_type: word(effect), m_type: word("m") };
        let Question { subject, scope, kind, action, level } = question;
        let request = (subject.as_str(), scope.to_string(), kind.as_str(), action.as_str(), level.as_str());
        self.enforcer.enforce_with_context(context, request)
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = self.allowed.iter().filter(|answer| answer.get().is_some()).count();
        f.debug_struct("Engine").field("answers", &known).finish_non_exhaustive()
    }
}

/// The question about a role itself: it holds itself, at whatever scope.
fn about(role: Role, effect: Effect, kind: ObjectKind, action: Action, level: Sensitivity) -> Question {
    Question { subject: role_word(role, effect), scope: AssetId::REGISTER, kind, action, level }
}

fn cell(role: Role, kind: ObjectKind, action: Action) -> usize {
    (role as usize * ObjectKind::ALL.len() + kind as usize) * Action::ALL.len() + action as usize
}

fn role_word(role: Role, effect: Effect) -> String {
    match effect {
        Effect::Allow => role.to_string(),
        Effect::Deny => format!("deny:{role}"),
    }
}

fn subject_word(subject: SubjectId) -> String {
    match subject {
        SubjectId::Person(id) => format!("person:{id}"),
        SubjectId::Team(id) => format!("team:{id}"),
    }
}

/// The result of a future that waits for nothing: casbin is asynchronous for stores that are.
fn ready<T>(future: impl Future<Output = casbin::Result<T>>) -> Result<T, EngineError> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.map_err(|error| EngineError(error.to_string())),
        Poll::Pending => Err(EngineError("it waits, although all of it is in memory".to_owned())),
    }
}

/// Serves casbin the table and the grants from memory. It takes nothing back: rights are written elsewhere.
struct Policy {
    assignments: Vec<Assignment>,
}

impl Policy {
    fn lines(&self) -> impl Iterator<Item = (&'static str, &'static str, Vec<String>)> {
        let rules = table::rules().map(|rule| {
            let level = rule.only_at.map_or("any", Sensitivity::as_str).to_owned();
            let (role, effect) = (role_word(rule.role, rule.effect), rule.effect.to_string());
            ("p", "p", vec![role, rule.kinds.to_owned(), rule.action.to_string(), level, effect])
        });
        let kinds = table::KINDS.iter().flat_map(|kinds| {
            kinds.members.iter().map(|kind| ("g", "g2", vec![kind.to_string(), kinds.word.to_owned()]))
        });
        let grants = self.assignments.iter().map(|held| {
            let role = role_word(held.role, held.effect);
            ("g", "g", vec![subject_word(held.subject), role, held.scope.to_string()])
        });
        rules.chain(kinds).chain(grants)
    }
}

fn read_only<T>() -> casbin::Result<T> {
    Err(casbin::Error::from(casbin::error::AdapterError("the policy is read only".into())))
}

#[async_trait]
impl Adapter for Policy {
    async fn load_policy(&mut self, model: &mut dyn Model) -> casbin::Result<()> {
        for (section, kind, line) in self.lines() {
            model.add_policy(section, kind, line);
        }
        Ok(())
    }

    async fn load_filtered_policy<'a>(&mut self, model: &mut dyn Model, _: Filter<'a>) -> casbin::Result<()> {
        self.load_policy(model).await
    }

    async fn save_policy(&mut self, _: &mut dyn Model) -> casbin::Result<()> {
        read_only()
    }

    async fn clear_policy(&mut self) -> casbin::Result<()> {
        read_only()
    }

    fn is_filtered(&self) -> bool {
        false
    }

    async fn add_policy(&mut self, _: &str, _: &str, _: Vec<String>) -> casbin::Result<bool> {
        read_only()
    }

    async fn add_policies(&mut self, _: &str, _: &str, _: Vec<Vec<String>>) -> casbin::Result<bool> {
        read_only()
    }

    async fn remove_policy(&mut self, _: &str, _: &str, _: Vec<String>) -> casbin::Result<bool> {
        read_only()
    }

    async fn remove_policies(&mut self, _: &str, _: &str, _: Vec<Vec<String>>) -> casbin::Result<bool> {
        read_only()
    }

    async fn remove_filtered_policy(
        &mut self,
        _: &str,
        _: &str,
        _: usize,
        _: Vec<String>,
    ) -> casbin::Result<bool> {
        read_only()
    }
}
