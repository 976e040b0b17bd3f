// 128 random bits, hexadecimal. The byte before them keeps the number positive and of one length.

import { randomBytes } from "node:crypto";

export function serialNumber(): string {
  return `01${randomBytes(16).toString("hex")}`;
}
