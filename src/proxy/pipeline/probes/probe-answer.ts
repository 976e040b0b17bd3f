// What the kubelet is told about an application: it looks at the status alone, people also read the
// text.

export type ProbeAnswer = { readonly status: number; readonly text: string };

export const ASKED_TOO_OFTEN: ProbeAnswer = {
  status: 503,
  text: "Too many probes are under way",
};

export function unreachable(detail: string): ProbeAnswer {
  return { status: 503, text: `Cannot reach the application: ${detail}` };
}

export function silent(timeoutMs: number): ProbeAnswer {
  return { status: 504, text: `The application did not answer within ${timeoutMs} ms` };
}

// As the kubelet judges: everything from 200 to 399 is well. A redirect is not followed, and would
// be by the kubelet, which it therefore must not see.
export function answered(status: number): ProbeAnswer {
  const isWell = status >= 200 && status < 400;
  const told = isWell ? 200 : status >= 400 && status < 600 ? status : 502;
  return { status: told, text: `The application answered ${status}` };
}
