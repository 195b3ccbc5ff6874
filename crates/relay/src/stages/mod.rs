//! One file per stage; `pipeline.rs` says in which order.

pub(crate) mod admit;
pub(crate) mod attempt;
pub(crate) mod authenticate;
pub(crate) mod converse;
pub(crate) mod flow;
pub(crate) mod jobs;
pub(crate) mod meter;
pub(crate) mod passage;
pub(crate) mod plan;
pub(crate) mod unfold;
