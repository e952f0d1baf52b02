//! Sign-in, set-up, error pages.

use super::{Album, HOSTILE, at, id, stranger};
use crate::errors::{ErrorPage, Problem};
use crate::people::{SetUpPage, SignInPage};
use crate::{Form, Message, RenderError};

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    sign_in(album)?;
    set_up(album)?;
    errors(album)
}

fn sign_in(album: &mut Album) -> Result<(), RenderError> {
    let page = |form, next: &str, is_first_start| SignInPage {
        chrome: stranger(album.language, "/signin"),
        form,
        next: next.to_owned(),
        is_first_start,
    };
    let samples = [
        ("empty", page(Form::new("sign-in"), "", false)),
        ("first", page(Form::new("sign-in"), "", true)),
        ("full", page(Form::new("sign-in").with("login", "ada").refused("sign-in-refused"), "/d/1", false)),
        ("hostile", page(Form::new("sign-in").with("login", HOSTILE), HOSTILE, false)),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("sign-in", name, view))
}

fn set_up(album: &mut Album) -> Result<(), RenderError> {
    let page = |form| SetUpPage {
        chrome: stranger(album.language, "/setup/x"),
        token: id(3),
        expires: at(-1_320),
        form,
    };
    let typed =
        Form::new("set-up").with("display_name", "Platform administrator").with("email", "admin@example");
    let samples = [
        ("empty", page(Form::new("set-up"))),
        (
            "full",
            page(
                typed
                    .wrong("email", "people-email-wrong")
                    .wrong("password", Message::new("password-short").arg("least", 12)),
            ),
        ),
        ("hostile", page(Form::new("set-up").with("display_name", HOSTILE).with("login", HOSTILE))),
    ];
    samples.iter().try_for_each(|(name, view)| album.add("set-up", name, view))
}

fn errors(album: &mut Album) -> Result<(), RenderError> {
    for problem in Problem::ALL {
        let view = ErrorPage {
            chrome: album.chrome("/d/1"),
            problem,
            detail: None,
            back: "/sources".to_owned(),
            retry_after: matches!(problem.status(), 429 | 503).then_some(5),
        };
        album.add("error", problem.name(), &view)?;
    }
    let hostile = ErrorPage {
        chrome: stranger(album.language, HOSTILE),
        problem: Problem::NotFound,
        detail: None,
        back: HOSTILE.to_owned(),
        retry_after: None,
    };
    album.add("error", "hostile", &hostile)
}
