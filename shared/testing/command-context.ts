import type { CommandContext } from '../decide/command-handler.ts';

/** The context of a command that a test gives. */
export const commandContext = (commandId: string): CommandContext => ({
  commandId,
  correlationId: 'test-correlation',
  causationId: commandId,
  userId: 'user-1',
  traceId: '0af7651916cd43dd8448eb211c80319c',
});
