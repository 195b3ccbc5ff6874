//! The window at its smallest and largest, light and dark: nothing falls out of it. The pictures are for people.

use crate::desk::{Desk, by};

#[tokio::test]
async fn no_panel_needs_more_room_than_the_smallest_screen_has() {
    for (size, name) in [("1280x800", "large"), ("1024x640", "small")] {
        let desk = Desk::of_size(size);
        let window = desk.open().await;
        window
            .send("一个关于流式传输的表格和代码，谢谢 (a table and code)")
            .await;
        window.until_last_answer_is("complete").await;
        for theme in ["light", "dark"] {
            window
                .ask(&format!("document.documentElement.dataset.theme = '{theme}'"))
                .await;
            for panel in ["chat", "relay", "keys", "usage"] {
                window.click(&format!("rail-{panel}")).await;
                window.see(&by(&format!("rail-{panel}"))).await;
                tokio::time::sleep(std::time::Duration::from_millis(400)).await;
                desk.photograph(&format!("{panel}-{theme}-{name}"));
                let wide = window.ask("const d = document.documentElement; return d.scrollWidth > d.clientWidth || d.scrollHeight > d.clientHeight").await;
                assert_eq!(
                    wide, false,
                    "{panel} at {size} scrolls inside its parts, never as a whole"
                );
            }
        }
        window.close().await;
    }
}
