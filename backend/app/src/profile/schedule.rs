//! Sources whose settings say when their datasets are profiled. As with crawls: the row of the source is locked and its next time moved on in
//! the transaction that asks for the task, so each time is used once over all replicas, and what was missed is caught up with once.

use super::run;
use crate::app::App;
use crate::error::Result;
use crate::sources::due_for_profiles;

/// Asks for the profiles that are due, and gives how many sources that are.
pub(crate) async fn look(app: &App) -> Result<usize> {
    let mut asked = 0;
    loop {
        let mut tx = app.db().tasks.begin().await?;
        let Some(source) = due_for_profiles(&mut tx).await? else { return Ok(asked) };
        run::ask(&mut tx, source, None).await?;
        tx.commit().await?;
        asked += 1;
    }
}
