// Is this port free? Asked by taking it and giving it back.

import { bindListener } from "./listener.ts";

export type CanBind = (address: string, port: number) => boolean;

export const canBind: CanBind = (address, port) => {
  const result = bindListener(address, port);
  if (result.kind === "failed") return false;
  result.listener.close();
  return true;
};
