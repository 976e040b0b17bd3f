// What an injector has to be told once.

import type { ProxyResources } from "./proxy-options.ts";

export type InjectorSettings = {
  readonly image: string; // "weft.dev/weft:0.1.0"
  readonly imagePullPolicy: string; // "IfNotPresent"
  readonly version: string;
  readonly trustDomain: string;
  readonly control: string; // "weft-control.weft-system.svc:15012"
  readonly resources: ProxyResources;
  readonly logLevel: "debug" | "info" | "warn" | "error";
};
