// 256 bits that nobody can guess, fit for a header, a cookie and a URL.

import { randomBytes } from "node:crypto";

export type NewSecret = () => string;

export const newSecret: NewSecret = () => randomBytes(32).toString("base64url");
