// Which requests a proxy traces that nobody has decided on yet. Absent in a plan: none, and no
// headers are touched.

export type TracingPlan = {
  readonly percent: number;
  // Before that, the first whose prefix the path has.
  readonly paths: readonly { readonly prefix: string; readonly percent: number }[];
};
