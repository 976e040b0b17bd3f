// Every row of the budget table, Weft beside HAProxy and Envoy, in one run on one machine.
//
//   npm run bench:proxy -- [--quick] [--rows ROW,...] [--repeats N] [--peer NAME=URL,PID...]
//     [--revision COMMIT] [--out FILE]
//
// A peer that somebody else has started is measured beside the pairs, at a URL http://... or h2c://...
// (HTTP/2 with prior knowledge), with a backend of its own that answers every path.
// Figures hold only inside one run: compare subjects, not two files.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./contenders.ts";
import { freezeBuild } from "./frozen-build.ts";
import { givenPeers } from "./given-peers.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { measureAll } from "./measure-all.ts";
import { makeCertificates } from "./peers/certificates.ts";
import type { Way } from "./peers/peer-setting.ts";
import type { ProxyResult } from "./proxy-result.ts";
import { ROW_NAMES } from "./proxy-rows.ts";
import { writeReport } from "./report/write-report.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { FULL, QUICK } from "./schedule.ts";
import { setUpPeers } from "./set-up-peers.ts";
import type { Subject } from "./subject.ts";

const EXIT_MISSING = 3;
const EXIT_USAGE = 2;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rows: { type: "string", default: ROW_NAMES.join() },
    repeats: { type: "string" },
    peer: { type: "string", multiple: true, default: [] },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
const chosen = values.quick ? QUICK : FULL;
const schedule = { ...chosen, repeats: Number(values.repeats ?? chosen.repeats) };
const rows = values.rows.split(",");
const unknown = rows.filter((row) => !ROW_NAMES.some((name) => name === row));
if (unknown.length > 0) {
  tell(`Cannot measure ${unknown.join(" and ")}: rows are ${ROW_NAMES.join(", ")}`);
  process.exit(EXIT_USAGE);
}
const given = givenPeers(values.peer);
const GIVEN: Readonly<Record<Way, readonly Subject[]>> = {
  ...{ plain: [], pair: given.http1, http2: given.http2 },
};
const peers = setUpPeers();
if (peers === undefined) process.exit(EXIT_MISSING);
const { envoy } = peers;

await withRig(schedule.limitMs, async (rig) => {
  const at = new Date().toISOString();
  const before = loadAverage();
  const bench = prepare(rig);
  const found = await measureAll(bench, {
    rows,
    schedule,
    given: GIVEN,
    revision: values.revision,
  });
  const result: ProxyResult = {
    what: "proxy",
    at,
    command: commandText(),
    machine: machine(),
    versions: { ...versions(values.revision), envoy: envoy.version },
    schedule,
    ...found,
    loadAverage: { before, after: loadAverage() },
  };
  const path = values.out ?? defaultPath(at);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 1)}\n`);
  process.stdout.write(`${path}\n`);
  // A part of it, or a short run, would say less than the page has now.
  if (!values.quick && values.out === undefined && rows.length === ROW_NAMES.length) writeReport();
  for (const reason of result.invalid) tell(`Invalid: ${reason}`);
  if (result.invalid.length > 0) process.exitCode = 1;
});

// Without what says nothing of the measurement: where the file was to go.
function commandText(): string {
  const { rows: some, peer, ...others } = values;
  const asked = { ...others, ...(some === ROW_NAMES.join() ? {} : { rows: some }) };
  const flags = Object.entries(asked)
    .filter(([name, value]) => name !== "out" && value !== false && value !== undefined)
    .map(([name, value]) => (value === true ? `--${name}` : `--${name} ${value}`));
  const all = [...flags, ...peer.map((one) => `--peer ${one}`)];
  return ["npm run bench:proxy", ...(all.length > 0 ? ["--", ...all] : [])].join(" ");
}

function prepare({ children, folder }: Rig): Bench {
  return {
    ...{ children, folder, envoy: envoy.program, note: tell, cores: machine().cores },
    build: freezeBuild(join(folder, "build"), { revision: values.revision }),
    certificates: makeCertificates(join(folder, "certificates")),
  };
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  if (values.quick) return join(import.meta.dirname, "..", ".cache", "proxy-quick.json");
  const name = `proxy-${at.slice(0, 16).replaceAll(":", "")}.json`;
  return join(import.meta.dirname, "results", name);
}
