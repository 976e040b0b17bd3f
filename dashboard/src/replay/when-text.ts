// A moment of the past as people of this place write it.

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  ...{ weekday: "short", day: "numeric", month: "short" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
});

export function whenText(atMs: number): string {
  return CLOCK.format(atMs);
}
