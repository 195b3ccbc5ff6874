//! What an exchange costs: the figures of the documentation, and what must hold of any figures.

mod figures;
mod properties;
