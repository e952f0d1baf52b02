//! The inbox and what one is told of.

use super::rules::orders;
use crate::notices::{
    Channel, NOTICES, Notice, NoticeGroup, NoticesPage, SCOPES, Subscription, SubscriptionsPage,
};
use crate::parts::Pager;
use crate::quality::Gravity;
use crate::samples::{Album, HOSTILE, at, id};
use crate::{Choice, Form, Message, RenderError, Tone};

fn notice(n: usize, text: &str) -> Notice {
    let tones = [Tone::Fail, Tone::Warn, Tone::Fail, Tone::Pass, Tone::None, Tone::Fail, Tone::Warn];
    Notice {
        id: id(4000 + n as u32),
        tone: tones[n % 7],
        what: Message::new(NOTICES[n % 7])
            .arg("incident", "INC-204")
            .arg("n", 2)
            .arg("dataset", text)
            .arg("rule", text)
            .arg("name", text),
        href: "/quality/incidents/x".to_owned(),
        at: at(n as i64 * 7_000 + 300),
        is_read: n > 3,
        because: Message::new(NOTICES[7 + n % 6]).arg("name", text),
    }
}

fn subscriptions(text: &str) -> Vec<Subscription> {
    (0..4)
        .map(|n| Subscription {
            id: id(4100 + n as u32),
            scope: Message::new(SCOPES[n]).arg("name", text),
            href: (n == 2).then(|| "/domains/x".to_owned()),
            gravity: Gravity::ALL[n % 3],
            channel: Channel::ALL[n % 3],
            address: (n == 2).then(|| format!("https://hooks.example.org/… {text}")),
            failing: (n == 2).then(|| (at(9_000), Message::new("notice-undelivered").arg("name", text))),
            may_test: n > 0,
            may_remove: n > 0,
        })
        .collect()
}

pub(super) fn add(album: &mut Album) -> Result<(), RenderError> {
    let inbox = |groups: Vec<NoticeGroup>, unread, shows_all| NoticesPage {
        chrome: album.chrome("/notices"),
        shows_all,
        groups,
        unread,
        pager: Pager::default(),
    };
    let groups = |text: &str| {
        let group = |dataset: Option<&str>, from: usize, more| NoticeGroup {
            dataset: dataset.map(orders),
            notices: (from..from + 3).map(|n| notice(n, text)).collect(),
            more,
        };
        vec![group(Some("fct_orders"), 0, 4), group(Some(text), 2, 0), group(None, 5, 0)]
    };
    let pages = [
        ("empty", inbox(Vec::new(), 0, false)),
        ("full", inbox(groups("stg_items"), 4, true)),
        ("hostile", inbox(groups(HOSTILE), 1, false)),
    ];
    pages.iter().try_for_each(|(name, view)| album.add("notices", name, view))?;
    let page = |subscriptions, channels: &[Channel], form, secret: Option<&str>| SubscriptionsPage {
        chrome: album.chrome("/notices/subscriptions"),
        subscriptions,
        scopes: vec![Choice::new("mine", "What I own"), Choice::new("domain:1", HOSTILE)],
        channels: channels.to_vec(),
        form,
        secret: secret.map(str::to_owned),
    };
    let plain = || Form::new("sub").with("severity", "medium");
    let wrong = plain().with("address", HOSTILE).wrong("address", "source-field-empty");
    let pages = [
        ("empty", page(Vec::new(), &[Channel::Inbox], plain(), None)),
        ("full", page(subscriptions("Sales"), Channel::ALL, plain(), Some("whsec_5f3c9a11e2"))),
        ("hostile", page(subscriptions(HOSTILE), Channel::ALL, wrong, None)),
    ];
    pages.iter().try_for_each(|(name, view)| album.add("subscriptions", name, view))
}
