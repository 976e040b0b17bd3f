// A share of 0 to 1: "100%", "99.98%". Rounded away from the ends: what failed once in a million
// isn't 100%, and what happened once isn't 0%.

export function shareText(share: number | null): string {
  if (share === null) return "–";
  if (share <= 0) return "0%";
  if (share >= 1) return "100%";
  if (share < 0.0005) return "<0.1%";
  if (share < 0.9895) return `${(share * 100).toFixed(1)}%`;
  return `${(Math.min(9999, Math.round(share * 10_000)) / 100).toFixed(2)}%`;
}
