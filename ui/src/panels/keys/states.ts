// The colour and the word of each state of a gateway and a key.
import type { GatewayState, KeyState } from "../../bindings";
import type { Tone } from "../../primitives/Pill";

export const gatewayTone: Record<GatewayState, Tone> = { ready: "ok", no_key: "warn", failing: "bad", unchecked: "neutral" };
export const keyTone: Record<KeyState, Tone> = { healthy: "ok", resting: "warn", refused: "bad", exhausted: "bad", unchecked: "neutral" };
