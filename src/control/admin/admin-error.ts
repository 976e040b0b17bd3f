// What went wrong with a request, for whoever asked. What is our own fault is told without details.

import type { ApiError } from "#api/api-error.ts";

export function errorOf(error: unknown): ApiError {
  const { code = "", message = "", statusCode = 500 } = error as Partial<FrameworkError>;
  switch (code) {
    case "FST_ERR_VALIDATION":
      return invalid(`Cannot take the request: ${message}`);
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return {
        code: "not-json",
        message: "Cannot read the body: its content type is not application/json",
        remedy: null,
      };
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return { code: "body-too-large", message: "Cannot read the body: too large", remedy: null };
    default:
      if (statusCode >= 400 && statusCode < 500) return invalid(`Cannot read it: ${message}`);
      return {
        code: "failed",
        message: "Cannot answer: see the control plane's log",
        remedy: null,
      };
  }
}

type FrameworkError = {
  readonly code: string;
  readonly message: string;
  readonly statusCode: number;
};

function invalid(message: string): ApiError {
  return { code: "request-invalid", message, remedy: null };
}
