// Shares of several backends as whole percents that make a hundred.

const WHOLE = 100;

export function sharesOf(weights: readonly number[]): readonly number[] {
  return divide(WHOLE, weights);
}

// One takes a new share; the others keep their proportions in what is left.
export function moveShare(shares: readonly number[], at: number, share: number): readonly number[] {
  const others = shares.filter((_, i) => i !== at);
  const hasAny = others.some((each) => each > 0);
  const rest = divide(WHOLE - share, hasAny ? others : others.map(() => 1));
  return shares.map((_, i) => (i === at ? share : rest[i < at ? i : i - 1]!));
}

// In whole numbers; what rounding loses goes to those that lost most.
function divide(whole: number, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return weights.map(() => 0);
  const exact = weights.map((weight) => (weight / total) * whole);
  const shares = exact.map(Math.floor);
  const lost = whole - shares.reduce((sum, share) => sum + share, 0);
  const byLoss = exact
    .map((share, i) => ({ i, loss: share - Math.floor(share) }))
    .sort((a, b) => b.loss - a.loss);
  for (const { i } of byLoss.slice(0, lost)) shares[i]!++;
  return shares;
}
