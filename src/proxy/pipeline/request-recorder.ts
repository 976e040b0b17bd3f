// Hot path.
//
// Which of the requests that ended are told with the next report, so that people can ask for them
// by id: the first few that went well, and the first few of those that failed or were tried again.
// The places are made once and used again; a request beyond them costs a comparison.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { RecordedRequest } from "#snapshot/recorded-request.ts";
import { recordedRequest } from "./recorded-request.ts";
import { RequestNote } from "./request-note.ts";

export type ToldRequests = {
  readonly requests: readonly RecordedRequest[];
  readonly untold: number;
};

class Places {
  readonly notes: RequestNote[] = [];
  used = 0;

  next(): RequestNote | undefined {
    if (this.used === LIMITS.requestsToldMax) return undefined;
    if (this.used === this.notes.length) this.notes.push(new RequestNote());
    return this.notes[this.used++];
  }
}

export class RequestRecorder {
  readonly #clock: Clock;
  readonly #well = new Places();
  readonly #troubled = new Places();
  #untold = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // Where to note a request; undefined where it isn't told.
  next(wentWell: boolean): RequestNote | undefined {
    const note = (wentWell ? this.#well : this.#troubled).next();
    if (note === undefined) this.#untold++;
    return note;
  }

  // Since the last time.
  take(): ToldRequests {
    const nowMs = this.#clock.nowMs();
    const offsetMs = this.#clock.wallMs() - nowMs;
    const requests: RecordedRequest[] = [];
    let untold = this.#untold;
    for (const places of [this.#troubled, this.#well]) {
      for (let i = 0; i < places.used; i++) {
        const note = places.notes[i]!;
        const told = recordedRequest(note, offsetMs, nowMs);
        if (told === undefined) untold++;
        else requests.push(told);
        note.clear();
      }
      places.used = 0;
    }
    this.#untold = 0;
    return { requests, untold };
  }
}
