// What a connection of HTTP/2 begins with on our side: preface, settings, and a window for all
// streams together.

import { FRAME, PREFACE, SETTING, WINDOW_BYTES_INITIAL } from "#proxy/http2/frame-types.ts";
import { frameHead, uint32, windowUpdate } from "./frame-text.ts";

// Large answers are limited by whoever sends them, not by us; h2load does the same.
export const OUR_WINDOW_BYTES: number = 2 ** 30;

export const OPENING: string =
  PREFACE +
  frameHead(12, FRAME.settings, 0, 0) +
  `\0${String.fromCharCode(SETTING.enablePush)}${uint32(0)}` +
  `\0${String.fromCharCode(SETTING.initialWindow)}${uint32(OUR_WINDOW_BYTES)}` +
  windowUpdate(0, OUR_WINDOW_BYTES - WINDOW_BYTES_INITIAL);
