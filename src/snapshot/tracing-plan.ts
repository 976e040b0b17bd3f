// Which requests a proxy traces that nobody has decided on yet. Absent in a plan: none, and no
// headers are touched.

export type TracingPlan = TracingSidePlan & {
  // Of requests that the workload is sent; absent: as of those that it makes.
  readonly served?: TracingSidePlan;
};

export type TracingSidePlan = {
  readonly percent: number;
  // Before that, the first whose prefix the path has.
  readonly paths: readonly { readonly prefix: string; readonly percent: number }[];
  // Decided on and passed on as ever, without a span.
  readonly isSilent?: true;
  readonly tags?: readonly SpanTagPlan[];
};

// What a span says besides: a header of the request, or else a value; neither: nothing.
export type SpanTagPlan = {
  readonly name: string;
  readonly header?: string; // in lower case
  readonly value?: string;
};
