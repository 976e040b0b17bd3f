// From which versions an upgrade leads to which: to the same minor version or the next, so that
// proxies that are two minor versions old still understand the control plane. Never back over a
// minor version, whose state an older one may not read.

const VERSION = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})/;

// A sentence; undefined where nothing speaks against it.
export function skewRefusal(installed: string, wanted: string): string | undefined {
  const [from, to] = [VERSION.exec(installed), VERSION.exec(wanted)];
  if (!from || !to) return `Cannot tell whether ${installed} may become ${wanted}; --force does it`;
  const steps = Number(to[2]) - Number(from[2]);
  if (from[1] !== to[1]) return `Cannot go from ${installed} to ${wanted}: ${STEPS}`;
  if (steps > 1) return `Cannot go from ${installed} to ${wanted} at once: ${STEPS}`;
  if (steps < 0) return `Cannot go back from ${installed} to ${wanted}: ${STEPS}`;
  return undefined;
}

const STEPS = "one minor version at a time, and forward. --force does it all the same";
