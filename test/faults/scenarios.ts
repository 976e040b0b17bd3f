// All of them.

import { GATEWAY_SCENARIOS } from "./gateway-scenarios.ts";
import { HBONE_SCENARIOS } from "./hbone-scenarios.ts";
import { HTTP1_SCENARIOS } from "./http1-scenarios.ts";
import { HTTP2_SCENARIOS } from "./http2-scenarios.ts";
import { RULE_SCENARIOS } from "./rule-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { TUNNEL_SCENARIOS } from "./tunnel-scenarios.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...HTTP1_SCENARIOS,
  ...HTTP2_SCENARIOS,
  ...RULE_SCENARIOS,
  ...TUNNEL_SCENARIOS,
  ...HBONE_SCENARIOS,
  ...GATEWAY_SCENARIOS,
];
