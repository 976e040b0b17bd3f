// The composition of a proxy's process.

import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { jsonLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { SystemSampler } from "#proxy/overload/system-sampler.ts";
import { DataPlane } from "#proxy/pipeline/data-plane.ts";
import { systemNetwork } from "#proxy/pipeline/network.ts";
import type { ProxyBootstrap, ProxyCommand, ProxyEvent } from "./bootstrap.ts";
import { holdLifeline, type Lifeline } from "./lifeline.ts";

export function runProxy(): void {
  let dataPlane: DataPlane | undefined;
  const lifeline = holdLifeline({
    line(value) {
      if (dataPlane) obey(dataPlane, value as ProxyCommand, lifeline);
      else dataPlane = start(value as ProxyBootstrap, lifeline);
    },
    ended: () => process.exit(0),
  });
  process.on("SIGTERM", () => {
    void Promise.resolve(dataPlane?.drain()).then(() => process.exit(0));
  });
  // The terminal's Ctrl-C reaches the whole group; the supervisor decides who ends when.
  process.on("SIGINT", () => {});
}

function obey(dataPlane: DataPlane, { gateway }: ProxyCommand, lifeline: Lifeline): void {
  const refusal = dataPlane.replaceGateway(gateway) ?? "";
  const event: ProxyEvent = { event: "gateway-replaced", hash: gateway.plan.hash, refusal };
  lifeline.tell(event);
}

function start(bootstrap: ProxyBootstrap, lifeline: Lifeline): DataPlane {
  const tell = (event: ProxyEvent): void => lifeline.tell(event);
  const log = jsonLog((line) => process.stderr.write(line), systemClock, "proxy");
  const dataPlane = new DataPlane(
    bootstrap,
    {
      clock: systemClock,
      random: systemRandom,
      files: systemFiles,
      network: systemNetwork(systemClock),
      endOfTick: setImmediate,
      log,
      sampler: new SystemSampler(systemClock),
    },
    (isReady) => tell({ event: "application", isReady }),
  );
  void dataPlane.start().then((refusal) => {
    if (refusal === undefined) return tell({ event: "ready", identity: bootstrap.identity });
    log.error(refusal);
    tell({ event: "fatal", message: refusal });
    process.exitCode = 1;
    setTimeout(() => process.exit(), 50);
  });
  return dataPlane;
}
