//! Money and limits: what each key has spent, the balance routes of both kinds of gateway, prices, rate headers.
//!
//! The money is play money, but it adds up: every answer is charged at the price `/api/pricing` names. The limits are
//! reported and counted, never enforced; to be refused, ask a misbehaving model.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::call::Call;
use crate::models::{Kind, MODELS, Price};
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{clock, tokens};

const QUOTA_PER_USD: f64 = 500_000.0;
const GRANTED: f64 = 10.0 * QUOTA_PER_USD;
const WINDOW: u64 = 60;
const REQUESTS: u64 = 10_000;
const TOKENS: u64 = 10_000_000;
/// Gateways cache whole blocks; short prompts are therefore never cached.
const CACHE_BLOCK: u64 = 64;

#[derive(Default)]
struct Account {
    window: u64,
    requests: u64,
    tokens: u64,
    spent: f64,
    last_prompt: String,
}

/// One account per key.
#[derive(Default)]
pub(crate) struct Accounts {
    accounts: Mutex<HashMap<String, Account>>,
}

impl Accounts {
    fn with<T>(&self, key: &str, act: impl FnOnce(&mut Account) -> T) -> T {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        act(accounts.entry(key.to_owned()).or_default())
    }

    /// Counts a request and says what is left, in the seed's headers (reset is a date) and OpenAI's (a duration).
    pub(crate) fn rate_headers(&self, key: &str, now: u64) -> Vec<(&'static str, String)> {
        let window = now / WINDOW;
        let reset = (window + 1) * WINDOW;
        self.with(key, |account| {
            if account.window != window {
                (account.window, account.requests, account.tokens) = (window, 0, 0);
            }
            account.requests += 1;
            let requests_left = REQUESTS.saturating_sub(account.requests).to_string();
            let wait = format!("{}s", reset - now);
            vec![
                ("x-ratelimit-limit", REQUESTS.to_string()),
                ("x-ratelimit-remaining", requests_left.clone()),
                ("x-ratelimit-reset", reset.to_string()),
                ("x-ratelimit-limit-requests", REQUESTS.to_string()),
                ("x-ratelimit-remaining-requests", requests_left),
                ("x-ratelimit-reset-requests", wait.clone()),
                ("x-ratelimit-limit-tokens", TOKENS.to_string()),
                (
                    "x-ratelimit-remaining-tokens",
                    TOKENS.saturating_sub(account.tokens).to_string(),
                ),
                ("x-ratelimit-reset-tokens", wait),
            ]
        })
    }

    /// Takes what an answer costs. Models without a price (the misbehaving ones) are free.
    pub(crate) fn charge(&self, key: &str, model: &str, input: u64, cached: u64, output: u64) {
        let Some(model) = MODELS.iter().find(|offered| offered.id == model) else {
            return;
        };
        let quota = match model.price {
            Price::Call(usd) => usd * QUOTA_PER_USD,
            Price::Tokens {
                ratio,
                completion_ratio,
            } => {
                let fresh = input.saturating_sub(cached) as f64;
                ratio * (fresh + cached as f64 * Price::CACHE_RATIO + output as f64 * completion_ratio)
            }
        };
        self.with(key, |account| {
            account.spent += quota.ceil();
            account.tokens += input + output;
        });
    }

    /// How many tokens of this prompt the same key sent just before, in whole blocks.
    pub(crate) fn cached(&self, key: &str, prompt: &str) -> u64 {
        self.with(key, |account| {
            let shared = prompt
                .chars()
                .zip(account.last_prompt.chars())
                .take_while(|(a, b)| a == b);
            let shared: String = shared.map(|(character, _)| character).collect();
            prompt.clone_into(&mut account.last_prompt);
            tokens::count(&shared) / CACHE_BLOCK * CACHE_BLOCK
        })
    }

    fn spent(&self, key: &str) -> f64 {
        self.with(key, |account| account.spent)
    }
}

/// `GET /api/status`: what a new-api host tells anybody.
pub(crate) fn status(gateway: &Gateway) -> Reply {
    Reply::ok(&json!({"success": true, "message": "", "data": {
        "quota_per_unit": QUOTA_PER_USD, "quota_display_type": "USD", "usd_exchange_rate": 7.3, "price": 7.3,
        "system_name": "Sandbox", "server_address": gateway.root(), "top_up_link": "",
        "version": env!("CARGO_PKG_VERSION"),
    }}))
}

/// `GET /api/usage/token/`: quota of the asking key.
pub(crate) fn usage(gateway: &Gateway, call: &Call) -> Reply {
    let spent = gateway.accounts.spent(&call.key);
    Reply::ok(&json!({"code": true, "message": "ok", "data": {
        "object": "token_usage", "name": "sandbox", "total_granted": GRANTED as u64, "total_used": spent as u64,
        "total_available": (GRANTED - spent) as i64, "unlimited_quota": false, "model_limits": {},
        "model_limits_enabled": false, "expires_at": 0,
    }}))
}

/// `GET /v1/dashboard/billing/subscription`: the limit is what is left plus what was used.
pub(crate) fn subscription() -> Reply {
    let limit = GRANTED / QUOTA_PER_USD;
    Reply::ok(
        &json!({"object": "billing_subscription", "has_payment_method": true, "soft_limit_usd": limit,
        "hard_limit_usd": limit, "system_hard_limit_usd": limit, "access_until": 0}),
    )
}

/// `GET /v1/dashboard/billing/usage`, in cents.
pub(crate) fn billing_usage(gateway: &Gateway, call: &Call) -> Reply {
    let cents = gateway.accounts.spent(&call.key) / QUOTA_PER_USD * 100.0;
    Reply::ok(&json!({"object": "list", "total_usage": cents}))
}

/// `GET /v1/balance`, in the shape of AI Nexus.
pub(crate) fn balance(gateway: &Gateway, call: &Call) -> Reply {
    let spent = gateway.accounts.spent(&call.key) / QUOTA_PER_USD;
    let now = i64::try_from(clock::unix_now()).unwrap_or_default();
    let date = OffsetDateTime::from_unix_timestamp(now).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    Reply::ok(
        &json!({"balance": GRANTED / QUOTA_PER_USD - spent, "currency": "USD", "total_spent": spent,
        "last_updated": date.format(&Rfc3339).unwrap_or_default()}),
    )
}

/// `GET /api/pricing`, new-api's shape.
pub(crate) fn pricing() -> Reply {
    let data: Vec<Value> = MODELS
        .iter()
        .map(|model| {
            let mut row = json!({"model_name": model.id, "description": model.about, "vendor_id": 1,
                "owner_by": "sandbox", "enable_groups": ["default"],
                "supported_endpoint_types": [model.kind.endpoint_type()]});
            let (kind, ratio, price, completion) = match model.price {
                Price::Tokens {
                    ratio,
                    completion_ratio,
                } => (0, ratio, 0.0, completion_ratio),
                Price::Call(usd) => (1, 0.0, usd, 0.0),
            };
            row["quota_type"] = json!(kind);
            row["model_ratio"] = json!(ratio);
            row["model_price"] = json!(price);
            row["completion_ratio"] = json!(completion);
            if model.kind == Kind::Chat {
                row["cache_ratio"] = json!(Price::CACHE_RATIO);
            }
            row
        })
        .collect();
    Reply::ok(
        &json!({"success": true, "data": data, "vendors": [{"id": 1, "name": "Sandbox"}],
        "group_ratio": {"default": 1}, "usable_group": {"default": "Everybody"},
        "supported_endpoint": {"openai": {"path": "/v1/chat/completions", "method": "POST"},
            "image-generation": {"path": "/v1/images/generations", "method": "POST"},
            "embeddings": {"path": "/v1/embeddings", "method": "POST"},
            "openai-video": {"path": "/v1/videos", "method": "POST"},
            "jina-rerank": {"path": "/v1/rerank", "method": "POST"}},
        "auto_groups": ["default"], "pricing_version": "sandbox-1"}),
    )
}
