// Asks for /metrics as Prometheus does.

export const OPEN_METRICS = {
  headers: { accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5" },
} as const;
