//! Who looks: what they see, and what they may know to exist.

use std::cell::RefCell;

use cadastre_model::{AssetId, ObjectKind, Sensitivity};

use crate::facts::NodeView;

/// Whether somebody sees a node.
pub type See<'a> = &'a dyn Fn(NodeView<'_>) -> bool;

/// Whether a scope covers an object: as `access::Scope::covers_at`.
pub type Covers<'a> = &'a dyn Fn(ObjectKind, Sensitivity, &[AssetId]) -> bool;

/// Whether a scope of this kind and sensitivity names this very asset, in what it allows or what it denies.
pub type Names<'a> = &'a dyn Fn(ObjectKind, Sensitivity, AssetId) -> bool;

/// The eyes of one reader.
///
/// What they don't see is absent: the node, every edge at it, and every edge that it bears as a job. Nothing is
/// bridged over it and it is in no count. An asset of which the graph has no facts is seen by nobody.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    pub(crate) how: Way<'a>,
    pub(crate) exists: Option<See<'a>>,
}

#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    All,
    By(See<'a>),
    Scoped(Covers<'a>, Names<'a>),
}

impl<'a> Sight<'a> {
    /// Sees everything: for the register's own sums, never for a page.
    #[must_use]
    pub fn everything() -> Self {
        Self { how: Way::All, exists: None }
    }

    /// By a question about each node; it is asked at most once a node and walk.
    #[must_use]
    pub fn by(see: See<'a>) -> Self {
        Self { how: Way::By(see), exists: None }
    }

    /// By a scope: `covers` is asked once per container, kind and sensitivity, and once per asset that the scope
    /// `names` by itself. The two must agree: whatever `names` denies is covered as its container is.
    #[must_use]
    pub fn scoped(covers: Covers<'a>, names: Names<'a>) -> Self {
        Self { how: Way::Scoped(covers, names), exists: None }
    }

    /// As well, somebody may know that these exist: where an edge leads to one, the answer says *restricted*, once a node
    /// and direction, without what, how many or how.
    #[must_use]
    pub fn knowing(self, exists: See<'a>) -> Self {
        Self { exists: Some(exists), ..self }
    }
}

impl std::fmt::Debug for Sight<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.how {
            Way::All => "Sight(everything)",
            Way::By(_) => "Sight(by)",
            Way::Scoped(..) => "Sight(scoped)",
        })
    }
}

/// What a scope said of containers in this walk: a byte per path, kind and sensitivity.
#[derive(Debug, Default)]
pub(crate) struct Memo(RefCell<Vec<u8>>);

const KINDS: usize = ObjectKind::ALL.len();
const LEVELS: usize = Sensitivity::ALL.len();

impl Memo {
    pub(crate) fn of(paths: usize) -> Self {
        Self(RefCell::new(vec![0; paths * KINDS * LEVELS]))
    }

    pub(crate) fn ask(&self, node: NodeView<'_>, covers: Covers<'_>, names: Names<'_>) -> bool {
        let (object, sensitivity) = (node.object(), node.sensitivity());
        if names(object, sensitivity, node.id()) {
            return covers(object, sensitivity, &node.scope_path());
        }
        let place = (node.kept.within.index() * KINDS + object as usize) * LEVELS + sensitivity as usize;
        let known = self.0.borrow()[place];
        if known != 0 {
            return known == 2;
        }
        let covered = covers(object, sensitivity, node.within());
        self.0.borrow_mut()[place] = 1 + u8::from(covered);
        covered
    }
}
