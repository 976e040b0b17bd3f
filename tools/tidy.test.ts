// The house style, as far as a machine can hold it. Run by tools/test.ts.
//
// It reads text, not syntax: imports stand at the top of a file and a formatter fixes the
// indentation, so a few regular expressions see all that a parser would.

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

const DIALECTS = ["kubernetes", "gateway-api", "istio", "linkerd", "smi", "cilium", "weft"].map(
  (name) => `dialects/${name}`,
);
const CONTROL = [
  "sources",
  "schemas",
  "discovery",
  "authority",
  "distribution",
  "reports",
  "admin",
].map((name) => `control/${name}`);
const RUNTIME = ["balancing", "resilience", "telemetry"].map((name) => `proxy/${name}`);
const PROTOCOLS = ["proxy/transport", "proxy/exchange", "proxy/tls", "proxy/http1", "proxy/http2"];

// What each layer may import besides itself. The longest matching prefix is a file's layer, so
// `proxy/http1` is a layer of its own and cannot see `proxy/http2`.
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  identity: ["base"],
  kubernetes: ["base"],
  ir: ["base"],
  ...Object.fromEntries(DIALECTS.map((dialect) => [dialect, ["ir", "base"]])),
  snapshot: ["base"],
  compile: ["ir", "snapshot", "base"],
  decision: ["snapshot", "base"],
  insight: [
    ...DIALECTS,
    "control/discovery",
    "compile",
    "decision",
    "snapshot",
    "api",
    "ir",
    "base",
  ],
  api: ["ir", "base"],
  "control/sources": ["control/kubernetes/injection", ...["kubernetes", "snapshot", "ir", "base"]],
  "control/schemas": ["ir", "base"],
  "control/discovery": [...DIALECTS, "control/schemas", "ir", "base"],
  "control/authority": ["identity", "base"],
  "control/distribution": ["compile", "snapshot", "identity", "ir", "base"],
  "control/reports": ["api", "snapshot", "ir", "base"],
  "control/admin": ["insight", "control/reports", "api", "ir", "base"],
  "control/plane": [
    ...CONTROL,
    "control/kubernetes",
    "control/kubernetes/injection",
    "kubernetes",
    "insight",
    "compile",
    "snapshot",
    "identity",
    "api",
    "ir",
    "base",
  ],
  "control/kubernetes/injection": ["snapshot", "ir", "base"],
  "control/kubernetes": [
    "control/kubernetes/injection",
    "kubernetes",
    "insight",
    "identity",
    "snapshot",
    "api",
    "ir",
    "base",
  ],
  "proxy/transport": ["base"],
  "proxy/exchange": ["base"],
  "proxy/interception": ["snapshot", "proxy/detection", "proxy/transport", "base"],
  "proxy/tls": ["identity", "proxy/transport", "base"],
  "proxy/http1": ["proxy/exchange", "proxy/transport", "base"],
  "proxy/http2": ["proxy/exchange", "proxy/transport", "base"],
  "proxy/tunnel": ["proxy/exchange", "proxy/transport", "base"],
  "proxy/detection": ["proxy/exchange", "proxy/transport", "base"],
  "proxy/overload": ["base"],
  ...Object.fromEntries(RUNTIME.map((layer) => [layer, ["snapshot", "proxy/exchange", "base"]])),
  "proxy/feed": [
    "snapshot",
    "identity",
    "proxy/http2",
    "proxy/exchange",
    "proxy/tls",
    "proxy/transport",
    "base",
  ],
  "proxy/pipeline": [
    "identity",
    ...PROTOCOLS,
    ...RUNTIME,
    "proxy/tunnel",
    "proxy/detection",
    "proxy/overload",
    "proxy/interception",
    "proxy/feed",
    "decision",
    "snapshot",
    "base",
  ],
  install: ["control/schemas", "control/kubernetes/injection", "ir", "base"],
  cli: [
    "install",
    "insight",
    "api",
    "control/sources",
    "control/kubernetes/injection",
    "kubernetes",
    "ir",
    "base",
  ],
  local: ["*"],
  bench: ["*"],
  main: ["*"],
};

const COLUMNS_MAX = 100;
const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;

// Files that may be longer, each with its reason.
const LONG_FILES: Readonly<Record<string, string>> = {
  "src/proxy/http2/huffman-table.ts": "RFC 7541, Appendix B, is one table",
};

// Where the world's own clock and dice come in.
const MAY_USE_BANNED: Readonly<Record<string, string>> = {
  "src/base/clock.ts": "is the clock",
  "src/base/random.ts": "is the random source",
};

// Packages that a proxy may load. An idle sidecar loads none of them.
const DATA_PLANE_PACKAGES: readonly string[] = ["re2js"];

const BANNED: readonly (readonly [RegExp, string])[] = [
  [/from "\.\.\//, "cross a layer with #layer/file.ts"],
  [/^export .* from "/m, "import a thing from the file that defines it"],
  [/\bTODO\b(?!\(#\d+\))/, "open an issue and write TODO(#123)"],
  [/\bconsole\./, "use #base/log.ts"],
  [/\bDate\.now\(|\bMath\.random\(/, "take a Clock or a random source as an argument"],
];

const BANNED_WHEN_HOT: readonly (readonly [RegExp, string])[] = [
  [/\b(async|await)\b|new Promise\b/, "call back"],
  [/new Map\b/, "use a flat array, or look it up when compiling"],
  [/\bset(Timeout|Interval)\(/, "use the shared ticks"],
  [/\bJSON\./, "encode when compiling"],
];

type Source = { readonly path: string; readonly lines: readonly string[]; readonly text: string };

const sources: readonly Source[] = globSync("src/**/*.ts")
  .sort()
  .map((path) => {
    const text = readFileSync(path, "utf8");
    return { path, text, lines: text.trimEnd().split("\n") };
  });
const shipped = sources.filter(({ path }) => !/\.(test|fuzz|bench)\.ts$/.test(path));

test("a file imports only from the layers below its own", () => {
  complain(sources, (source) =>
    importsOf(source)
      .filter((target) => !isAllowed(layerOf(source.path), layerOf(target)))
      .map((target) => `${layerOf(source.path)} may not import ${layerOf(target)} (${target})`),
  );
});

test("a file fits on a few screens, a function on one, a line beside another", () => {
  complain(sources, ({ path, lines }) => [
    ...(lines.length > FILE_LINES_MAX && !(path in LONG_FILES) ? [`${lines.length} lines`] : []),
    ...lines.flatMap((line, i) => (line.length > COLUMNS_MAX ? [`line ${i + 1} is too long`] : [])),
    ...lines.flatMap((_, i) =>
      functionLines(lines, i) > FUNCTION_LINES_MAX
        ? [`the function at line ${i + 1} is too long`]
        : [],
    ),
  ]);
});

test("nothing banned is used", () => {
  complain(
    shipped.filter(({ path }) => !(path in MAY_USE_BANNED)),
    ({ text }) => bansIn(text, BANNED),
  );
});

test("the data plane loads nothing but Node and our code", () => {
  complain(
    shipped.filter(({ path }) => /^src\/(proxy|decision|base|snapshot|identity)\//.test(path)),
    ({ text }) => packagesIn(text).filter((name) => !DATA_PLANE_PACKAGES.includes(name)),
  );
});

test("a file marked hot makes no promise, map or timer", () => {
  complain(
    shipped.filter(({ text }) => text.startsWith("// Hot path.")),
    ({ text }) => bansIn(text, BANNED_WHEN_HOT),
  );
});

function complain(among: readonly Source[], about: (source: Source) => readonly string[]): void {
  const complaints = among.flatMap((source) =>
    about(source).map((complaint) => `${source.path}: ${complaint}`),
  );
  assert.deepEqual(complaints, []);
}

function layerOf(path: string): string {
  const names = Object.keys(LAYERS).filter((name) => path.startsWith(`src/${name}/`));
  const [longest] = names.sort((a, b) => b.length - a.length);
  assert.ok(longest, `${path} lies in no layer: add its folder to LAYERS`);
  return longest;
}

function isAllowed(from: string, to: string): boolean {
  const below = LAYERS[from] ?? [];
  return from === to || below.includes(to) || below.includes("*");
}

function importsOf({ path, text }: Source): string[] {
  const specifiers = text.matchAll(/^(?:import|export) (?:[^"]* from )?"([#.][^"]+)"/gm);
  return [...specifiers].map(([, to = ""]) =>
    to.startsWith("#") ? `src/${to.slice(1)}` : normalize(join(dirname(path), to)),
  );
}

// Length of the function or method whose head stands at `start`, or 0 where none does.
function functionLines(lines: readonly string[], start: number): number {
  const head = /^( *)(?:(?:export )?(?:async )?function|(?:static |async |get |set )*#?\w+\()/.exec(
    lines[start] ?? "",
  );
  if (!head || /^ *(?:if|for|while|switch|catch|return)\b/.test(lines[start]!)) return 0;
  const end = lines.findIndex((line, i) => i > start && line.startsWith(`${head[1]}}`));
  // A call is a statement, and no function's head.
  const body = lines.findIndex((line, i) => i >= start && /[{;]$/.test(line));
  if (lines[body]?.endsWith(";")) return 0;
  return end < 0 || body < 0 || body > end ? 0 : end - start + 1;
}

// Bare specifiers that are not Node's own.
function packagesIn(text: string): string[] {
  const specifiers = text.matchAll(/(?:from |import\()"([^"#.][^"]*)"/g);
  return [...specifiers].map(([, name = ""]) => name).filter((name) => !name.startsWith("node:"));
}

function bansIn(text: string, bans: readonly (readonly [RegExp, string])[]): string[] {
  return bans.flatMap(([ban, remedy]) => {
    const found = ban.exec(text);
    return found ? [`"${found[0]}" is banned: ${remedy}`] : [];
  });
}
