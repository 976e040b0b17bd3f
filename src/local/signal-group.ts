// Signals a process group; false where nothing is left of it. The number of a group isn't used
// again while any process belongs to it. Signal 0 only asks.

export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}
