//! A progress bar, when somebody looks.

use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};
use lvmkit::Event;

use crate::output::Output;

/// Shows how far a copy got on standard error, if that is a terminal.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(crate) fn new(out: &Output) -> Self {
        Self(out.shows_progress().then(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template(
                "  {bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta_precise}",
            );
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar
        }))
    }

    /// Takes an event.
    pub(crate) fn event(&mut self, event: &Event) -> ControlFlow<()> {
        if let (Some(bar), Event::Progress { done_bytes, total_bytes }) = (&self.0, event) {
            bar.set_length(*total_bytes);
            bar.set_position(*done_bytes);
        }
        ControlFlow::Continue(())
    }

    /// Takes the bar away.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
