//! Every row of the table of paths, the gateways' roots, paths nobody knows, and every verb.

use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use nexdesk_tests::{Cursor, Framing, Heard, Recorder, Said, World};

use super::{in_head, of_map, of_request};

/// The table itself: a new row is tested without anybody thinking of it.
const PATHS: &str = include_str!("../../../crates/relay/src/server/paths.rs");

/// Beside the table: roots of gateways, Gemini's verbs, paths and verbs nobody has heard of.
const OTHERS: [(&str, &str); 27] = [
    ("POST", "/bypass/anthropic/v1/messages"),
    ("POST", "/bypass/openai/v1/responses"),
    ("POST", "/bypass/openai/v1/chat/completions"),
    (
        "POST",
        "/bypass/vertex/v1/publishers/google/models/m:generateContent",
    ),
    ("GET", "/bypass/anything/at/all"),
    ("POST", "/queue/fal-ai/vidu/q3/text-to-video"),
    ("GET", "/queue/fal-ai/vidu/requests/qvideo-1-2/status"),
    ("PUT", "/queue/fal-ai/vidu/requests/qvideo-1-2/cancel"),
    ("POST", "/v3/contents/generations/tasks"),
    ("GET", "/v3/contents/generations/tasks/cgt-2026-1"),
    ("DELETE", "/v3/contents/generations/tasks/cgt-2026-1"),
    ("POST", "/v1beta/models/m:generateContent"),
    ("POST", "/v1/models/m:countTokens"),
    ("POST", "/v1beta/models/m:batchEmbedContents"),
    ("POST", "/v1beta/models/m:predictLongRunning"),
    ("GET", "/v1beta/models/m/operations/op-12345678"),
    ("POST", "/v1beta/cachedContents"),
    ("PATCH", "/v1beta/cachedContents/cache-12345678"),
    ("GET", "/v1/files"),
    ("GET", "/v1/files/file-12345678/content"),
    ("POST", "/v1/fine_tuning/jobs"),
    ("POST", "/v1/threads/thread_12345678/runs"),
    ("PUT", "/v1/things/thing_12345678"),
    ("PATCH", "/v1/organization/things"),
    ("DELETE", "/v1/assistants/asst_12345678"),
    ("HEAD", "/v1/files/file-12345678"),
    ("OPTIONS", "/v1/anything"),
];

fn rows() -> Vec<(String, String)> {
    let rows = PATHS.lines().filter_map(|line| {
        let mut words = line.trim().strip_prefix("(\"")?.split('"');
        let (verb, pattern) = (words.next()?, words.nth(1)?);
        let is_row = verb.bytes().all(|byte| byte.is_ascii_uppercase()) && !pattern.starts_with('/');
        is_row.then(|| {
            (
                verb.to_owned(),
                format!("/v1/{}", pattern.replace("{}", "thing_12345678")),
            )
        })
    });
    rows.collect()
}

/// A body that has what an answer of every dialect has, so that each is taken for one.
const ANSWER: &str = "{ \"id\":\"thing_1\",\t\"object\" : \"thing\",\r\n\"model\":\"m\",\"status\":\"completed\",\
    \"output\":[ ],\"content\":[{\"type\":\"text\",\"text\":\"caf\\u00e9 \\/ 灯塔\"}],\"choices\":[{\"index\":0,\"message\":{\
    \"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\"}],\"candidates\":[{\"finishReason\":\"STOP\"}],\
    \"data\":[{\"b64_json\":\"AA==\",\"n\":1.0}],\"results\":[],\"text\":\"hi\",\"x\":12345678901234567890.10 }\n\n";

/// Nothing here is as a serializer would write it.
const ASK: &str = " {\"temperature\" : 1.0,\t\"x\":[1e3,-0,{\"model\":\"not me\"}],\r\n \"model\":\"m\" , \"input\":\"caf\\u00e9 \
    \\/ \\\"model\\\": \\\"x\\\" 灯塔 \\ud83d\\udea3\",\"seed\":12345678901234567890 }\n";

struct Between {
    recorder: Recorder,
    world: World,
    cursor: Cursor,
}

async fn around(said: Said) -> Between {
    let recorder = Recorder::of(said);
    let world = World::around(&recorder).await;
    let cursor = world.cursor().await;
    Between {
        recorder,
        world,
        cursor,
    }
}

/// Asks one thing and compares both directions.
async fn compared(it: &Between, said: &Said, verb: &str, path: &str, content_type: &str, body: &[u8]) {
    let target = format!("{path}?a=1&b=%20x&limit=2");
    let method: Method = verb.parse().unwrap();
    let mut asked = it
        .cursor
        .request(method, &target)
        .header("x-stainless-lang", "python")
        .header("openai-beta", "first=1")
        .header("openai-beta", "second=2")
        .header("user-agent", "Tool/1.0 (odd; spacing)")
        .header("accept", "*/*");
    if !matches!(verb, "GET" | "HEAD" | "OPTIONS") {
        asked = asked.header(CONTENT_TYPE, content_type).body(body.to_vec());
    }
    let asked = asked.build().unwrap();
    let sent_headers = of_map(asked.headers());
    let sent_body = asked
        .body()
        .and_then(|body| body.as_bytes())
        .unwrap_or_default()
        .to_vec();
    let heard = it.cursor.runs(asked).await;

    let what = format!("{verb} {path}");
    let recorded = it.recorder.last();
    assert_eq!(
        recorded.line(),
        format!("{verb} {target}"),
        "{what}: {}",
        heard.plain()
    );
    assert_eq!(
        of_request(&recorded),
        sent_headers,
        "{what}: the headers of the request"
    );
    assert!(recorded.body == sent_body, "{what}: the body of the request");
    same_answer(&what, &heard, said, verb == "HEAD");
    let kept = it.world.last_exchange().await;
    assert_eq!(kept.status, Some(heard.status), "{what}: it is in the ledger");
}

fn same_answer(what: &str, heard: &Heard, said: &Said, bodiless: bool) {
    let status = said.head.split(' ').nth(1).unwrap();
    assert_eq!(heard.status.to_string(), status, "{what}: {}", heard.plain());
    assert!(heard.whole, "{what}");
    let body = if bodiless {
        Vec::new()
    } else {
        said.pieces.concat()
    };
    assert_eq!(
        String::from_utf8_lossy(&heard.bytes()),
        String::from_utf8_lossy(&body),
        "{what}: the body of the answer"
    );
    assert_eq!(
        of_map(&heard.headers),
        in_head(&said.head),
        "{what}: the headers of the answer"
    );
}

#[tokio::test]
async fn every_row_of_the_table_every_root_and_every_verb_passes_byte_for_byte() {
    let rows = rows();
    assert!(rows.len() >= 31, "the table was found: {rows:?}");
    let head = "Content-Type: application/json; charset=utf-8\r\nX-Request-Id: abc\r\nX-Twice: one\r\nX-Twice: two\r\n\
        OpenAI-Processing-Ms: 12\r\nETag: \"x\"\r\nCache-Control: no-cache";
    let said = Said::with("200 OK", head, ANSWER);
    let it = around(said.clone()).await;
    let others = OTHERS.map(|(verb, path)| (verb.to_owned(), path.to_owned()));
    for (verb, path) in rows.into_iter().chain(others) {
        compared(&it, &said, &verb, &path, "application/json", ASK.as_bytes()).await;
    }
}

#[tokio::test]
async fn forms_and_files_pass_byte_for_byte_wherever_they_may_be_sent() {
    let said = Said::json(ANSWER);
    let it = around(said.clone()).await;
    let form = [
        &b"preamble nobody reads\r\n--=_b'x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xE7\x81\xAF.bin\"\r\n\r\n"[..],
        &[0, 13, 10, 45, 45, 61, 95, 255, 13],
        b"\r\n--=_b'x\r\ncontent-disposition: form-data; name=model\r\n\r\nm\r\n--=_b'x--\r\nepilogue",
    ]
    .concat();
    for path in [
        "images/edits",
        "images/variations",
        "audio/transcriptions",
        "audio/translations",
        "videos",
        "files",
        "uploads",
        "whatever/comes/next",
    ] {
        let kind = "multipart/form-data; boundary=\"=_b'x\"; charset=utf-8";
        compared(&it, &said, "POST", &format!("/v1/{path}"), kind, &form).await;
    }
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    compared(
        &it,
        &said,
        "POST",
        "/v1/uploads/upload_12345678/parts",
        "application/octet-stream",
        &bytes,
    )
    .await;
    compared(&it, &said, "PUT", "/bypass/storage/x", "image/png", &bytes).await;
}

#[tokio::test]
async fn answers_of_every_kind_pass_byte_for_byte() {
    let bytes: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
    let large = ANSWER.replace("hi", &"x".repeat(2_000_000));
    for (path, said) in [
        ("/v1/audio/speech", Said::ok("audio/mpeg", bytes.clone())),
        (
            "/v1/audio/speech",
            Said::ok("audio/mpeg", bytes.clone()).framed(Framing::Chunks),
        ),
        (
            "/v1/audio/speech",
            Said::ok("audio/mpeg", bytes.clone()).framed(Framing::Close),
        ),
        (
            "/v1/audio/transcriptions",
            Said::ok(
                "text/vtt; charset=utf-8",
                "WEBVTT\n\n00:00.000 --> 00:01.000\n你好\n",
            ),
        ),
        (
            "/v1/files/file-12345678/content",
            Said::ok("application/octet-stream", bytes.clone()),
        ),
        ("/v1/chat/completions", Said::json(large.clone())),
        ("/v1/embeddings", Said::json(large).framed(Framing::Chunks)),
        (
            "/v1/things/thing_12345678",
            Said::with("204 No Content", "X-Gone: yes", ""),
        ),
        (
            "/v1/things",
            Said::with(
                "201 Created",
                "Content-Type: application/json\r\nLocation: /v1/things/1",
                "{}",
            ),
        ),
        (
            "/v1/things",
            Said::with(
                "409 Conflict",
                "Content-Type: application/json",
                "{\"error\":{\"message\":\"Twice\"} }",
            ),
        ),
        (
            "/v1/things",
            Said::with("200 OK", "X-No-Type: at all", "plain words"),
        ),
    ] {
        let it = around(said.clone()).await;
        compared(&it, &said, "POST", path, "application/json", ASK.as_bytes()).await;
    }
}

#[tokio::test]
async fn what_belongs_to_one_connection_or_to_nobody_else_stays_behind() {
    let head = "Content-Type: application/json\r\nSet-Cookie: session=theirs\r\nKeep-Alive: timeout=5\r\n\
        Connection: x-hop\r\nX-Hop: theirs\r\nProxy-Authenticate: Basic";
    let it = around(Said::with("200 OK", head, ANSWER)).await;
    let asked = it
        .cursor
        .request(Method::POST, "/v1/chat/completions")
        .header(CONTENT_TYPE, "application/json")
        .header("connection", "x-mine")
        .header("x-mine", "here only")
        .header("te", "trailers")
        .header("cookie", "session=mine")
        .body(ASK);
    let heard = Heard::of(asked).await;
    assert_eq!(heard.status, StatusCode::OK.as_u16());
    for name in ["set-cookie", "keep-alive", "x-hop", "proxy-authenticate"] {
        assert_eq!(heard.header(name), "", "{name}");
    }
    let sent = it.recorder.last();
    for name in ["x-mine", "te", "cookie"] {
        assert_eq!(sent.header(name), "", "{name}");
    }
    assert_eq!(
        sent.header("host"),
        it.recorder
            .url()
            .trim_start_matches("http://")
            .trim_end_matches("/v1")
    );
}

#[tokio::test]
async fn every_verb_that_is_wrong_for_a_known_path_is_the_gateways_to_refuse() {
    let no = "{\"error\":{\"message\":\"Method not allowed\",\"type\":\"invalid_request_error\"}}";
    let said = Said::with(
        "405 Method Not Allowed",
        "Content-Type: application/json\r\nAllow: POST",
        no,
    );
    let it = around(said.clone()).await;
    for verb in ["GET", "PUT", "PATCH", "DELETE"] {
        compared(
            &it,
            &said,
            verb,
            "/v1/chat/completions",
            "application/json",
            ASK.as_bytes(),
        )
        .await;
    }
}
