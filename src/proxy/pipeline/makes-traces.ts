// Hot path.
//
// Whether the exchange itself will say which trace a request belongs to.

import type { ExchangeTools } from "./exchange-tools.ts";

export function makesTraces({ tracer }: ExchangeTools): boolean {
  return tracer?.isOn === true;
}
