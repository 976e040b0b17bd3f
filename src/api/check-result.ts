// Health, grouped: `weft check`.

export type CheckResult = { readonly categories: readonly CheckCategory[] };

export type CheckCategory = {
  readonly name: string; // "mesh-existence", "control-plane", "identity", "data-plane", "documents"
  readonly checks: readonly Check[];
};

export type Check = {
  readonly name: string; // "every workload has a proxy"
  readonly state: "pass" | "warning" | "failure";
  readonly detail: string; // what was found, "" where the name says all
  readonly hint: string | null; // what to do
};
