/** What a client of the API has seen; see apiClient.ts. */
export interface Seen {
  readonly answers: readonly { readonly at: number; readonly by: string }[];
  readonly lines: readonly { readonly at: number; readonly by: string }[];
  readonly failed: readonly { readonly at: number }[];
  readonly watches: readonly { readonly begun: number; readonly ended?: number }[];
}

/** The longest time, in ms, in which nothing came since `from`. */
export function silence(times: readonly { readonly at: number }[], from: number): number {
  const after = [from, ...times.map(({ at }) => at).filter((at) => at > from)];
  return Math.max(...after.map((at, index) => at - (after[index - 1] ?? at)));
}
