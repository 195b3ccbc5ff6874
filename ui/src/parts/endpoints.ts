// The kinds of endpoints, as the ledger and a token's limits name them.
export const endpoints = [
  "chat", "completions", "responses", "messages", "generate", "images", "speech", "transcription", "video", "embeddings", "rerank", "moderations", "other",
] as const;
export type Endpoint = (typeof endpoints)[number];
