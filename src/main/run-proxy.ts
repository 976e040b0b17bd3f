// The composition of a proxy's process.

import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { jsonLog } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { SystemSampler } from "#proxy/overload/system-sampler.ts";
import { DataPlane } from "#proxy/pipeline/data-plane.ts";
import type { GatewaySettings } from "#proxy/pipeline/gateway/gateway-settings.ts";
import { systemNetwork } from "#proxy/pipeline/network.ts";
import { writeDescriptor } from "#proxy/pipeline/write-descriptor.ts";
import type { ProxyBootstrap, ProxyCommand, ProxyEvent } from "./bootstrap.ts";
import { Departure } from "./departure.ts";
import { holdLifeline, type Lifeline } from "./lifeline.ts";

const STDOUT = 1;

export function runProxy(): void {
  let dataPlane: DataPlane | undefined;
  let departure: Departure | undefined;
  const lifeline = holdLifeline({
    line(value) {
      if (!dataPlane) start(value as ProxyBootstrap);
      else obey(value as ProxyCommand);
    },
    ended: () => process.exit(0),
  });
  const start = (bootstrap: ProxyBootstrap): void => {
    dataPlane = startDataPlane(bootstrap, lifeline);
    departure = new Departure(bootstrap, dataPlane, systemClock, lifeline);
  };
  const obey = (command: ProxyCommand): void => {
    if (command.command === "leave") departure!.leave(command.isReplaced);
    else replaceGateway(dataPlane!, command.gateway, lifeline);
  };
  process.on("SIGTERM", () => {
    if (!departure) process.exit(0);
    void departure.begin().then(() => process.exit(0));
  });
  // The terminal's Ctrl-C reaches the whole group; the supervisor decides who ends when.
  process.on("SIGINT", () => {});
}

function replaceGateway(dataPlane: DataPlane, gateway: GatewaySettings, lifeline: Lifeline): void {
  const refusal = dataPlane.replaceGateway(gateway) ?? "";
  const event: ProxyEvent = { event: "gateway-replaced", hash: gateway.plan.hash, refusal };
  lifeline.tell(event);
}

function startDataPlane(bootstrap: ProxyBootstrap, lifeline: Lifeline): DataPlane {
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
      writeOut: writeDescriptor(STDOUT, systemClock),
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
