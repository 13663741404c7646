import {
  ConditionalCheckFailedException,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { EngineFailure, type Process } from './process.ts';
import type { CommitItem } from './outbox.ts';
import type { Tables } from './tables.ts';

type Send = (command: object) => Promise<unknown>;

/** What the tables answer on purpose; any other error is the engine's. */
const isAnswer = (error: unknown): boolean =>
  error instanceof ConditionalCheckFailedException || error instanceof TransactionCanceledException;

const commitsOf = (command: object, eventsTable: string): CommitItem[] => {
  const puts =
    command instanceof PutItemCommand
      ? [command.input]
      : command instanceof TransactWriteItemsCommand
        ? (command.input.TransactItems ?? []).flatMap(({ Put }) => Put ?? [])
        : [];
  return puts.flatMap(({ TableName, Item }) => (TableName === eventsTable && Item ? [Item] : []));
};

/**
 * DynamoDB as one process sees it: every call stops at the process's gate, and happens for real when it is let
 * through. What is appended to the event table goes to its stream, as DynamoDB sees to it.
 */
export const gatedClient = (
  client: DynamoDBClient,
  process: Process,
  tables: Tables,
  onCommit: (items: readonly CommitItem[]) => void,
): DynamoDBClient => {
  // The overloads of `send` say how an answer follows from a command; here both are only handed on.
  const really = client.send.bind(client) as Send;
  const send: Send = (command) => {
    const name = command.constructor.name.replace(/Command$/, '');
    return process.call(`${name} ${tablesOf(command, tables).join(' and ')}`, async () => {
      try {
        const answer = await really(command);
        onCommit(commitsOf(command, tables.events));
        return answer;
      } catch (error) {
        if (isAnswer(error)) throw error;
        throw new EngineFailure(`DynamoDB Local: ${String(error)}`, { cause: error });
      }
    });
  };
  return new Proxy(client, {
    get: (target, property): unknown => (property === 'send' ? send : Reflect.get(target, property, target)),
  });
};

/** The roles of the tables that a command names, wherever it names them. */
const tablesOf = (command: object, tables: Tables): string[] => {
  const text = JSON.stringify('input' in command ? command.input : '');
  return Object.entries(tables).flatMap(([role, name]) => (text.includes(String(name)) ? [role] : []));
};
