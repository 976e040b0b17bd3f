// Headers that open doors: their values stand in no log and no span.

export const SECRET_HEADERS: readonly string[] = [
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
];
