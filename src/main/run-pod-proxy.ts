// The composition of a proxy's process in a pod. A native sidecar: it is ready before the pod's
// containers start, and asked to end (SIGTERM) when they have ended.

import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { jsonLog, type Log, type LogLevel } from "#base/log.ts";
import { systemRandom } from "#base/random.ts";
import { packageVersion } from "#local/package-root.ts";
import { SystemSampler } from "#proxy/overload/system-sampler.ts";
import { DataPlane } from "#proxy/pipeline/data-plane.ts";
import { systemNetwork } from "#proxy/pipeline/network.ts";
import { writeDescriptor } from "#proxy/pipeline/write-descriptor.ts";
import { type PodProxy, podProxySettings } from "./pod-proxy-settings.ts";

const INTERFACES = "/proc/net/if_inet6";
const WAITING_SAID_MS = 30_000;

const STDOUT = 1;

export function runPodProxy(): void {
  const pod = readPod();
  if (!pod) return;
  const log = logAt(pod.logLevel);
  const { workload, identity, control } = pod.settings;
  log.info("Starting", {
    pod: `${workload.namespace}/${workload.name}`,
    identity,
    control: `${control.address}:${control.port}`,
  });
  const dataPlane = new DataPlane(
    pod.settings,
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
    () => {},
  );
  const waiting = setInterval(() => {
    log.warn("Not ready yet", { reason: dataPlane.obstacle ?? "" });
  }, WAITING_SAID_MS);
  let isOpen = false;
  process.on("SIGTERM", () => {
    if (!isOpen) process.exit(0);
    // What it served has ended: whoever still comes is better off elsewhere, at once.
    dataPlane.announceEnd();
    void dataPlane.drain().then(() => process.exit(0));
  });
  void dataPlane.start().then((refusal) => {
    clearInterval(waiting);
    if (refusal !== undefined) return end(log, refusal);
    isOpen = true;
    log.info("Takes requests", { obstacle: dataPlane.obstacle });
  });
}

function readPod(): PodProxy | undefined {
  try {
    return podProxySettings(process.env, {
      uid: process.getuid?.() ?? -1,
      interfaces: systemFiles.read(INTERFACES),
      version: packageVersion(),
    });
  } catch (error) {
    end(logAt("info"), error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function logAt(least: LogLevel): Log {
  return jsonLog((line) => process.stderr.write(line), systemClock, "proxy", least);
}

function end(log: Log, reason: string): void {
  log.error("Cannot run", { reason });
  process.exitCode = 1;
  setTimeout(() => process.exit(), 50);
}
