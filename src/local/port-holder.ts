// Who listens on a port, if /proc tells: "pid 4711 (node)". For error messages.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTENING = "0A";

export function portHolder(port: number): string | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((t) => inodesIn(t, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      const link = attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      const inode = /^socket:\[(\d+)\]$/.exec(link ?? "")?.[1];
      if (inode && inodes.has(inode)) return `pid ${pid} (${nameOf(pid)})`;
    }
  }
  return undefined;
}

//   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
function inodesIn(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = attempt(() => readFileSync(table, "latin1"))?.split("\n") ?? [];
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(wanted) && fields[3] === LISTENING)
    .map((fields) => fields[9] ?? "");
}

function nameOf(pid: string): string {
  return attempt(() => readFileSync(`/proc/${pid}/comm`, "utf8"))?.trim() ?? "unknown";
}

function list(path: string): string[] {
  return attempt(() => readdirSync(path)) ?? [];
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // Another user's, or gone meanwhile.
    return undefined;
  }
}
