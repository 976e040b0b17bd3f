// What the first bytes say of the side that was asked, where it spoke before it was asked. Pure.
//
// HTTP/2 lets that side send its SETTINGS at once (RFC 9113 §3.4), and gRPC's do: they say nothing
// about who speaks first. And who gives up waiting for an HTTP/1 request answers without one (408).

export type FirstWord = "settings" | "answer" | "other";

const FRAME_HEADER_BYTES = 9;
const SETTINGS = 4;
const SETTING_BYTES = 6;
const ANSWER = Buffer.from("HTTP/1.", "latin1");

export function detectFirstWord(bytes: Uint8Array): FirstWord {
  if (isSettings(bytes)) return "settings";
  if (bytes.length < ANSWER.length) return "other";
  for (let i = 0; i < ANSWER.length; i++) if (bytes[i] !== ANSWER[i]) return "other";
  return "answer";
}

// On stream 0, no acknowledgement; fewer than 43 of them.
function isSettings(bytes: Uint8Array): boolean {
  if (bytes.length < FRAME_HEADER_BYTES) return false;
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2]! % SETTING_BYTES !== 0) return false;
  if (bytes[3] !== SETTINGS || bytes[4] !== 0) return false;
  for (let i = 5; i < FRAME_HEADER_BYTES; i++) if (bytes[i] !== 0) return false;
  return true;
}
