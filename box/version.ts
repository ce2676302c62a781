/** The version of this package, which a stack's output `box` says that it was written by. */
export const version = "0.2.0";
