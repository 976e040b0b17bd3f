// What Weft's own processes get of the environment: little. A proxy setting or a preloaded module
// of the user's shell is meant for other programs.

const INHERITED = ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE"];

export function runtimeEnvironment(
  inherited: ReadonlyMap<string, string>,
  cacheFolder: string,
): ReadonlyMap<string, string> {
  const kept = [...inherited].filter(([name]) => INHERITED.includes(name));
  return new Map([...kept, ["NODE_COMPILE_CACHE", cacheFolder]]);
}
