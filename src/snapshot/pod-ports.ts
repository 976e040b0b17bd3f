// Where a proxy listens in a pod or a network namespace. Nobody else may be there, so a proxy can
// tell a connection to them from every other one.

export const POD_PORTS = {
  outbound: 15_001, // on loopback: what the application dials
  proof: 15_002, // nobody listens here: rules send it to the next one
  proofDoor: 15_003, // on loopback
  inbound: 15_006, // what others dial, and rules send here
  mesh: 15_008,
  metrics: 15_020,
  health: 15_021,
} as const;
