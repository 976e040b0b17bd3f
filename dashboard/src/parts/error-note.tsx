// What went wrong, and what to do.

import type { ApiError } from "#api/api-error.ts";

export function ErrorNote({ error }: { readonly error: ApiError }) {
  return (
    <p class="error-note" role="alert">
      <strong>{error.message}</strong>
      {error.remedy !== null && <span> {error.remedy}</span>}
    </p>
  );
}
