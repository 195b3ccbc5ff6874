//! Carrying out an order.

use nexdesk_client::{ChatStream, ClientError};
use nexdesk_protocol::talk::Delta;
use nexdesk_protocol::wire::openai::chat::{ChatRequest, Content, Message};
use nexdesk_relay::slug;

use super::{NamedCheck, NamedKey, Order, Reply, Secret};
use crate::App;
use crate::chat::{ChatEvent, Receipt, Sink};
use crate::keys::{AddGateway, AddKey, Gateway, LocalToken, ModelKind, TokenLimits};
use crate::problem::{Problem, ProblemCode};
use crate::status::VaultState;

impl App {
    /// Carries out an order; what an answer says on its way goes to `sink`.
    ///
    /// # Errors
    /// With what stood in the way.
    pub async fn obey(&self, order: Order, sink: &Sink) -> Result<Reply, Problem> {
        Ok(match order {
            Order::Status => Reply::Status(Box::new(self.status()?)),
            Order::AddGateway { name, preset, url } => self.order_gateway(name, preset, url).await?,
            Order::ListGateways => Reply::Gateways(self.list_gateways()?),
            Order::RemoveGateway { name } => done(self.remove_gateway(&self.gateway_named(&name)?.id).await?),
            Order::AddKey {
                gateway,
                name,
                secret,
            } => self.order_key(&gateway, name, secret).await?,
            Order::ListKeys { gateway } => Reply::Keys(self.named_keys(gateway.as_deref())?),
            Order::CheckKeys { gateway, name } => {
                self.check_named(gateway.as_deref(), name.as_deref()).await?
            }
            Order::RemoveKey { gateway, name } => {
                done(self.remove_key(&self.key_named(&gateway, &name)?.key.id).await?)
            }
            Order::AddToken { name, limits } => {
                let limits = limits.of(&TokenLimits::default())?;
                Reply::Token(Box::new(self.create_limited_token(&name, limits).await?))
            }
            Order::SetToken { name, change } => {
                let token = self.token_named(&name)?;
                let limits = change.of(&token.limits)?;
                Reply::Tokens(vec![self.set_token_limits(&token.id, limits).await?])
            }
            Order::PauseToken { name, paused } => {
                let token = self.token_named(&name)?;
                Reply::Tokens(vec![self.pause_token(&token.id, paused).await?])
            }
            Order::ListTokens => Reply::Tokens(self.list_tokens()?),
            Order::RevokeToken { name } => done(self.revoke_token(&self.token_named(&name)?.id).await?),
            Order::Models => Reply::Models(self.list_models()?),
            Order::Ask { model, text } => self.ask(model, text, sink).await?,
            Order::Usage { limit } => Reply::Usage(Box::new(self.list_exchanges(None, limit)?)),
            Order::Routing { about } => self.obey_routing(about).await?,
            Order::Chats { about } => self.obey_chats(about).await?,
            Order::Watching { about } => self.obey_watching(about).await?,
            Order::Unlock {
                passphrase: Secret(passphrase),
            } => done(self.open_file(passphrase).await?),
        })
    }

    async fn order_gateway(
        &self,
        name: String,
        preset: Option<String>,
        url: Option<String>,
    ) -> Result<Reply, Problem> {
        let known = self
            .list_presets()
            .into_iter()
            .find(|row| slug(&row.name) == slug(&name) || row.id == slug(&name));
        let preset = preset
            .or(known.map(|row| row.id))
            .unwrap_or_else(|| "openai-compatible".into());
        let gateway = self
            .add_gateway(AddGateway {
                preset,
                name,
                base_url: url.unwrap_or_default(),
            })
            .await?;
        if !gateway.needs_key {
            // A gateway that is not running yet is still added; `models` and `keys check` say how it stands.
            let _ = self.check_key(&gateway.id, None).await?;
        }
        Ok(Reply::Gateway(Box::new(self.gateway_named(&gateway.name)?)))
    }

    async fn order_key(&self, gateway: &str, name: String, secret: Secret) -> Result<Reply, Problem> {
        let gateway = self.gateway_named(gateway)?;
        let key = self
            .add_key(AddKey {
                gateway: gateway.id.clone(),
                name,
                secret: secret.0,
            })
            .await?;
        let check = self.check_key(&gateway.id, Some(&key.id)).await?;
        Ok(Reply::Key(
            Box::new(NamedKey {
                gateway_name: gateway.name,
                key,
            }),
            Box::new(check),
        ))
    }

    async fn check_named(&self, gateway: Option<&str>, name: Option<&str>) -> Result<Reply, Problem> {
        let chosen = gateway.map(|name| self.gateway_named(name)).transpose()?;
        let gateways = match chosen {
            Some(gateway) => vec![gateway],
            None => self.list_gateways()?,
        };
        let mut checks = Vec::new();
        for gateway in gateways {
            let keys: Vec<_> = gateway
                .keys
                .iter()
                .filter(|key| name.is_none_or(|name| key.name == name))
                .collect();
            if keys.is_empty() && name.is_none() {
                let check = self.check_key(&gateway.id, None).await?;
                checks.push(NamedCheck {
                    gateway_name: gateway.name.clone(),
                    key_name: None,
                    check,
                });
            }
            for key in keys {
                let check = self.check_key(&gateway.id, Some(&key.id)).await?;
                checks.push(NamedCheck {
                    gateway_name: gateway.name.clone(),
                    key_name: Some(key.name.clone()),
                    check,
                });
            }
        }
        if checks.is_empty() {
            return Err(unknown("key", name.unwrap_or_default()));
        }
        Ok(Reply::Checks(checks))
    }

    async fn open_file(&self, passphrase: String) -> Result<(), Problem> {
        match self.vault_status().state {
            VaultState::Locked => self.unlock_vault(passphrase).await.map(drop),
            VaultState::Missing => self.create_file_vault(passphrase).await.map(drop),
            VaultState::Keychain | VaultState::File => Ok(()),
        }
    }

    /// One question, one answer, one row in Usage; no conversation.
    async fn ask(&self, model: Option<String>, text: String, sink: &Sink) -> Result<Reply, Problem> {
        let model = model.map_or_else(|| self.first_chat_model(), Ok)?;
        let message = Message {
            role: "user".into(),
            content: Some(Content::Text(text)),
            ..Message::default()
        };
        let request = ChatRequest {
            model,
            messages: vec![message],
            ..ChatRequest::default()
        };
        let mut stream = self.client("nexd", None).chat_stream(&request).await?;
        let exchange = stream.request_id().map(str::to_owned);
        hear(&mut stream, sink).await?;
        drop(stream);
        self.ledger().flush().await?;
        let row = exchange
            .as_deref()
            .map(|id| self.ledger().exchange(id))
            .transpose()?
            .flatten();
        Ok(Reply::Answered(row.as_ref().map(Receipt::of).map(Box::new)))
    }

    fn first_chat_model(&self) -> Result<String, Problem> {
        let models = self.list_models()?;
        let chat = || models.iter().filter(|model| model.kind == ModelKind::Chat);
        let first = chat().find(|model| !model.free).or_else(|| chat().next());
        let none = || Problem::new(ProblemCode::ModelNotFound, "No gateway offers a chat model yet.");
        first.map(|model| model.id.clone()).ok_or_else(none)
    }

    pub(super) fn gateway_named(&self, name: &str) -> Result<Gateway, Problem> {
        self.list_gateways()?
            .into_iter()
            .find(|row| slug(&row.name) == slug(name))
            .ok_or_else(|| unknown("gateway", name))
    }

    fn named_keys(&self, gateway: Option<&str>) -> Result<Vec<NamedKey>, Problem> {
        let chosen = gateway.map(|name| self.gateway_named(name)).transpose()?;
        let gateways = match chosen {
            Some(gateway) => vec![gateway],
            None => self.list_gateways()?,
        };
        let named = |gateway: Gateway| {
            let name = gateway.name;
            gateway.keys.into_iter().map(move |key| NamedKey {
                gateway_name: name.clone(),
                key,
            })
        };
        Ok(gateways.into_iter().flat_map(named).collect())
    }

    pub(super) fn key_named(&self, gateway: &str, name: &str) -> Result<NamedKey, Problem> {
        let mut keys = self.named_keys(Some(gateway))?.into_iter();
        keys.find(|named| named.key.name.eq_ignore_ascii_case(name))
            .ok_or_else(|| unknown("key", name))
    }

    fn token_named(&self, name: &str) -> Result<LocalToken, Problem> {
        let mut tokens = self.list_tokens()?.into_iter();
        let found = tokens.find(|token| token.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| unknown("token", name))
    }
}

async fn hear(stream: &mut ChatStream, sink: &Sink) -> Result<(), ClientError> {
    while let Some(delta) = stream.next().await {
        match delta? {
            Delta::TextDelta(text) => sink(vec![ChatEvent::Text { text }]),
            Delta::ReasoningDelta(text) => sink(vec![ChatEvent::Reasoning { text }]),
            Delta::ToolCallDelta {
                index,
                id,
                name,
                arguments,
            } => {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                sink(vec![ChatEvent::ToolCall {
                    index,
                    id,
                    name,
                    arguments,
                }]);
            }
            Delta::Picture(url) => {
                let said = if url.starts_with("data:") {
                    "[a picture, shown in the window]".to_owned()
                } else {
                    url
                };
                sink(vec![ChatEvent::Text { text: said }]);
            }
            Delta::Citation { title, url } => sink(vec![ChatEvent::Citation { title, url }]),
            Delta::Usage(_) | Delta::Finish(_) => {}
        }
    }
    Ok(())
}

fn done((): ()) -> Reply {
    Reply::Done
}

fn unknown(what: &str, name: &str) -> Problem {
    Problem::new(
        ProblemCode::NotFound,
        format!("There is no {what} named “{name}”."),
    )
}
