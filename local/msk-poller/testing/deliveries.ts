import type { Invocation } from './lambda-endpoint.ts';

export const upTo = (count: number): number[] => Array.from({ length: count }, (_none, index) => index);

/** So many messages for a partition, numbered in their values. */
export const values = (count: number, partition = 0): { partition: number; value: string }[] =>
  upTo(count).map((index) => ({ partition, value: String(index) }));

/** Where a delivered record stands, as text. */
export const position = ({ partition, offset }: { partition: number; offset: number }): string =>
  `${partition}:${offset}`;

/** The invocations that the function answered without an error. */
export const succeeded = (invocations: readonly Invocation[]): Invocation[] =>
  invocations.filter(({ answered }) => answered !== undefined && 'returns' in answered);

/** What was delivered of each partition, in the order of delivery. */
export function offsetsByPartition(invocations: readonly Invocation[], partitions: number): number[][] {
  const offsets = upTo(partitions).map((): number[] => []);
  for (const { partition, offset } of invocations.flatMap(({ records }) => records))
    offsets[partition]?.push(offset);
  return offsets;
}
