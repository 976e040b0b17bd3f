// What a mesh keeps on this machine: `.weft/` beside the user's work, for nobody else to read.
//
//   .weft/mesh.json          who runs it and where it is reached: how other commands find it
//         processes.json     what it started: how the next `weft up` finds leftovers
//         admin-token        written by the control plane
//         control/           the control plane's own
//         proxies/NS.NAME/   a sidecar's key, certificate and last plans
//         logs/              what each process printed
//         cache/             compiled code

import { join } from "node:path";
import { type MeshFile as FoundMesh, MESH_FILES } from "#api/mesh-file.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { RecordedProcess } from "./is-running.ts";

export type MeshFile = FoundMesh &
  RecordedProcess & {
    readonly version: string;
    readonly isReady: boolean; // every workload was, once
  };

export type ProcessRecord = RecordedProcess & {
  readonly name: string; // for people
};

const PROCESSES_FILE = "processes.json";

// Numbers and starts of processes mean nothing after the next boot.
export type ProcessesFile = {
  readonly boot: string;
  readonly processes: readonly ProcessRecord[];
};

export class StateFolder {
  readonly path: string;
  readonly #files: FileSystem;

  constructor(files: FileSystem, parent: string) {
    this.#files = files;
    this.path = join(parent, MESH_FILES.folder);
  }

  make(): void {
    for (const name of ["", "control", "proxies", "logs", "cache"]) {
      this.#files.makeFolder(join(this.path, name), 0o700);
    }
  }

  get cache(): string {
    return join(this.path, "cache");
  }

  logPath(name: string): string {
    return join(this.path, "logs", `${fileName(name)}.log`);
  }

  makeProxyFolder(name: string): string {
    const path = join(this.path, "proxies", fileName(name));
    this.#files.makeFolder(path, 0o700);
    return path;
  }

  removeProxyFolder(name: string): void {
    this.#files.remove(join(this.path, "proxies", fileName(name)));
  }

  readMesh(): MeshFile | undefined {
    const value = this.#readJson(MESH_FILES.mesh);
    if (!isRecord(value)) return undefined;
    const { pid, startTime, adminUrl, version, isReady } = value;
    if (typeof pid !== "number" || typeof startTime !== "string") return undefined;
    return {
      pid,
      startTime,
      adminUrl: String(adminUrl ?? ""),
      version: String(version ?? ""),
      isReady: isReady === true,
    };
  }

  writeMesh(mesh: MeshFile): void {
    this.#writeJson(MESH_FILES.mesh, mesh);
  }

  removeMesh(): void {
    this.#files.remove(join(this.path, MESH_FILES.mesh));
  }

  readProcesses(): ProcessesFile | undefined {
    const value = this.#readJson(PROCESSES_FILE);
    if (!isRecord(value) || !Array.isArray(value["processes"])) return undefined;
    return {
      boot: String(value["boot"] ?? ""),
      processes: value["processes"].filter(isProcessRecord),
    };
  }

  writeProcesses(processes: ProcessesFile): void {
    this.#writeJson(PROCESSES_FILE, processes);
  }

  readAdminToken(): string | undefined {
    return this.#files.read(join(this.path, MESH_FILES.writeToken))?.trim();
  }

  #readJson(name: string): unknown {
    const text = this.#files.read(join(this.path, name));
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      // Torn or edited by hand: as good as none.
      return undefined;
    }
  }

  #writeJson(name: string, value: unknown): void {
    this.#files.write(join(this.path, name), `${JSON.stringify(value, undefined, 2)}\n`, 0o600);
  }
}

// Names come from documents: none may leave its folder.
function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "_");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isProcessRecord(value: unknown): value is ProcessRecord {
  return (
    isRecord(value) &&
    typeof value["pid"] === "number" &&
    typeof value["startTime"] === "string" &&
    typeof value["name"] === "string"
  );
}
