// The mixes of requests that the command line knows by name.

import type { RequestShape } from "./request-source.ts";

export const MIX_NAMES = ["single", "paths", "bookshop"] as const;
export type MixName = (typeof MIX_NAMES)[number];

export function mixOf(name: MixName, path: string): readonly RequestShape[] {
  return { single, paths, bookshop }[name](path);
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

function get(path: string, headers: RequestShape["headers"], weight: number): RequestShape {
  return { method: "GET", path, headers, body: "", weight };
}

function single(path: string): readonly RequestShape[] {
  return [get(path, [["user-agent", "weft-load"]], 1)];
}

// A thousand paths, and a request id, a trace and a cookie of its own for each request.
function paths(path: string): readonly RequestShape[] {
  return [get(`${path.replace(/\/+$/, "")}/item/{1..1000}`, UNIQUE, 1)];
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
