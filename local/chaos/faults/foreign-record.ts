import type { TopicRecord } from '../../scenarios/topic-records.ts';
import { picked } from '../draw.ts';
import type { Poison, Violation } from './fault.ts';

/** A record for a topic, as bytes: these need not be text. */
export interface ForeignRecord {
  readonly key: Buffer;
  readonly value: Buffer | null;
}

const text = (value: string): Buffer => Buffer.from(value);

/** A value that no consumer can decode. @param good the value of a record that can be */
const poisoned = (poison: Poison, good: string): Buffer | null => {
  switch (poison) {
    case 'text':
      return text('order created');
    case 'empty':
      return text('');
    case 'not-utf-8':
      return Buffer.from([0x7b, 0xc3, 0x28, 0x7d]);
    case 'null':
      return null;
    case 'array':
      return text('[1,2]');
    case 'cut-off':
      return text(good.slice(0, good.length / 2));
  }
};

/**
 * A record that does not decode, under a live record's key, which it then holds, or under one of its own.
 * @param live a record of the same topic
 */
export const poisonRecord = (poison: Poison, live: TopicRecord, ownKey?: string): ForeignRecord => ({
  key: text(ownKey ?? live.key),
  value: poisoned(poison, live.value),
});

/** A live record's envelope with something wrong about it. @param others records of the same topic */
export const violatingRecord = (
  violation: Violation,
  live: TopicRecord,
  others: readonly TopicRecord[],
  by: number,
): ForeignRecord => {
  // What the relay wrote is an envelope.
  const envelope = JSON.parse(live.value) as Readonly<Record<string, unknown>>;
  const under = (key: string, changed: unknown): ForeignRecord => ({
    key: text(key),
    value: text(JSON.stringify(changed)),
  });
  switch (violation) {
    case 'bad-payload':
      return under(live.key, { ...envelope, payload: { quantity: 'many' } });
    case 'future-version':
      return under(live.key, { ...envelope, version: 99 });
    case 'missing-fields': {
      const { metadata: _, sequence: __, ...torso } = envelope;
      return under(live.key, torso);
    }
    case 'wrong-key': {
      const strange = others.filter(({ key }) => key !== live.key);
      return under(picked(strange, by)?.key ?? `not-${live.key}`, envelope);
    }
  }
};
