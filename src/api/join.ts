// How `weft run` joins one process to a running mesh, and takes it out again.

export type JoinRequest = {
  readonly namespace: string;
  readonly name: string;
  // Only one that a document declares as joinable.
  readonly serviceAccount: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly ports: readonly JoinPort[];
  readonly dependencies: readonly JoinDependency[];
  // Its own, where it has any: others reach it there through the mesh.
  readonly addresses?: readonly string[];
};

export type JoinPort = {
  readonly name: string;
  readonly port: number;
  readonly protocol: "http" | "tcp";
};

export type JoinDependency = {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly protocol: "http" | "tcp";
};

export type JoinAnswer = {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string; // that the proxy will get
  readonly token: string; // single use, 10 minutes
  readonly trust: readonly string[]; // PEM of the roots
  readonly controlIdentity: string; // what the control plane's certificate must say
  readonly control: { readonly address: string; readonly port: number }; // where proxies connect
  readonly version: string;
};

export type LeaveRequest = { readonly namespace: string; readonly name: string };

export type LeaveAnswer = { readonly hasLeft: boolean };
