// What happens in a mesh, as a script: it yields what it waits for.

import type { VirtualMesh } from "./virtual-mesh.ts";

export type Script = Generator<() => boolean, void>;
export type Scenario = {
  readonly name: string;
  // Who asks is no sidecar but a gateway.
  readonly isAtGateway?: boolean;
  readonly play: (mesh: VirtualMesh) => Script;
};
