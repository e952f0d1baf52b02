//! Why a grant was not given or taken, in words; and the note of it in the audit trail.

use crate::access::{Caller, refused};
use crate::app::App;
use crate::audit::{self, Event};
use crate::error::{Failure, FailureKind, Result};
use cadastre_access::{NotGiven, Refusal};
use cadastre_model::{AssetId, Message};
use chrono::SecondsFormat;

/// What a refusal to change rights is to its asker. What they could change about what they ask for is said at its field.
pub(super) fn failure(refusal: NotGiven) -> Failure {
    let forbidden = |message: Message| Failure::new(FailureKind::Forbidden, message);
    match refusal {
        NotGiven::Refused(refusal) => refused(refusal),
        NotGiven::RegisterOnly(_) => Failure::invalid("role", "grant-register-only"),
        NotGiven::Role(role) => forbidden(Message::new("grant-role-above").arg("role", role)),
        NotGiven::Ceiling(most) => {
            Failure::invalid("ceiling", Message::new("grant-ceiling-above").arg("sensitivity", most))
        }
        NotGiven::Until(last) => Failure::invalid(
            "until",
            Message::new("grant-until-above").arg("until", last.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ),
        NotGiven::Own => forbidden(Message::new("grant-own")),
        NotGiven::Above => forbidden(Message::new("grant-above")),
    }
}

/// Notes that rights were asked for that their giver does not have: somebody tries how far they get. What they may not
/// even know of is no event.
pub(super) async fn note(
    app: &App,
    caller: &Caller,
    kind: &'static str,
    asset: AssetId,
    refusal: &NotGiven,
) -> Result<()> {
    if matches!(refusal, NotGiven::Refused(Refusal::Invisible)) {
        return Ok(());
    }
    let event = Event::new(kind).by_caller(caller).about(asset).with("why", refusal.to_string());
    audit::note(app, &event).await
}
