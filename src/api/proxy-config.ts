// What a proxy runs on, as the control plane has told it: `weft proxy-config`.

export type ProxyConfig = {
  readonly namespace: string;
  readonly name: string; // as WorkloadRow has it
  readonly pod: string | null;
  readonly version: string;
  readonly revisionTold: number;
  readonly revisionAcknowledged: number;
  readonly identity: string | null;
  readonly certificateExpiresAtMs: number | null;
  // What its application dials; null: nothing answers to it.
  readonly keys: readonly { readonly key: string; readonly plan: string | null }[];
  readonly outbound: readonly HeldPlan[];
  readonly inbound: HeldPlan | null;
};

export type HeldPlan = {
  readonly id: string;
  readonly hash: string;
  readonly plan: object; // as src/snapshot has it
};
