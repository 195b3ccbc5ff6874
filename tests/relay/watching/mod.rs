//! Who looks on: figures for a Prometheus, spans for a collector, bodies for a person. Nobody by default, and never a
//! secret.

mod captures;
mod collector;
mod figures;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
const PLANTED: &str = "sk-proj-Zm9vYmFyMTIzNDU2Nzg5MA";
