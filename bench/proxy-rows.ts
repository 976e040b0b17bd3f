// What `npm run bench:proxy` measures: rows of the budget table, in groups that share their
// processes.

import { closedLoop, type LoadShape } from "./load-shapes.ts";
import type { Way } from "./peers/peer-setting.ts";

export const ROW_NAMES = [
  ...["plain", "pair-64", "pair-8", "http2", "no-keep-alive", "latency", "bodies"],
  ...["memory", "idle-connections", "idle-cpu", "start"],
] as const;

export type RowName = string;

export type GroupLoad = {
  readonly row: RowName;
  readonly shape: LoadShape;
  // An open loop at half of what Envoy's pair can do.
  readonly isPaced: boolean;
  readonly on: readonly ContenderName[];
  // Where it runs other code than the loads before it.
  readonly warmUp?: LoadShape;
};

export type ContenderName = "weft" | "haproxy" | "envoy" | "envoy-http2" | "direct";

export type Group = {
  readonly way: Way;
  readonly contenders: readonly ContenderName[]; // without "direct"
  // What Weft compiles its code with: peers need little of it.
  readonly warmUp: readonly LoadShape[];
  readonly loads: readonly GroupLoad[];
};

const PAIRS = ["weft", "haproxy", "envoy", "envoy-http2"] as const;
const THREE = ["weft", "haproxy", "envoy"] as const;

const PLAIN: Group = {
  way: "plain",
  contenders: THREE,
  warmUp: [closedLoop("warm-up", 64)],
  loads: [plain(64), plain(8)],
};

const PAIR: Group = {
  way: "pair",
  contenders: PAIRS,
  warmUp: [closedLoop("warm-up", 64)],
  loads: [
    closed("pair-64", "pair-64", 64, PAIRS),
    closed("pair-8", "pair-8", 8, PAIRS),
    { ...noKeepAlive(32), warmUp: { ...closedLoop("warm-up", 64), keepsAlive: false } },
    ...[64, 128].map((connections) => noKeepAlive(connections)),
    { ...closed("latency", "latency", 64, [...THREE, "direct"]), isPaced: true },
    large(8),
  ],
};

const HTTP2: Group = {
  way: "http2",
  contenders: THREE,
  warmUp: [http2("warm-up")],
  loads: [{ row: "http2", shape: http2("http2-4x16"), isPaced: false, on: THREE }],
};

export const GROUPS: readonly Group[] = [PLAIN, PAIR, HTTP2];

// The groups with only those rows.
export function groupsWith(rows: readonly RowName[]): readonly Group[] {
  const wanted = new Set(rows.includes("memory") ? [...rows, "pair-64"] : rows);
  return GROUPS.map((group) => ({
    ...group,
    loads: group.loads.filter(({ row }) => wanted.has(row)),
  })).filter(({ loads }) => loads.length > 0);
}

function closed(
  row: RowName,
  name: string,
  connections: number,
  on: readonly ContenderName[],
): GroupLoad {
  return { row, shape: closedLoop(name, connections), isPaced: false, on };
}

// One process of the load can ask for less than one proxy without TLS can answer.
function plain(connections: number): GroupLoad {
  const load = closed("plain", `plain-${connections}`, connections, THREE);
  return { ...load, shape: { ...load.shape, processes: 2 } };
}

function noKeepAlive(connections: number): GroupLoad {
  const load = closed("no-keep-alive", `no-keep-alive-${connections}`, connections, THREE);
  return { ...load, shape: { ...load.shape, keepsAlive: false } };
}

function large(connections: number): GroupLoad {
  const load = closed("bodies", "bodies-1MiB", connections, THREE);
  return { ...load, shape: { ...load.shape, body: "large" } };
}

function http2(name: string): LoadShape {
  return { ...closedLoop(name, 4), http: 2, streams: 16 };
}
