// The body of every answer of the admin API that isn't a success.

export type ApiError = {
  readonly code: ApiErrorCode;
  // What was tried, on what, what was found, what would be right.
  readonly message: string;
  readonly remedy: string | null;
};

export type ApiErrorCode = keyof typeof API_ERROR_STATUS;

// The one table of HTTP status codes for them.
export const API_ERROR_STATUS = {
  "request-invalid": 400,
  unauthenticated: 401,
  forbidden: 403,
  "host-forbidden": 403,
  "origin-forbidden": 403,
  "not-found": 404,
  "method-not-allowed": 405,
  conflict: 409,
  "body-too-large": 413,
  "not-json": 415,
  refused: 422,
  failed: 500,
  "too-many-listeners": 503,
  unavailable: 503,
} as const satisfies Record<string, number>;
