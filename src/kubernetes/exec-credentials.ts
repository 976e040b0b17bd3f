// Credentials from a program that a kubeconfig names (client.authentication.k8s.io/v1, v1beta1):
// it prints an ExecCredential, which holds until it says.

import { execFile } from "node:child_process";
import type { AccessSurroundings, ClusterCredentials } from "./cluster-access.ts";

export type ExecPlugin = {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: readonly (readonly [name: string, value: string])[];
  readonly hint: string; // what to do where the program is missing
  readonly cluster: object | undefined; // told to the program where it wants that
};

type ExecCredential = {
  readonly kind?: string;
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    readonly expirationTimestamp?: string;
  };
};

const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 1024 * 1024;
// Renewed that long before they end.
const MARGIN_MS = 10_000;

export class ExecCredentials {
  readonly #plugin: ExecPlugin;
  readonly #surroundings: AccessSurroundings;
  #running: Promise<ClusterCredentials> | undefined;
  #known: ClusterCredentials | undefined;
  #endsAtMs = Number.POSITIVE_INFINITY;

  constructor(plugin: ExecPlugin, surroundings: AccessSurroundings) {
    this.#plugin = plugin;
    this.#surroundings = surroundings;
  }

  // One run at a time, whoever asks.
  get(wasRefused: boolean): Promise<ClusterCredentials> {
    const isGood = this.#surroundings.clock.wallMs() < this.#endsAtMs - MARGIN_MS;
    if (this.#known && isGood && !wasRefused) return Promise.resolve(this.#known);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<ClusterCredentials> {
    const text = await this.#output();
    const said = parse(text);
    const { token, clientCertificateData, clientKeyData, expirationTimestamp } = said?.status ?? {};
    const hasPair = clientCertificateData !== undefined && clientKeyData !== undefined;
    if (said?.kind !== "ExecCredential" || (token === undefined && !hasPair)) {
      throw new Error(`"${this.#plugin.command}" printed no ExecCredential with a status`);
    }
    const endsAtMs = Date.parse(expirationTimestamp ?? "");
    this.#endsAtMs = Number.isNaN(endsAtMs) ? Number.POSITIVE_INFINITY : endsAtMs;
    this.#known = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(hasPair && { certificate: clientCertificateData, key: clientKeyData }),
    };
    return this.#known;
  }

  #output(): Promise<string> {
    const { apiVersion, command, args, environment, hint, cluster } = this.#plugin;
    const spec = { interactive: false, ...(cluster && { cluster }) };
    const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec });
    const env = {
      ...this.#surroundings.environment,
      ...Object.fromEntries(environment),
      KUBERNETES_EXEC_INFO: info,
    };
    const options = { env, timeout: TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };
    return new Promise((resolve, reject) => {
      execFile(command, [...args], options, (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const why = error.code === "ENOENT" ? `it is not installed. ${hint}` : error.message;
        const said = stderr.trim().slice(0, 400);
        reject(new Error(`Cannot get credentials from "${command}": ${why} ${said}`.trim()));
      });
    });
  }
}

function parse(text: string): ExecCredential | undefined {
  try {
    return JSON.parse(text) as ExecCredential;
  } catch {
    return undefined;
  }
}
