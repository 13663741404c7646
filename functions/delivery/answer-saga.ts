import {
  InvalidToken,
  SendTaskSuccessCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { logger } from '../../shared/observe/telemetry.ts';
import type { StepResult } from '../../shared/orchestrate/saga-task.ts';

/** Tells the step that waits under a token how it ended. Safe to repeat. */
export type AnswerSaga = (taskToken: string, result: StepResult) => Promise<void>;

/** Through Step Functions. A saga that no longer waits has moved on: its compensations take care of the rest. */
export const answerThroughStepFunctions =
  (client: SFNClient): AnswerSaga =>
  async (taskToken, result) => {
    try {
      await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(result) }));
    } catch (error) {
      const movedOn =
        error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;
      if (!movedOn) throw error;
      logger.info('the saga no longer waits for this answer', { ...result, why: error.name });
    }
  };
