// An image as `docker save` writes it, which `ctr images import` and `docker load` take.

import { createHash } from "node:crypto";
import { tarOfFiles } from "./tar.ts";

export type ImageConfig = {
  readonly names: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  // Where the program starts, if not in /.
  readonly folder?: string;
  // User and group.
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
};

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const EPOCH = "1970-01-01T00:00:00Z";

// Each layer is a tar archive, the lowest first.
export function dockerArchive(layers: readonly Buffer[], image: ImageConfig): Buffer {
  const digests = layers.map(digestOf);
  const config = {
    architecture: ARCHITECTURES[process.arch],
    os: "linux",
    created: EPOCH,
    config: {
      Entrypoint: image.entrypoint,
      ...(image.command === undefined ? {} : { Cmd: image.command }),
      Env: Object.entries(image.environment).map(([name, value]) => `${name}=${value}`),
      User: image.user,
      WorkingDir: image.folder ?? "/",
    },
    rootfs: { type: "layers", diff_ids: digests.map((digest) => `sha256:${digest}`) },
  };
  const files = digests.map((digest, i) => [`${digest}/layer.tar`, layers[i]!] as const);
  const encoded = Buffer.from(JSON.stringify(config));
  const configName = `${digestOf(encoded)}.json`;
  const manifest = [
    { Config: configName, RepoTags: image.names, Layers: files.map(([name]) => name) },
  ];
  return tarOfFiles([
    ["manifest.json", Buffer.from(JSON.stringify(manifest))],
    [configName, encoded],
    ...files,
  ]);
}

function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
