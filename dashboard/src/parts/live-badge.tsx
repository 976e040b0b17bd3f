// Whether what the page shows is live.

import type { StreamState } from "#dashboard/stream/mesh-stream.ts";

type Props = { readonly state: StreamState; readonly seenAtMs: number | undefined };

const BADGES = {
  connecting: ["◌", "Connecting …"],
  live: ["●", "Live"],
  reconnecting: ["◌", "Reconnecting …"],
  "logged-out": ["▲", "Logged out"],
} as const satisfies Record<StreamState, readonly [sign: string, text: string]>;

export function LiveBadge({ state, seenAtMs }: Props) {
  const [sign, text] = BADGES[state];
  const isOld = state !== "live" && seenAtMs !== undefined;
  return (
    <p class={`stream ${state}`} role="status">
      <span aria-hidden="true" class="sign">
        {sign}
      </span>{" "}
      {text}
      {isOld && <small> as of {new Date(seenAtMs).toLocaleTimeString()}</small>}
    </p>
  );
}
