import type { Context } from 'aws-lambda';
import { z } from 'zod';
import type { CommandContext, Outcome } from '../decide/command-handler.ts';
import { parse } from '../define/parse.ts';
import { BusinessError, PermanentError, UnavailableError } from '../errors/mesh-error.ts';
import { logger, observed, withTrace } from '../observe/telemetry.ts';

/** What a saga carries through all its steps: its own id and the trail of the event that started it. */
const sagaSchema = z.object({
  sagaId: z.string().min(1).max(80),
  correlationId: z.string(),
  causationId: z.string(),
  traceId: z.string(),
  userId: z.string().optional(),
  sessionId: z.string().optional(),
});

const requestSchema = z.object({ command: z.string(), saga: sagaSchema, input: z.unknown() });

/**
 * A step's answer to the state machine, which routes on `outcome`: a business no is data here, and only a
 * technical failure is thrown. `event` names what the step left in its context's stream, for the saga record.
 */
export interface StepResult {
  readonly outcome: string;
  readonly event?: string | undefined;
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, string>> | undefined;
}

export interface SagaTask<Input> {
  readonly input: z.ZodType<Input>;
  /** Safe to repeat: the context's `commandId` is the same on every attempt of the step. */
  run(input: Input, context: CommandContext): Promise<StepResult>;
}

/** Declares one step or compensation; the input is checked before `run` sees it. */
export const sagaTask = <Input>(
  input: z.ZodType<Input>,
  run: SagaTask<Input>['run'],
): ((raw: unknown, context: CommandContext) => Promise<StepResult>) => {
  return (raw, context) => run(parse(input, raw, context.commandId), context);
};

/**
 * Declares a compensation. It has no no: one that a business rule refuses is a failure, which the state machine
 * retries and then ends in, so that a half-compensated saga stands out (promise 9).
 */
export const compensation = <Input>(
  input: z.ZodType<Input>,
  run: SagaTask<Input>['run'],
): ((raw: unknown, context: CommandContext) => Promise<StepResult>) =>
  sagaTask(input, async (checked, context) => {
    try {
      return await run(checked, context);
    } catch (error) {
      if (!(error instanceof BusinessError)) throw error;
      throw new PermanentError('compensation-refused', `${context.commandId}: ${error.message}`, {
        cause: error,
      });
    }
  });

/** The outcome of a step that wrote events, or had written them before. */
export const stepResult = (
  outcome: string,
  { events }: Outcome,
  details?: StepResult['details'],
): StepResult => ({
  outcome,
  event: events[0]?.eventType,
  ...(details && { details }),
});

/**
 * The answer of a step whose provider's circuit is open: the state machine comes back at `retryAt`, and no attempt
 * of its retries is spent (CON-12). An earlier attempt of the step may have acted all the same.
 */
export const laterResult = ({ message, retryAt }: UnavailableError): StepResult => ({
  outcome: 'later',
  reason: message,
  details: { retryAt: retryAt.toISOString() },
});

/** A Lambda handler for a context's saga steps and compensations, by the name of their command. */
export const sagaTasks = (tasks: Readonly<Record<string, ReturnType<typeof sagaTask<never>>>>) =>
  observed(async (request: unknown, _context: Context): Promise<StepResult> => {
    const { command, saga, input } = parse(requestSchema, request, 'saga task');
    const task = Object.hasOwn(tasks, command) ? tasks[command] : undefined;
    if (!task)
      throw new PermanentError('unknown-step', `${command} is not one of ${Object.keys(tasks).join(', ')}`);
    const { sagaId, ...trail } = saga;
    const context: CommandContext = {
      ...trail,
      commandId: `${sagaId}#${command}`,
      userId: trail.userId,
      sessionId: trail.sessionId,
    };
    return withTrace(context, async () => {
      try {
        const result = await task(input, context);
        logger.info('saga step done', { sagaId, command, ...result });
        return result;
      } catch (error) {
        if (error instanceof UnavailableError) {
          logger.info('saga step put off', { sagaId, command, retryAt: error.retryAt });
          return laterResult(error);
        }
        if (!(error instanceof BusinessError)) throw error;
        logger.info('saga step refused', { sagaId, command, code: error.code, reason: error.message });
        return { outcome: 'refused', reason: error.message, details: { code: error.code } };
      }
    });
  });
