// Hot path.
//
// The place of one connection of HTTP/2 among those of a load. It dials when a request needs it,
// and again when the connection has ended or takes no more requests.

import type { Http2Lane } from "./http2-lane.ts";
import { Http2Link, type LinkSetting } from "./http2-link.ts";

// A target that moves a request on and on doesn't answer it.
const MOVES_MAX = 3;

export class Http2Slot {
  readonly #setting: LinkSetting;
  readonly #keepsAlive: boolean;
  #link: Http2Link | undefined;

  constructor(setting: LinkSetting, keepsAlive: boolean) {
    this.#setting = setting;
    this.#keepsAlive = keepsAlive;
  }

  dial(): void {
    this.#link ??= new Http2Link(this.#setting, this);
  }

  submit(lane: Http2Lane): void {
    this.dial();
    this.#link!.submit(lane);
  }

  // An answer is whole.
  answered(): void {
    if (!this.#keepsAlive) this.close();
  }

  // It takes no more requests, and ends when those that it has are answered.
  retire(link: Http2Link): void {
    if (this.#link === link) this.#link = undefined;
  }

  // The other side promises that it hasn't looked at this request, and won't.
  moved(lane: Http2Lane): void {
    if (++lane.movedTimes > MOVES_MAX) lane.fail("reset");
    else this.submit(lane);
  }

  close(): void {
    const link = this.#link;
    this.#link = undefined;
    link?.close();
  }
}
