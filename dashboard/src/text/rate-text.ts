// Requests per second: "0", "4.2", "412", "12.3k".

export function rateText(perSecond: number): string {
  if (perSecond <= 0) return "0";
  if (perSecond < 0.05) return "<0.1";
  if (perSecond < 9.95) return perSecond.toFixed(1);
  if (perSecond < 9999.5) return perSecond.toFixed(0);
  return `${(perSecond / 1000).toFixed(1)}k`;
}
