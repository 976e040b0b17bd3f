// The mixes of requests that the command line knows by name.

import type { RequestShape } from "./request-shape.ts";

export const MIX_NAMES = [
  "single",
  "paths",
  "untraced",
  "bookshop",
  "grpc",
  "gzip",
  "sizes",
] as const;
export type MixName = (typeof MIX_NAMES)[number];

// `bodyBytes`: of each request's body, or of gRPC's messages; the bookshop has its own.
export function mixOf(name: MixName, path: string, bodyBytes = 0): readonly RequestShape[] {
  return { single, paths, untraced, bookshop, grpc, gzip, sizes }[name](path, bodyBytes);
}

const BROWSER = [
  ["user-agent", "weft-load"],
  ["accept", "text/html"],
] as const;

// What every caller of a service in earnest sends, and what makes each head a new one.
const UNIQUE = [
  ["user-agent", "weft-load"],
  ["accept", "*/*"],
  ["x-request-id", "{id}"],
  ["traceparent", "00-{id}-{span}-01"],
  ["cookie", "session={span}; theme=dark"],
] as const;

const GRPC_PATH = "/weft.load.Echo/Call";
const GRPC_PREFIX_BYTES = 5;

function get(path: string, headers: RequestShape["headers"], weight: number): RequestShape {
  return { method: "GET", path, headers, body: "", weight };
}

function withBody(shape: RequestShape, bodyBytes: number): RequestShape {
  if (bodyBytes === 0) return shape;
  return { ...shape, method: "POST", body: "x".repeat(bodyBytes) };
}

function single(path: string, bodyBytes: number): readonly RequestShape[] {
  return [withBody(get(path, [["user-agent", "weft-load"]], 1), bodyBytes)];
}

// Asks for a compressed answer, which is work for whoever answers.
function gzip(path: string, bodyBytes: number): readonly RequestShape[] {
  return [withBody(get(path, [["accept-encoding", "gzip"]], 1), bodyBytes)];
}

// A thousand paths, and a request id, a trace and a cookie of its own for each request.
function paths(path: string, bodyBytes: number): readonly RequestShape[] {
  return [withBody(get(`${path.replace(/\/+$/, "")}/item/{1..1000}`, UNIQUE, 1), bodyBytes)];
}

// The same from callers that trace nothing, and leave it to the mesh.
function untraced(path: string, bodyBytes: number): readonly RequestShape[] {
  return paths(path, bodyBytes).map((shape) => ({
    ...shape,
    headers: shape.headers.filter(([name]) => name !== "traceparent"),
  }));
}

// Mostly small, and now and then much in either direction: a large answer is what stands under
// /large.
function sizes(path: string): readonly RequestShape[] {
  const prefix = path.replace(/\/+$/, "");
  const some = get(`${prefix}/item/{1..1000}`, UNIQUE, 1);
  return [
    { ...some, weight: 300 },
    { ...withBody(some, 1_000), weight: 60 },
    { ...withBody(some, 16_000), weight: 36 },
    { ...withBody(some, 130_000), weight: 3 },
    get(`${prefix}/large`, UNIQUE, 1),
  ];
}

// Unary calls: one message there, one back, and the status in the trailers.
function grpc(path: string, bodyBytes: number): readonly RequestShape[] {
  const body = Buffer.alloc(GRPC_PREFIX_BYTES + bodyBytes, "x");
  body.writeUInt8(0, 0);
  body.writeUInt32BE(bodyBytes, 1);
  const headers = [
    ["content-type", "application/grpc"],
    ["te", "trailers"],
    ["grpc-accept-encoding", "identity"],
    ["grpc-timeout", "10S"],
    ...UNIQUE,
  ] as const;
  return [{ method: "POST", path: path === "/" ? GRPC_PATH : path, headers, body, weight: 1 }];
}

// Visitors of examples/bookshop: they browse, they search, now and then one buys, and a few are
// testers, who see the catalog's new version.
function bookshop(): readonly RequestShape[] {
  const tester = [...BROWSER, ["end-user", "tester"]] as const;
  return [
    get("/", BROWSER, 5),
    get("/books/{1..200}", BROWSER, 9),
    get("/books/{1..200}", tester, 1),
    get("/?query=the", BROWSER, 2),
    get("/?query=sea", BROWSER, 1),
    get("/?query=island", tester, 1),
    {
      method: "POST",
      path: "/orders",
      headers: [...BROWSER, ["content-type", "application/x-www-form-urlencoded"]],
      body: "bookId={1..200}&quantity={1..3}&country=DE",
      weight: 1,
    },
  ];
}
