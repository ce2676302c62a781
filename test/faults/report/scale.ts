/** From milliseconds to places on the drawing. Pure. */

/** A mapping of values to places. */
export type Scale = (value: number) => number;

/** Evenly, from one span to another. */
export function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  const factor = (to[1] - to[0]) / (from[1] - from[0] || 1);
  return (value) => to[0] + (value - from[0]) * factor;
}

/** By powers of ten; what is outside of the span is put at its edge. */
export function logarithmic(from: readonly [number, number], to: readonly [number, number]): Scale {
  const scale = linear([Math.log10(from[0]), Math.log10(from[1])], to);
  return (value) => scale(Math.log10(Math.min(from[1], Math.max(from[0], value))));
}

/** Round numbers within a span, about as many as wished. */
export function ticks(from: number, to: number, wished: number): readonly number[] {
  const raw = (to - from) / wished;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, n) => Number((first + n * step).toFixed(6)));
}
