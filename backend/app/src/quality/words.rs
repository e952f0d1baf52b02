//! What the crate `rules` says, as messages of the house.

use crate::error::{Failure, FailureKind};
use cadastre_model::Message;
use rules::Fault;

/// A message of the crate as one of the house: the keys are the same.
pub(super) fn message(said: rules::Message) -> Message {
    said.args.into_iter().fold(Message::new(said.key), |message, (name, value)| message.arg(name, value))
}

/// A refusal that names every member that is wrong.
pub(super) fn invalid(faults: &[Fault]) -> Failure {
    let mut failure = Failure::new(FailureKind::Invalid, "error-refused-text");
    for fault in faults {
        // The text as a whole has no member.
        let at = if fault.at.is_empty() { "rule" } else { &fault.at };
        failure.fields.push((at.to_owned(), message(fault.wrong.message())));
    }
    failure
}
