// What the peer asked of us: RFC 9113 §6.5.

import { LIMITS, type Limits } from "#base/limits.ts";
import {
  ERROR,
  type ErrorCode,
  SETTING,
  WINDOW_BYTES_INITIAL,
  WINDOW_BYTES_MAX,
} from "./frame-types.ts";

const SETTING_BYTES = 6;
const FRAME_BYTES_MIN = 16_384;
const FRAME_BYTES_MOST = 2 ** 24 - 1;
// Before its SETTINGS came, a peer has promised nothing; RFC 9113 §6.5.2 advises at least this.
const STREAMS_ASSUMED = 100;

export class PeerSettings {
  readonly #mayPush: boolean;
  readonly #limits: Limits;
  #streamsMax = STREAMS_ASSUMED;
  #streamWindow = WINDOW_BYTES_INITIAL;
  #headerTableBytes = 4096;
  #takesTunnels = false;
  #hasCome = false;

  // `mayPush`: whether the peer is one to whom ENABLE_PUSH could mean something.
  constructor(mayPush: boolean, limits: Limits) {
    this.#mayPush = mayPush;
    this.#limits = limits;
  }

  get hasCome(): boolean {
    return this.#hasCome;
  }

  get streamsMax(): number {
    return this.#streamsMax;
  }

  get streamWindow(): number {
    return this.#streamWindow;
  }

  get headerTableBytes(): number {
    return this.#headerTableBytes;
  }

  // Of extended CONNECT.
  get takesTunnels(): boolean {
    return this.#takesTunnels;
  }

  // `bytes` from `from` to `to` is the payload of a SETTINGS frame.
  read(bytes: Buffer, from: number, to: number): ErrorCode {
    if (!this.#hasCome) this.#streamsMax = this.#limits.streamsPerConnectionMax;
    this.#hasCome = true;
    if (to - from > LIMITS.settingsPerFrameMax * SETTING_BYTES) return ERROR.enhanceYourCalm;
    for (let at = from; at < to; at += SETTING_BYTES) {
      const fault = this.#set(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
      if (fault !== ERROR.none) return fault;
    }
    return ERROR.none;
  }

  #set(setting: number, value: number): ErrorCode {
    switch (setting) {
      case SETTING.headerTableSize:
        this.#headerTableBytes = value;
        return ERROR.none;
      case SETTING.enablePush:
        return value > (this.#mayPush ? 1 : 0) ? ERROR.protocol : ERROR.none;
      case SETTING.streamsMax:
        this.#streamsMax = value;
        return ERROR.none;
      case SETTING.initialWindow:
        if (value > WINDOW_BYTES_MAX) return ERROR.flowControl;
        this.#streamWindow = value;
        return ERROR.none;
      case SETTING.frameBytesMax:
        // Ours are never larger than the least that it may ask for.
        return value < FRAME_BYTES_MIN || value > FRAME_BYTES_MOST ? ERROR.protocol : ERROR.none;
      case SETTING.enableConnect:
        // It may not be taken back: RFC 8441 §3.
        if (value > 1 || (value === 0 && this.#takesTunnels)) return ERROR.protocol;
        this.#takesTunnels = value === 1;
        return ERROR.none;
      default:
        return ERROR.none;
    }
  }
}
