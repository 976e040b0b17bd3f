// Stands where a cause would: the application answered, after a delay that a rule had put in.

export const DELAYED = "delay-injected";
