// What the supervisor starts. Emitted JavaScript, always: stripping types at run time costs a proxy
// 12 MB.

import { join } from "node:path";
import { PACKAGE_ROOT } from "./package-root.ts";

// What each buys is in docs/reference/performance-notes.md.
const PROXY_FLAGS: readonly string[] = [
  // A small young generation: a sidecar's garbage dies at once, and sixteen times as much of it
  // would count as memory of a process that exists once for each workload.
  "--max-semi-space-size=2",
  // What outlives it, V8 lets grow to a multiple before it looks there: connections that come and
  // go left 60 MB, and leave 35 with this.
  "--heap-growing-percent=20",
  // V8's middle compiler works in 9 to 18 MB, which the allocator then keeps; the one above it in
  // 3 MB. Without it a busy sidecar has 30 MB instead of 43, and its requests cost no more once
  // they are compiled.
  "--no-maglev",
  // One function at a time: a busy sidecar has 2.4 MB less.
  "--concurrent-turbofan-max-threads=1",
  // What is alive at a collection is mostly of requests that are under way. Where they are many, V8
  // takes their objects for long-lived, makes all later ones in the old generation, and collects
  // that several times a second.
  "--no-allocation-site-pretenuring",
];
const CONTROL_FLAGS: readonly string[] = [];

export type Executables = {
  readonly control: readonly string[];
  readonly proxy: readonly string[];
};

export function ownExecutables(): Executables {
  const entry = (name: string) => join(PACKAGE_ROOT, "dist", "main", name);
  return {
    control: [process.execPath, ...CONTROL_FLAGS, entry("control.js")],
    proxy: [process.execPath, ...PROXY_FLAGS, entry("proxy.js")],
  };
}
