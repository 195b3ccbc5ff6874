//! Facts 12 to 20: bodies of every size and shape, as they are.

use nexdesk_ledger::Outcome;
use nexdesk_tests::Said;

use super::{ANSWER, MESSAGE, stream, world};

/// Fact 12 where nothing was added: a body too large to be held is sent as it is, and so is its answer.
#[tokio::test]
async fn who_asks_for_usage_in_a_huge_request_gets_it() {
    let chat = stream("chat");
    let (world, recorder) = world(Said::events(chat.whole())).await;
    let ask = chat.ask.replace("Hello", &"picture ".repeat(2_300_000));
    let heard = world.cursor().await.sends(chat.path, ask.clone()).await;
    assert_eq!(heard.plain(), chat.whole());
    assert!(recorder.last().body == ask.as_bytes());
}

/// Fact 13.
#[tokio::test]
async fn messages_without_a_stream_work_at_any_size() {
    let long = "paper boats ".repeat(1_500_000);
    let answer = MESSAGE.replace("hi", &long);
    let (world, recorder) = world(Said::json(answer.clone())).await;
    let cursor = world.cursor().await;
    for text in ["Hello", long.as_str()] {
        let ask = format!(
            r#"{{"max_tokens":64000,"messages":[{{"role":"user","content":"{text}"}}],"model":"m"}}"#
        );
        let heard = cursor.sends("/v1/messages", ask.clone()).await;
        assert_eq!(heard.status, 200);
        assert!(
            heard.whole && heard.bytes() == answer.as_bytes(),
            "{} bytes came",
            heard.bytes().len()
        );
        assert!(recorder.last().body == ask.as_bytes());
        let kept = world.last_exchange().await;
        assert_eq!(
            (kept.outcome, kept.input, kept.output),
            (Outcome::Ok, Some(8), Some(2))
        );
    }
}

/// Facts 14 to 18 and 20 where nothing is translated: whatever a tool writes, in either case of its letters.
#[tokio::test]
async fn what_only_a_translator_would_stumble_over_passes_as_it_is() {
    let gemini = r#"{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"CqQB/+=="}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters_json_schema":{"$schema":"x"}}]}],"generation_config":{"response_json_schema":{"type":"OBJECT"}}}"#;
    let claude = r#"{"model":"m","max_tokens":9,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2;"}],"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"tool_reference","tool_name":"f"}]},{"type":"text","text":"go on","cache_control":{"type":"ephemeral"}}],"output_config":{"effort":"low"}}],"thinking":{"type":"adaptive","display":"omitted"},"context_management":{},"tools":[{"name":"f","defer_loading":true,"input_schema":{}}],"tool_choice":{"type":"tool","name":"json"}}"#;
    let codex = r#"{"model":"m","input":[{"type":"additional_tools","role":"developer","tools":[{"type":"namespace","name":"functions","tools":[{"type":"custom","name":"exec","format":{"type":"grammar"}}]}]},{"type":"item_reference","id":"rs_1"}],"include":["reasoning.encrypted_content"],"prompt_cache_key":"k"}"#;
    let sdk = r#"{"model":"m","messages":[{"role":"assistant","content":null,"reasoning_content":"r"},{"role":"assistant","content":"x","tool_calls":[]}]}"#;
    let answers = [
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"CqQB\/+=="}]},"finishReason":"STOP"}]}"#,
        MESSAGE,
        r#"{"id":"resp_1","object":"response","status":"completed","output":[{"type":"custom_tool_call","namespace":"functions","name":"exec","input":"ls"}]}"#,
        ANSWER,
    ];
    let paths = [
        "/v1beta/models/m:generateContent",
        "/v1/messages",
        "/v1/responses",
        "/v1/chat/completions",
    ];
    for ((path, ask), answer) in paths.into_iter().zip([gemini, claude, codex, sdk]).zip(answers) {
        let (world, recorder) = world(Said::json(answer)).await;
        let heard = world.cursor().await.sends(path, ask).await;
        assert_eq!((heard.status, heard.plain().as_str()), (200, answer), "{path}");
        assert_eq!(recorder.last().text(), ask, "{path}");
    }
}

/// Fact 19.
#[tokio::test]
async fn embeddings_in_base64_are_not_encoded_anew() {
    let answer = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAAAPwAAgL8="}],"model":"m","usage":{"prompt_tokens":3,"total_tokens":3}}"#;
    let (world, recorder) = world(Said::json(answer)).await;
    let cursor = world.cursor().await;
    for ask in [
        r#"{"model":"m","input":"three tokens long","encoding_format":"base64"}"#,
        r#"{"model":"m","input":[[9906,1917],[15339]]}"#,
    ] {
        let heard = cursor.sends("/v1/embeddings", ask).await;
        assert_eq!((heard.status, heard.plain().as_str()), (200, answer));
        assert_eq!(recorder.last().text(), ask);
        assert_eq!(world.last_exchange().await.input, Some(3));
    }
}
