//! The page as the bench drives it: our scripts are put into the app's own page by WebDriver, and asked for what they
//! found.

use std::time::Duration;

use serde_json::Value;

use crate::desk::Window;

const SCRIPTS: [&str; 3] = [
    include_str!("page/watch.js"),
    include_str!("page/thread.js"),
    include_str!("page/hostile.js"),
];
/// Asking disturbs the page a little.
const EVERY: Duration = Duration::from_millis(400);

/// Puts the scripts into the page.
pub(crate) async fn prepare(window: &Window) {
    for script in SCRIPTS {
        window.ask(script).await;
    }
}

/// Begins one of the scripts' functions, without waiting for its end.
pub(crate) async fn begin(window: &Window, call: &str) {
    window
        .ask(&format!(
            "window.bench.begin(() => window.bench.{call}); return true"
        ))
        .await;
}

/// What the function that was begun came to.
pub(crate) async fn end(window: &Window) -> Value {
    loop {
        tokio::time::sleep(EVERY).await;
        let said = window.ask("return window.bench.result").await;
        if let Some(trouble) = said["trouble"].as_str() {
            let shows = window.ask("const t = document.querySelector('[data-testid=thread]'); return location.hash + ' ' + (t ? `${t.scrollTop} of ${t.scrollHeight - t.clientHeight}, ${t.querySelectorAll('[data-row]').length} rows: ` + t.innerText.slice(-300) : document.body.innerText.slice(0, 600))").await;
            panic!("the page says: {trouble}; it shows: {shows}");
        }
        if let Some(value) = said.get("value") {
            return value.clone();
        }
    }
}

pub(crate) async fn run(window: &Window, call: &str) -> Value {
    begin(window, call).await;
    end(window).await
}

pub(crate) fn number(value: &Value, name: &str) -> f64 {
    value[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name} is missing in {value}"))
}
