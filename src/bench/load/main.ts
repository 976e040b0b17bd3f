// The load generator as a process of its own: `node dist/bench/load/main.js --help`.
//
// Prints one JSON line with the result at the end, and on SIGTERM or SIGINT.

import { parseArgs } from "node:util";
import {
  LOAD_DEFAULTS,
  type LoadLoop,
  type LoadOptions,
  type LoadProtocolName,
} from "./load-options.ts";
import type { LoadResult } from "./load-result.ts";
import { MIX_NAMES, type MixName, mixOf } from "./mixes.ts";
import { runLoad } from "./run-load.ts";
import { summarize } from "./summary.ts";

const USAGE = `Puts a load on an HTTP address and prints what came of it.

  --target URL          http://HOST:PORT/PREFIX
  --target-env NAME     the same, from an environment variable
  --protocol NAME       http1 (default) or http2 (without TLS, with prior knowledge)
  --rate N              open loop: N requests a second, however slowly they are answered
  --arrivals KIND       uniform (default) or poisson
  --pacing KIND         timer (default, cheap) or spin (exact, takes a core)
  --connections N       default 16; without --rate a closed loop over them
  --streams N           default 1; with http2, requests on each connection at a time
  --no-keep-alive       a connection for each request
  --duration SECONDS    default 10; 0: until SIGTERM
  --requests N          ends after N requests, if that comes first
  --warm-up SECONDS     default 0; not counted
  --timeout SECONDS     default 10, for each request
  --mix NAME            single (default), paths, untraced (paths without a traceparent), sizes
                        (bodies of up to 130 kB), bookshop, gzip (asks for compressed answers)
                        or grpc (unary calls, needs http2)
  --path PATH           for all but bookshop, default /
  --body-bytes N        POST with a body of N bytes; with grpc, messages of N bytes
  --progress            a line a second on standard error
  --json                the result as one line of JSON

Example: node dist/bench/load/main.js --target http://127.0.0.1:9080 --rate 500 --duration 5
`;

const OPTIONS = {
  target: { type: "string" },
  "target-env": { type: "string" },
  protocol: { type: "string", default: "http1" },
  rate: { type: "string" },
  arrivals: { type: "string", default: "uniform" },
  pacing: { type: "string", default: "timer" },
  connections: { type: "string", default: "16" },
  streams: { type: "string", default: "1" },
  "no-keep-alive": { type: "boolean", default: false },
  duration: { type: "string", default: "10" },
  requests: { type: "string" },
  "warm-up": { type: "string", default: "0" },
  timeout: { type: "string", default: "10" },
  mix: { type: "string", default: "single" },
  path: { type: "string", default: "/" },
  "body-bytes": { type: "string", default: "0" },
  progress: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

type Values = ReturnType<typeof readArguments>;

function readArguments(args: string[]) {
  return parseArgs({ args, options: OPTIONS }).values;
}

function optionsOf(values: Values): LoadOptions {
  const duration = numberOf("duration", values.duration);
  return {
    ...LOAD_DEFAULTS,
    target: addressOf(values),
    ...requestsOf(values),
    loop: loopOf(values),
    connections: numberOf("connections", values.connections),
    streams: numberOf("streams", values.streams),
    keepsAlive: !values["no-keep-alive"],
    warmUpMs: numberOf("warm-up", values["warm-up"]) * 1000,
    durationMs: duration === 0 ? Number.POSITIVE_INFINITY : duration * 1000,
    requestTimeoutMs: numberOf("timeout", values.timeout) * 1000,
    ...(values.requests ? { requestsMax: numberOf("requests", values.requests) } : {}),
  };
}

function requestsOf(values: Values): Pick<LoadOptions, "shapes" | "protocol"> {
  const mix: MixName = oneOf("mix", values.mix, MIX_NAMES);
  const protocol: LoadProtocolName = oneOf("protocol", values.protocol, ["http1", "http2"]);
  if (mix === "grpc" && protocol !== "http2") {
    throw new TypeError("Cannot send --mix grpc over HTTP/1: add --protocol http2");
  }
  const bodyBytes = numberOf("body-bytes", values["body-bytes"]);
  return { protocol, shapes: mixOf(mix, values.path, bodyBytes) };
}

function addressOf(values: Values): string {
  const name = values["target-env"];
  const target = values.target ?? (name === undefined ? undefined : process.env[name]);
  if (target !== undefined && URL.canParse(target)) return target;
  const found = target === undefined ? "nothing" : `"${target}"`;
  throw new TypeError(
    `Cannot tell what to load: found ${found}, --target http://... would be right`,
  );
}

function loopOf(values: Values): LoadLoop {
  if (values.rate === undefined) return { kind: "closed" };
  return {
    kind: "open",
    ratePerSecond: numberOf("rate", values.rate),
    arrivals: oneOf("arrivals", values.arrivals, ["uniform", "poisson"]),
    pacing: oneOf("pacing", values.pacing, ["timer", "spin"]),
  };
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new TypeError(`Cannot read --${name} "${text}": a number, 0 or more, would be right`);
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new TypeError(`Cannot read --${name} "${text}": ${choices.join(", ")} would be right`);
}

function print(result: LoadResult, isJson: boolean): void {
  process.stdout.write(isJson ? `${JSON.stringify(result)}\n` : summarize(result));
}

async function main(): Promise<void> {
  const values = readArguments(process.argv.slice(2));
  if (values.help) return void process.stdout.write(USAGE);
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  process.once("SIGINT", () => stop.abort());
  const result = await runLoad(optionsOf(values), {
    signal: stop.signal,
    ...(values.progress ? { onProgress: (progress) => tell(JSON.stringify(progress)) } : {}),
  });
  print(result, values.json);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

main().catch((error: unknown) => {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
