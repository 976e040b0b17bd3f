// Who may ask the admin API what. Everything is refused that doesn't pass all of it, in this order:
//
// 1. Host names us: else a page of another site, whose name was made to resolve to this machine,
//    could ask in the browser's name (DNS rebinding).
// 2. Origin and Sec-Fetch-Site, where a browser sends them, name us: no other site may ask at all.
//    With a cookie, what changes something must have an Origin.
// 3. A token or a session, on loopback too: every process of every user reaches loopback.
// 4. The role that the route wants.

import type { IncomingHttpHeaders } from "node:http";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type { ApiError, ApiErrorCode } from "#api/api-error.ts";
import type { Role, Session } from "#api/session.ts";
import type { AdminTokens } from "./admin-tokens.ts";
import type { Sessions } from "./sessions.ts";

export type GateRequest = {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly role: Role; // that the route wants
};

const HOW_TO = "The CLI reads the token in .weft/; `weft dashboard` prints a link for a browser";

export class Gate {
  readonly #tokens: AdminTokens;
  readonly #sessions: Sessions;
  readonly #isForwarded: boolean;
  #hosts: readonly string[] = [];

  // `isForwarded`: on the asker's machine the port may be another one. No name but loopback's own
  // passes all the same, and a page of another port there is still another site.
  constructor(tokens: AdminTokens, sessions: Sessions, isForwarded = false) {
    this.#tokens = tokens;
    this.#sessions = sessions;
    this.#isForwarded = isForwarded;
  }

  // Until then nothing passes.
  listensOn(address: string, port: number): void {
    const bound = address.includes(":") ? `[${address}]` : address;
    const names = new Set(["127.0.0.1", "localhost", bound]);
    this.#hosts = [...names].map((name) => `${name}:${port}`);
  }

  // Whether it comes from where it may come from; anybody's first step, also /login's.
  admitPlace({ method, headers }: Omit<GateRequest, "role">): ApiError | undefined {
    const host = headers.host?.toLowerCase() ?? "";
    if (!this.#isHostOurs(host)) {
      const message = `Cannot answer for host "${host}": must be one of ${this.#hosts.join(", ")}`;
      return refusal("host-forbidden", message, null);
    }
    if (!this.#isOriginOurs(method, headers, host)) {
      const message = "Cannot answer a page of another site: must come from the dashboard's own";
      return refusal("origin-forbidden", message, null);
    }
    return undefined;
  }

  admit({ headers, role, method }: GateRequest): Answer<Session> {
    const has = this.#roleOf(headers);
    if (has === undefined) {
      const message = `Cannot ${method} without a valid token or session`;
      return { kind: "error", error: refusal("unauthenticated", message, HOW_TO) };
    }
    if (role === "write" && has !== "write") {
      const message = `Cannot ${method} with role read: needs role write`;
      return { kind: "error", error: refusal("forbidden", message, "Use the admin-token") };
    }
    return { kind: "ok", value: { role: has } };
  }

  #isHostOurs(host: string): boolean {
    if (this.#hosts.includes(host)) return true;
    const isListening = this.#hosts.length > 0;
    return this.#isForwarded && isListening && /^(?:127\.0\.0\.1|localhost):\d{1,5}$/.test(host);
  }

  #isOriginOurs(method: string, headers: IncomingHttpHeaders, host: string): boolean {
    const { origin } = headers;
    const site = headers["sec-fetch-site"];
    // "none": typed in, or a link from outside any page.
    if (site !== undefined && site !== "same-origin" && !isNavigation(method, headers)) {
      return false;
    }
    if (origin !== undefined) {
      const own = this.#isForwarded ? [host] : this.#hosts;
      return own.some((each) => origin === `http://${each}`);
    }
    // Browsers send it with everything but GET and HEAD.
    const isRead = method === "GET" || method === "HEAD";
    return isRead || headers.authorization !== undefined;
  }

  #roleOf(headers: IncomingHttpHeaders): Role | undefined {
    const { authorization, cookie } = headers;
    if (authorization !== undefined) {
      const [scheme, token] = authorization.split(" ", 2);
      return scheme?.toLowerCase() === "bearer" && token ? this.#tokens.roleOf(token) : undefined;
    }
    return cookie === undefined ? undefined : this.#sessions.roleOf(cookie);
  }
}

// Following a link to a page of ours is fine from anywhere: the page shows nothing to who linked.
function isNavigation(method: string, headers: IncomingHttpHeaders): boolean {
  return method === "GET" && headers["sec-fetch-mode"] === "navigate";
}

export function isApiPath(path: string): boolean {
  return path.startsWith(ADMIN_PATHS.status.slice(0, ADMIN_PATHS.status.lastIndexOf("/") + 1));
}

function refusal(code: ApiErrorCode, message: string, remedy: string | null): ApiError {
  return { code, message, remedy };
}
