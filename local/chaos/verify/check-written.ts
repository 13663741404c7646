import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import type { Written } from '../load/journal.ts';

/** Every event that a command's answer spoke of stands in its table. @returns each that is lost, named */
export const checkWritten = (events: readonly EventEnvelope[], written: readonly Written[]): string[] => {
  const nameOf = ({ aggregateType, aggregateId, sequence }: Written): string =>
    `${aggregateType} ${aggregateId}@${sequence}`;
  const there = new Set(events.map(nameOf));
  return written
    .map(nameOf)
    .filter((name) => !there.has(name))
    .map((name) => `${name} was accepted and is lost`);
};
