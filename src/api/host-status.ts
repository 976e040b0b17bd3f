// A host of a ServiceEntry: `weft get serviceentries`.

export type HostStatus = {
  readonly host: string;
  // By which it can be dialled besides its name.
  readonly addresses: readonly string[];
  // The mesh chose them: the document names none.
  readonly isAllocated: boolean;
};
