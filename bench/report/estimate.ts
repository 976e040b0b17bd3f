// A figure of several repeats, and how far it can be trusted: a bootstrap over the repeats, whose
// dice always fall alike, so that a page can be generated again and be the same.

export type Estimate = {
  readonly value: number;
  // 95 % of what other repeats like these would say lies between.
  readonly low: number;
  readonly high: number;
};

const RESAMPLES = 2_000;

export function estimate<T>(
  samples: readonly T[],
  statistic: (samples: readonly T[]) => number,
): Estimate {
  const random = dice();
  const found = Array.from({ length: RESAMPLES }, () =>
    statistic(samples.map(() => samples[Math.floor(random() * samples.length)]!)),
  ).sort((a, b) => a - b);
  return {
    value: statistic(samples),
    low: found[Math.floor(RESAMPLES * 0.025)]!,
    high: found[Math.ceil(RESAMPLES * 0.975) - 1]!,
  };
}

// A linear congruential generator with the constants of Numerical Recipes.
function dice(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
