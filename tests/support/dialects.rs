//! Every streaming endpoint: how it is asked, how an answer begins, and how it says that it has ended.

use serde_json::Value;

/// One streaming endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Streamed {
    /// What the ledger calls it.
    pub interface: &'static str,
    /// Where it is asked for.
    pub path: &'static str,
    /// The request for a stream, of the model `m`.
    pub ask: &'static str,
    /// The events of an answer that has begun and not ended, the last one saying “half”.
    pub begins: &'static [&'static str],
    /// The events that end it.
    pub ends: &'static [&'static str],
}

impl Streamed {
    /// What kind of body `ask` is.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        if self.ask.starts_with("--") {
            "multipart/form-data; boundary=b"
        } else {
            "application/json"
        }
    }

    /// The first half of an answer, as bytes.
    #[must_use]
    pub fn half(&self) -> String {
        self.begins.iter().map(|event| format!("{event}\n\n")).collect()
    }

    /// A whole answer, as bytes.
    #[must_use]
    pub fn whole(&self) -> String {
        let ends = self.ends.iter().map(|event| format!("{event}\n\n"));
        self.half() + &ends.collect::<String>()
    }

    /// The same request for another model.
    #[must_use]
    pub fn of_model(&self, model: &str) -> (String, String) {
        let path = self.path.replace("/m:", &format!("/{model}:"));
        let ask = self.ask.replace("\"m\"", &format!("\"{model}\""));
        (path, ask.replace("\r\nm\r\n", &format!("\r\n{model}\r\n")))
    }

    /// What is said in these events: text, or pictures and sound as they are written.
    #[must_use]
    pub fn said_in(&self, events: &[String]) -> String {
        let field = match self.interface {
            "chat" => "/choices/0/delta/content",
            "completions" => "/choices/0/text",
            "messages" => "/delta/text",
            "generate" => "/candidates/0/content/parts/0/text",
            "images" => "/b64_json",
            "speech" => "/audio",
            _ => "/delta",
        };
        let events = events.iter().filter_map(|event| serde_json::from_str(event).ok());
        let said = events.filter_map(|event: Value| event.pointer(field)?.as_str().map(str::to_owned));
        said.collect()
    }

    /// Whether this is the event that says that nothing follows.
    #[must_use]
    pub fn is_end(&self, event: &str) -> bool {
        let parsed: Value = serde_json::from_str(event).unwrap_or_default();
        let kind = parsed["type"].as_str().unwrap_or_default();
        match self.interface {
            "chat" | "completions" => event == "[DONE]",
            "generate" => parsed.pointer("/candidates/0/finishReason").is_some(),
            "responses" => matches!(kind, "response.completed" | "response.incomplete"),
            "messages" => kind == "message_stop",
            "images" => kind == "image_generation.completed",
            "speech" => kind == "speech.audio.done",
            _ => kind == "transcript.text.done",
        }
    }

    /// Why it says it ended, in the dialect's own word.
    #[must_use]
    pub fn reason_in(&self, events: &[String]) -> Option<String> {
        let field = match self.interface {
            "chat" | "completions" => "/choices/0/finish_reason",
            "generate" => "/candidates/0/finishReason",
            "responses" => "/response/incomplete_details/reason",
            "messages" => "/delta/stop_reason",
            _ => return None,
        };
        let mut events = events.iter().filter_map(|event| serde_json::from_str(event).ok());
        events.find_map(|event: Value| event.pointer(field)?.as_str().map(str::to_owned))
    }

    /// The dialect's name for an answer that was broken off, read from its last event.
    #[must_use]
    pub fn error_in(&self, event: &Value) -> Option<String> {
        let word = |value: &Value| value.as_str().map(str::to_owned);
        match self.interface {
            "responses" if event["type"] == "response.failed" => word(&event["response"]["error"]["code"]),
            "responses" => None,
            "messages" if event["type"] == "error" => word(&event["error"]["type"]),
            "messages" => None,
            "generate" => word(&event["error"]["status"]),
            _ => word(&event["error"]["code"]),
        }
    }
}

/// All of them.
pub const STREAMS: [Streamed; 8] = [
    Streamed {
        interface: "chat",
        path: "/v1/chat/completions",
        ask: r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"Hello"}],"stream_options":{"include_usage":true}}"#,
        begins: &[
            r#"data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#,
            r#"data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"half"},"finish_reason":null}]}"#,
        ],
        ends: &[
            r#"data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            r#"data: {"id":"c1","object":"chat.completion.chunk","model":"m","choices":[],"usage":{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}}"#,
            "data: [DONE]",
        ],
    },
    Streamed {
        interface: "completions",
        path: "/v1/completions",
        ask: r#"{"model":"m","stream":true,"prompt":"Hello","stream_options":{"include_usage":true}}"#,
        begins: &[
            r#"data: {"id":"c1","object":"text_completion","model":"m","choices":[{"index":0,"text":"half","finish_reason":null}]}"#,
        ],
        ends: &[
            r#"data: {"id":"c1","object":"text_completion","model":"m","choices":[{"index":0,"text":"","finish_reason":"stop"}]}"#,
            r#"data: {"id":"c1","object":"text_completion","model":"m","choices":[],"usage":{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}}"#,
            "data: [DONE]",
        ],
    },
    Streamed {
        interface: "responses",
        path: "/v1/responses",
        ask: r#"{"model":"m","stream":true,"input":"Hello","store":false}"#,
        begins: &[
            "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"model\":\"m\",\"status\":\"in_progress\",\"output\":[]}}",
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"half\"}",
        ],
        ends: &[
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":{\"id\":\"resp_1\",\"model\":\"m\",\"status\":\"completed\",\"output\":[],\"usage\":{\"input_tokens\":8,\"output_tokens\":2,\"total_tokens\":10}}}",
        ],
    },
    Streamed {
        interface: "messages",
        path: "/v1/messages?beta=true",
        ask: r#"{"model":"m","stream":true,"max_tokens":9000000,"messages":[{"role":"user","content":"Hello"}]}"#,
        begins: &[
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":8,\"output_tokens\":1}}}",
            "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"half\"}}",
        ],
        ends: &[
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}",
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}",
        ],
    },
    Streamed {
        interface: "generate",
        path: "/v1beta/models/m:streamGenerateContent?alt=sse",
        ask: r#"{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}"#,
        begins: &[
            r#"data: {"candidates":[{"content":{"role":"model","parts":[{"text":"half"}]}}],"modelVersion":"m"}"#,
        ],
        ends: &[
            r#"data: {"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP"}],"modelVersion":"m","usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":2,"totalTokenCount":10}}"#,
        ],
    },
    Streamed {
        interface: "images",
        path: "/v1/images/generations",
        ask: r#"{"model":"m","stream":true,"partial_images":1,"size":"64x64","prompt":"Boats"}"#,
        begins: &[
            "event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"partial_image_index\":0,\"b64_json\":\"half\"}",
        ],
        ends: &[
            "event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"aGFsZg==\",\"usage\":{\"input_tokens\":8,\"output_tokens\":2,\"total_tokens\":10}}",
        ],
    },
    Streamed {
        interface: "speech",
        path: "/v1/audio/speech",
        ask: r#"{"model":"m","input":"Seven boats pass the lighthouse at dawn","voice":"alloy","stream_format":"sse"}"#,
        begins: &[r#"data: {"type":"speech.audio.delta","audio":"half"}"#],
        ends: &[
            r#"data: {"type":"speech.audio.done","usage":{"input_tokens":8,"output_tokens":2,"total_tokens":10}}"#,
        ],
    },
    Streamed {
        interface: "transcription",
        path: "/v1/audio/transcriptions",
        ask: "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--b\r\n\
              Content-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--b\r\n\
              Content-Disposition: form-data; name=\"stream\"\r\n\r\ntrue\r\n--b--\r\n",
        begins: &[r#"data: {"type":"transcript.text.delta","delta":"half"}"#],
        ends: &[
            r#"data: {"type":"transcript.text.done","text":"half","usage":{"type":"tokens","input_tokens":8,"output_tokens":2,"total_tokens":10}}"#,
        ],
    },
];
