//! The frame of a page, from who asks for it.

use crate::app::App;
use crate::http::visitor::{Member, Visitor};
use cadastre_frontend::{Chrome, Csrf, Nav, T};
use cadastre_model::Action;

impl Visitor {
    /// The visitor's words and clock.
    #[must_use]
    pub fn t(&self, app: &App) -> T {
        T::new(self.language, self.zone, app.now())
    }

    /// The frame of an error page: that of every other page for somebody who is signed in.
    pub(crate) fn chrome_of_failure(&self, app: &App) -> Chrome {
        Member::of(app, self).map_or_else(|| self.chrome(app), |member| member.chrome(app))
    }

    /// The frame for somebody who is not signed in: no navigation.
    #[must_use]
    pub fn chrome(&self, app: &App) -> Chrome {
        Chrome {
            t: self.t(app),
            theme: self.theme,
            visitor: None,
            nav: Vec::new(),
            csrf: Csrf::new(self.csrf()),
            url: self.url.clone(),
            search: String::new(),
            bell: self.bell,
            incidents: None,
            flash: self.flash.clone(),
            request_id: self.request_id.clone(),
            is_fragment: self.is_fragment,
        }
    }
}

impl Member {
    /// The frame for somebody who is signed in: what they can't open is not offered.
    #[must_use]
    pub fn chrome(&self, app: &App) -> Chrome {
        let mut chrome = self.visitor.chrome(app);
        chrome.visitor = Some(cadastre_frontend::Visitor::new(
            self.person.public_id.to_string(),
            &self.person.display_name,
        ));
        chrome.nav = Nav::ALL.iter().copied().filter(|entry| self.may_open(*entry)).collect();
        chrome
    }

    fn may_open(&self, entry: Nav) -> bool {
        match entry {
            Nav::Home | Nav::Browse | Nav::Domains | Nav::Lineage | Nav::Quality | Nav::Access => true,
            Nav::Audit => self.caller.permit_on_register(Action::SeeAudit).is_ok(),
            Nav::Sources => {
                self.caller.may_somewhere(Action::ManageSources) || self.caller.may_somewhere(Action::Crawl)
            }
            Nav::Tasks => self.caller.may_somewhere(Action::Crawl),
            Nav::People => self.caller.permit_on_register(Action::ManagePeople).is_ok(),
            Nav::Admin => self.caller.permit_on_register(Action::ManageSettings).is_ok(),
        }
    }
}
