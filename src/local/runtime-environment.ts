// What Weft's own processes get of the environment: little. A proxy setting or a preloaded module
// of the user's shell is meant for other programs.

const INHERITED = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE"];

// One arena instead of one for each of V8's threads, and what is free at its end goes back to the
// system (a threshold that is set doesn't grow by itself): 1 MB less idle, 6 less when busy. What
// is larger than the 16 KiB of a record of TLS gets a mapping of its own: mostly the compiler's
// memory, which would else stay scattered in the heap, 1 MB more.
const ALLOCATOR: readonly (readonly [string, string])[] = [
  ["MALLOC_ARENA_MAX", "1"],
  ["MALLOC_TRIM_THRESHOLD_", "131072"],
  ["MALLOC_MMAP_THRESHOLD_", "24576"],
];

export function runtimeEnvironment(
  inherited: ReadonlyMap<string, string>,
  cacheFolder: string,
): ReadonlyMap<string, string> {
  const kept = [...inherited].filter(([name]) => INHERITED.includes(name));
  return new Map([...kept, ...ALLOCATOR, ["NODE_COMPILE_CACHE", cacheFolder]]);
}
