// A padlock, 9 by 10 pixels. Open, its bow stands aside.

type Props = { readonly isClosed: boolean; readonly x: number; readonly y: number };

export function Lock({ isClosed, x, y }: Props) {
  return (
    <g class="lock" transform={`translate(${x} ${y})`}>
      <path class="bow" d={lockBow(isClosed)} />
      <rect x="0.7" y="4.6" width="7.6" height="5.4" rx="1.2" />
    </g>
  );
}

export function lockBow(isClosed: boolean): string {
  return isClosed ? "M2.2 5V3.2a2.3 2.3 0 0 1 4.6 0V5" : "M5.6 5V2.6a2 2 0 0 1 4 0V4";
}
