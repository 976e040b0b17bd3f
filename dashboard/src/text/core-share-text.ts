// CPU time per second as a share of one core: "0.4%", "120%".

export function coreShareText(cpuMsPerSecond: number): string {
  const percent = cpuMsPerSecond / 10;
  return `${percent.toFixed(percent < 99.95 ? 1 : 0)}%`;
}
