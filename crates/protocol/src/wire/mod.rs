//! What stands in the bytes, field for field. Fields we do not know are kept and sent on.

pub mod openai;
pub mod peek;
