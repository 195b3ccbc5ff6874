//! `GET /v1/models`: which models a gateway offers to the key that asks.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::wire::null_is_none;

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ModelList {
    /// `list`.
    pub object: String,
    /// The models, in the gateway's order.
    pub data: Vec<Model>,
    /// Everything else, as it came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// What a request names. Holds a `/` at some gateways.
    pub id: String,
    /// `model`.
    #[serde(default, deserialize_with = "null_is_none")]
    pub object: String,
    /// Unix seconds; a made-up date at some gateways.
    #[serde(default, deserialize_with = "null_is_none")]
    pub created: i64,
    /// Who offers it.
    #[serde(default, deserialize_with = "null_is_none")]
    pub owned_by: String,
    /// What it can be asked for, where the gateway says (new-api).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_endpoint_types: Option<Vec<String>>,
    /// Everything else, as it came: prices and context lengths at OpenRouter.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for ModelList {
    /// Together answers with a bare array.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Bare(Vec<Model>),
            Listed {
                data: Vec<Model>,
                #[serde(default)]
                object: Option<String>,
                #[serde(flatten)]
                extra: Map<String, Value>,
            },
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Bare(data) => Self {
                object: "list".into(),
                data,
                extra: Map::new(),
            },
            Form::Listed { data, object, extra } => Self {
                object: object.unwrap_or_else(|| "list".into()),
                data,
                extra,
            },
        })
    }
}
