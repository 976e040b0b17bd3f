// Which shape comes when: each as often as its weight says, spread as evenly as whole numbers
// allow, so that a short run has the right mix too.

const WEIGHTS_MAX = 10_000;

export function cycleOf<T extends { readonly weight: number }>(shapes: readonly T[]): readonly T[] {
  const weights = shapes.map(({ weight }) => weight);
  if (!weights.every((weight) => Number.isInteger(weight) && weight > 0)) {
    throw new RangeError("Cannot mix requests: every weight must be a whole number above 0");
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum < 1 || sum > WEIGHTS_MAX) {
    throw new RangeError(`Cannot mix requests: weights add up to ${sum}, not 1 to ${WEIGHTS_MAX}`);
  }
  const credit = weights.map(() => 0);
  return Array.from({ length: sum }, () => {
    let best = 0;
    for (let i = 0; i < weights.length; i++) {
      credit[i] = credit[i]! + weights[i]!;
      if (credit[i]! > credit[best]!) best = i;
    }
    credit[best] = credit[best]! - sum;
    return shapes[best]!;
  });
}
