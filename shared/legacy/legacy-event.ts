import { z } from 'zod';
import type { CommandContext } from '../decide/command-handler.ts';

const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'must be 1 to 100 letters, digits, . _ : -');

/** What every event of the legacy systems has (source document 004, "Event Schema Versioning Strategy"; C5). */
const envelope = {
  eventId: id,
  eventVersion: z
    .string()
    .regex(/^[12](\.\d{1,4}){1,2}$/, 'must be a version such as 2.1.0, of major 1 or 2'),
  /** Checked and no more: commands take effect in the order in which they arrive. */
  timestamp: z.iso.datetime({ offset: true }),
  source: id,
  metadata: z
    .object({ correlationId: z.string().min(1).max(200), causationId: z.string().min(1).max(200) })
    .partial()
    .optional(),
};

/**
 * A legacy event of one kind as a command's body. What its kind does not say is ignored, as additive changes of the
 * legacy systems must be.
 * @param data reads the event's `data`, and may put it into words of ours
 */
export const legacyEvent = <Type extends string, Data extends z.ZodType>(eventType: Type, data: Data) =>
  z.object({ ...envelope, eventType: z.literal(eventType), data });

/** What of a legacy event says who it is, and what it belongs to. */
interface LegacyOrigin {
  readonly eventId: string;
  readonly source: string;
  readonly metadata?: { readonly correlationId?: string | undefined } | undefined;
}

/**
 * The context of the command that a legacy event becomes. Its id is the event's own: sent again, under whatever
 * Idempotency-Key, the event takes effect once.
 */
export const legacyContext = (
  { eventId, source, metadata }: LegacyOrigin,
  context: CommandContext,
): CommandContext => ({
  ...context,
  commandId: `legacy/${source}/${eventId}`,
  causationId: eventId,
  correlationId: metadata?.correlationId ?? context.correlationId,
});
