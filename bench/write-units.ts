import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface WriteUnits {
  /** Write units since the last call. */
  take(): number;
}

interface Input {
  ReturnConsumedCapacity?: string;
  Statements?: { Parameters?: { S?: string }[] }[];
}

interface Output {
  ConsumedCapacity?: { CapacityUnits?: number };
}

const WRITE_UNIT_BYTES = 1_024;
const ATTRIBUTE_NAMES = 'groupKeyitemKeywatermarkdoc';

/** A write costs a unit for each KB of the item (DynamoDB, "Read and write operations"): its names and values. */
const unitsOf = (parameters: readonly { S?: string }[]): number => {
  const values = parameters.reduce((sum, { S }) => sum + Buffer.byteLength(S ?? ''), 0);
  return Math.ceil((ATTRIBUTE_NAMES.length + values) / WRITE_UNIT_BYTES);
};

/**
 * Counts the write units of a client's calls: for single items what DynamoDB reports, for batched statements,
 * of which DynamoDB Local reports nothing, what their parameters add up to.
 */
export const meterWriteUnits = (client: DynamoDBClient): WriteUnits => {
  let units = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        // The commands that are met here are those of our two consumers, whose inputs look like this.
        const input = args.input as Input;
        if (commandName === 'BatchExecuteStatementCommand') {
          for (const { Parameters = [] } of input.Statements ?? []) units += unitsOf(Parameters);
        } else if (commandName === 'PutItemCommand' || commandName === 'UpdateItemCommand') {
          input.ReturnConsumedCapacity = 'TOTAL';
        } else return next(args);
        const result = await next(args);
        units += (result.output as Output).ConsumedCapacity?.CapacityUnits ?? 0;
        return result;
      },
    { step: 'initialize', name: 'meterWriteUnits' },
  );
  return {
    take: () => {
      const taken = units;
      units = 0;
      return taken;
    },
  };
};
