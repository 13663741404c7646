import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { within } from '../../../shared/aws/client-settings.ts';
import type { RedriveAnswer, RedriveOutcome, RedriveRequest } from '../../../shared/consume/redrive.ts';
import { PermanentError, TransientError } from '../../../shared/errors/mesh-error.ts';
import { ANSWER_MS } from './worker-times.ts';

/** Hands records to the function behind a consumer and waits for what becomes of them. */
export type AskConsumer = (
  functionName: string,
  request: RedriveRequest,
) => Promise<readonly RedriveOutcome[]>;

/** A Lambda request holds 6 MB of JSON; records are counted in base64, and the rest of them leaves room. */
export const MAX_REQUEST_CHARACTERS = 4_500_000;
export const MAX_RECORDS = 100;

const answerSchema = z.object({
  outcomes: z.array(
    z.looseObject({
      topic: z.string(),
      partition: z.number(),
      offset: z.number(),
      result: z.enum(['applied', 'duplicate', 'refused', 'not-for-me', 'failed', 'held']),
    }),
  ),
}) as z.ZodType<Pick<RedriveAnswer, 'outcomes'>>; // The rest of an outcome is for people and is passed on as it is.

/**
 * Asks through the Lambda API. What a consumer's function may not do to us is checked: one outcome a record.
 * @param withinMs how long an answer is waited for; a function that is silent for longer may still be at work, and is
 *   not asked a second time
 */
export const lambdaConsumers =
  (client: LambdaClient, withinMs = ANSWER_MS): AskConsumer =>
  async (FunctionName, request) => {
    const invoke = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) });
    const { FunctionError, Payload } = await answerOf(client, invoke, withinMs);
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined)
      throw new TransientError('consumer-failed', `${FunctionName} ended with ${FunctionError}: ${text}`);
    const answer = answerSchema.safeParse(JSON.parse(text));
    if (!answer.success || answer.data.outcomes.length !== request.records.length)
      throw new PermanentError(
        'no-consumer',
        `${FunctionName} does not answer as a consumer: ${text.slice(0, 200)}`,
      );
    return answer.data.outcomes;
  };

const answerOf = async (
  client: LambdaClient,
  invoke: InvokeCommand,
  withinMs: number,
): Promise<InvokeCommandOutput> => {
  const limit = within(withinMs);
  try {
    return await client.send(invoke, limit);
  } catch (error) {
    if (!limit.abortSignal.aborted) throw error;
    const name = invoke.input.FunctionName ?? '';
    throw new TransientError('no-answer', `${name} gave no answer in ${withinMs} ms`, { cause: error });
  }
};
