// What the API server answered. A failure is a value: whoever asked knows whether to try again.

export type ApiAnswer = {
  readonly status: number; // 0: no answer came
  readonly body: unknown; // JSON where it was that, else text
  readonly reason: string; // what went wrong, in words; "" where nothing did
};

export function isGood({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

// "pods "web" not found (404)", from metav1.Status.
export function reasonOf(status: number, body: unknown): string {
  if (status >= 200 && status < 300) return "";
  const told =
    typeof body === "object" && body !== null && "message" in body ? String(body.message) : "";
  const text = told || (typeof body === "string" ? body.slice(0, 200).trim() : "");
  return text ? `${text} (${status})` : `the API server answered ${status}`;
}
