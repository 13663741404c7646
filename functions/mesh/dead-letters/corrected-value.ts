import { createHash } from 'node:crypto';
import { envelopeSchema, type EventEnvelope } from '../../../shared/define/envelope.ts';
import { decoder, type Decoded } from '../../../shared/consume/record.ts';
import { BusinessError, MeshError, SchemaViolation, type Issue } from '../../../shared/errors/mesh-error.ts';
import { recordOf, type WholeLetter } from './letter.ts';
import { knownEvents } from '../events.ts';

const decode = decoder(knownEvents);

/** SHA-256 of a value's bytes, hex; of none where a record has no value. @param value base64 */
export const sha256Of = (value: string | null): string =>
  createHash('sha256')
    .update(Buffer.from(value ?? '', 'base64'))
    .digest('hex');

/** What a letter decodes to, by the contracts of today. */
export const decodedLetter = (letter: WholeLetter, value?: string | null): Decoded =>
  decode(recordOf(letter, value));

/**
 * Checks that a value can stand in the place of a letter's own: it decodes, keeps its schema and travels under the
 * same key, and it is the same event: id, aggregate and sequence stay, where the original says them.
 * @param value base64
 * @throws SchemaViolation naming what is wrong with it, BusinessError `no-key` where a letter has no key
 */
export const checkCorrection = (letter: WholeLetter, value: string): void => {
  if (letter.key === null) {
    throw new BusinessError('no-key', 'a record without a key has no place among others: discard it instead');
  }
  const corrected = decodedLetter(letter, value);
  if (corrected.kind === 'bad') throw violation(corrected.error);
  if (corrected.kind === 'not-for-me') {
    throw wrong([{ path: 'value.eventType', message: `${corrected.eventType} is no event of the mesh` }]);
  }
  const original = identityOf(letter.value);
  const changed = identity.filter(
    (name) => original[name] !== undefined && original[name] !== corrected.event[name],
  );
  if (changed.length > 0) {
    throw wrong(
      changed.map((path) => ({
        path: `value.${path}`,
        message: `must stay ${JSON.stringify(original[path])}`,
      })),
    );
  }
};

const identity = [
  'eventId',
  'aggregateType',
  'aggregateId',
  'sequence',
] as const satisfies readonly (keyof EventEnvelope)[];

/** What an original says of itself in good form, however broken it is otherwise. */
const identityOf = (value: string | null): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value ?? '', 'base64').toString());
    const fields = new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []);
    return Object.fromEntries(
      identity.flatMap((name) =>
        envelopeSchema.shape[name].safeParse(fields.get(name)).success ? [[name, fields.get(name)]] : [],
      ),
    );
  } catch {
    // It is no JSON, which may be why it is being corrected: it says nothing that could have to stay.
    return {};
  }
};

const wrong = (issues: readonly Issue[]): SchemaViolation =>
  new SchemaViolation('the corrected value', issues);

const violation = (error: unknown): SchemaViolation =>
  error instanceof SchemaViolation
    ? wrong(error.issues.map(({ path, message }) => ({ path: path ? `value.${path}` : 'value', message })))
    : wrong([{ path: 'value', message: error instanceof MeshError ? error.message : String(error) }]);
