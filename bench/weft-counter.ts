// How many requests a proxy of Weft has counted, by its own /metrics.

export async function countedByWeft(
  address: string | undefined,
  reporter: "source" | "destination",
): Promise<number> {
  const response = await fetch(`http://${address}/metrics`);
  const text = await response.text();
  return text
    .split("\n")
    .filter((line) => line.startsWith("istio_requests_total{"))
    .filter((line) => line.includes(`reporter="${reporter}"`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
