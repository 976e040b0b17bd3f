// Measures of the graph, in pixels of its own.

export const SIZES = {
  nodeWidthPx: 168,
  nodeHeightPx: 46,
  nodeGapPx: 8,
  boxPadPx: 8, // around several versions
  boxTitlePx: 22,
  boxGapPx: 20,
  laneHeightPx: 8,
  columnGapPx: 140,
  idleColumnPx: 300,
  marginPx: 10,
  portGapPx: 9, // between calls at the same side of a node
  labelWidthPx: 76,
  labelHeightPx: 19,
} as const;
