//! Every address the sandbox answers, in one table.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use crate::call::Call;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{
    account, audio, chat, embeddings, files, generate, messages, models, moderation, pictures, refusal,
    rerank, responses, video,
};

/// Finds the endpoint and lets it answer; a refusal is an answer like any other.
pub(crate) async fn route(gateway: &Gateway, call: &Call) -> Reply {
    let answer = match call.method.as_str() {
        "GET" => get(gateway, call).await,
        "POST" => post(gateway, call).await,
        "DELETE" => delete(gateway, call),
        _ => Err(unknown(call)),
    };
    answer.unwrap_or_else(|refused| refused)
}

fn unknown(call: &Call) -> Reply {
    refusal::unknown_address(&call.method, &call.path)
}

async fn get(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    Ok(match call.path.as_str() {
        "/v1/models" => models::list(call),
        "/v1/videos" => video::openai::list(gateway),
        "/v1/files" => files::list(gateway),
        "/v1/balance" => account::balance(gateway, call),
        "/api/status" => account::status(gateway),
        "/api/pricing" => account::pricing(),
        "/api/usage/token/" => account::usage(gateway, call),
        // new-api redirects here too, and clients that drop the key on redirects then fail: keep that testable.
        "/api/usage/token" => Reply::bytes(StatusCode::MOVED_PERMANENTLY, "text/plain", "")
            .with(LOCATION, HeaderValue::from_static("/api/usage/token/")),
        "/v1/dashboard/billing/subscription" | "/dashboard/billing/subscription" => account::subscription(),
        "/v1/dashboard/billing/usage" | "/dashboard/billing/usage" => account::billing_usage(gateway, call),
        path => return get_one(gateway, call, path).await,
    })
}

/// Addresses that end in an id.
async fn get_one(gateway: &Gateway, call: &Call, path: &str) -> Result<Reply, Reply> {
    if let Some(id) = path.strip_prefix("/v1/models/") {
        Ok(models::retrieve(id))
    } else if let Some(id) = path.strip_prefix("/v1/responses/") {
        match id.strip_suffix("/input_items") {
            Some(id) => responses::input_items(gateway, call, id),
            None => responses::retrieve(gateway, id),
        }
    } else if let Some(id) = path.strip_prefix("/v1/files/") {
        match id.strip_suffix("/content") {
            Some(id) => files::content(gateway, id),
            None => files::retrieve(gateway, id),
        }
    } else if let Some(id) = path.strip_prefix("/v1/video/generations/") {
        video::task::poll(gateway, call, id)
    } else if let Some(id) = path.strip_prefix("/v1/videos/generations/") {
        video::veo::poll(gateway, id)
    } else if let Some(id) = path.strip_prefix("/v1/videos/") {
        match id.strip_suffix("/content") {
            Some(id) => video::openai::content(gateway, call, id),
            None => video::openai::poll(gateway, id),
        }
    } else if let Some(id) = path.strip_prefix("/v1/images/tasks/") {
        video::tasks_of_pictures::poll(gateway, id)
    } else if let Some(id) = path.strip_prefix("/v3/contents/generations/tasks/") {
        video::ark::poll(gateway, id)
    } else if let Some((_, id)) =
        queued(path).and_then(|(app, rest)| Some((app, rest.strip_prefix("requests/")?)))
    {
        match id.strip_suffix("/status") {
            Some(id) => video::queue::status(gateway, id).await,
            None => video::queue::response(gateway, id),
        }
    } else if let Some(id) = path
        .strip_prefix("/files/once/")
        .and_then(|file| file.strip_suffix(".mp4"))
    {
        Ok(video::once(gateway, id))
    } else if let Some(id) = path
        .strip_prefix("/files/")
        .and_then(|file| file.strip_suffix(".png"))
    {
        pictures::file(id).await
    } else if path == "/files/sample.mp4" {
        Ok(video::clip())
    } else {
        Err(unknown(call))
    }
}

async fn post(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    match call.path.as_str() {
        "/v1/chat/completions" => chat::complete(gateway, call).await,
        "/v1/completions" => chat::legacy::complete(gateway, call),
        "/v1/embeddings" => embeddings::embed(gateway, call),
        "/v1/images/generations" => pictures::generate(gateway, call).await,
        "/v1/images/edits" => pictures::edit(gateway, call).await,
        "/v1/audio/speech" => audio::speech::speak(gateway, call).await,
        "/v1/audio/transcriptions" => audio::transcript::transcribe(gateway, call, "transcribe"),
        "/v1/audio/translations" => audio::transcript::transcribe(gateway, call, "translate"),
        "/v1/images/variations" => pictures::vary(gateway, call).await,
        "/v1/video/generations" => video::task::create(gateway, call),
        "/v1/videos" => video::openai::create(gateway, call),
        "/v1/videos/generations" => video::veo::create(gateway, call),
        "/v3/contents/generations/tasks" => video::ark::create(gateway, call),
        "/v1/responses" | "/bypass/openai/v1/responses" => responses::create(gateway, call).await,
        "/v1/messages" | "/bypass/anthropic/v1/messages" => messages::create(gateway, call).await,
        "/v1/messages/count_tokens" => messages::count(call),
        "/v1/files" => files::create(gateway, call),
        "/v1/moderations" => moderation::judge(gateway, call),
        "/v1/rerank" => rerank::sort(gateway, call),
        path => post_to_one(gateway, call, path).await,
    }
}

/// Addresses with a name in the middle.
async fn post_to_one(gateway: &Gateway, call: &Call, path: &str) -> Result<Reply, Reply> {
    if let Some((app, path)) = queued(path) {
        return video::queue::create(gateway, call, app, path);
    }
    if let Some((model, verb)) = generate::parts(path) {
        return generate::generate(gateway, call, model, verb).await;
    }
    let inside = |before: &str, after: &str| path.strip_prefix(before)?.strip_suffix(after);
    match (
        inside("/v1/videos/", "/remix"),
        inside("/v1/responses/", "/cancel"),
    ) {
        (Some(id), _) => video::openai::remix(gateway, call, id),
        (_, Some(id)) => responses::cancel(gateway, id),
        _ => Err(unknown(call)),
    }
}

/// `/queue/fal-ai/{app}/{rest}`.
fn queued(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("/queue/fal-ai/")?.split_once('/')
}

fn delete(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let below = |folder: &str| call.path.strip_prefix(folder);
    match (below("/v1/videos/"), below("/v1/responses/"), below("/v1/files/")) {
        (Some(id), _, _) => video::openai::delete(gateway, id),
        (_, Some(id), _) => responses::delete(gateway, id),
        (_, _, Some(id)) => files::delete(gateway, id),
        _ => Err(unknown(call)),
    }
}
