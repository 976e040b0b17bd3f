// What the signs in the call graph mean.

import { Lock } from "./lock.tsx";

export function Legend() {
  return (
    <ul class="legend">
      <li>
        <svg width="14" height="12" aria-hidden="true">
          <Lock isClosed={true} x={2} y={1} />
        </svg>
        mTLS on every request
      </li>
      <li>
        <svg width="14" height="12" aria-hidden="true">
          <Lock isClosed={false} x={2} y={1} />
        </svg>
        plain text, dashed
      </li>
      <li>
        <span class="warn" aria-hidden="true">
          ▲
        </span>{" "}
        fails more than 1 in 1000
      </li>
      <li>
        <span class="bad" aria-hidden="true">
          ◆
        </span>{" "}
        more than 1 in 100
      </li>
      <li>requests/s · success · p99</li>
    </ul>
  );
}
