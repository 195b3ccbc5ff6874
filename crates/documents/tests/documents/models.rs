//! Which models see, hear and watch.

use nexdesk_documents::{hears, sees, watches};

#[test]
fn models_that_see_are_known_under_every_gateways_name_for_them() {
    for model in [
        "gpt-4o",
        "gpt-4o-mini-2024-07-18",
        "openai/gpt-5.2",
        "gpt-4.1-nano",
        "o3",
        "o4-mini",
        "claude-sonnet-4-20250514",
        "claude-4.5-sonnet",
        "anthropic/claude-3.5-sonnet:beta",
        "gemini-2.5-pro",
        "google/gemini-2.5-flash:free",
        "qwen2.5-vl-72b-instruct",
        "Qwen/Qwen3-VL-235B",
        "qwen2.5vl:7b",
        "llava:13b",
        "llama3.2-vision:11b",
        "glm-4v-plus",
        "glm-4.5v",
        "doubao-seed-1.6",
        "moonshotai/kimi-k2.5",
        "deepseek-ai/deepseek-vl2",
        "pixtral-12b-2409",
        "grok-4",
    ] {
        assert_eq!(sees(model), Some(true), "{model}");
    }
}

#[test]
fn models_that_do_not_see_are_known_too() {
    for model in [
        "gpt-3.5-turbo",
        "gpt-4",
        "o3-mini",
        "o1-mini",
        "deepseek-chat",
        "deepseek/deepseek-v3.2-251201",
        "deepseek-v3",
        "deepseek-r1:14b",
        "qwen-max",
        "qwen3-max-2026-01-23",
        "glm-4.6",
        "glm-4-plus",
        "kimi-k2-0905-preview",
        "claude-2.1",
        "text-embedding-3-small",
        "openai/gpt-oss-120b",
        "llama3.1:8b",
        "mixtral-8x7b",
        "minimax-m2",
    ] {
        assert_eq!(sees(model), Some(false), "{model}");
    }
}

#[test]
fn nobody_is_called_blind_for_being_unknown() {
    for model in [
        "ep-20250101-abcde",
        "my-finetune",
        "deepseek-v4",
        "",
        "*",
        "qwen3.5-plus",
    ] {
        assert_eq!(sees(model), None, "{model}");
    }
}

#[test]
fn hearing_and_watching_are_rarer_than_seeing() {
    assert_eq!(hears("gpt-4o-audio-preview"), Some(true));
    assert_eq!(hears("gpt-4o"), Some(false));
    assert_eq!(hears("gemini-3.1-pro-preview"), Some(true));
    assert_eq!(watches("gemini-2.5-flash"), Some(true));
    assert_eq!(watches("claude-4.6-opus"), Some(false));
    assert_eq!(watches("qwen3-omni-flash"), Some(true));
}
