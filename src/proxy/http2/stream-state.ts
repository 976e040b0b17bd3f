// Hot path.
//
// RFC 9113 §5.1, less the push states, which we never enter, and idle, which has no record yet.

export type StreamState = "open" | "half-closed-local" | "half-closed-remote" | "closed";
export type StreamEvent = "we-ended" | "peer-ended" | "reset";

const NEXT: Record<StreamState, Record<StreamEvent, StreamState | "forbidden">> = {
  open: {
    "we-ended": "half-closed-local",
    "peer-ended": "half-closed-remote",
    reset: "closed",
  },
  "half-closed-local": { "we-ended": "forbidden", "peer-ended": "closed", reset: "closed" },
  "half-closed-remote": { "we-ended": "closed", "peer-ended": "forbidden", reset: "closed" },
  // When we reset a stream, the peer's frames may be on their way already: they are no offence.
  closed: { "we-ended": "forbidden", "peer-ended": "closed", reset: "closed" },
};

export function nextStreamState(state: StreamState, event: StreamEvent): StreamState | "forbidden" {
  return NEXT[state][event];
}
