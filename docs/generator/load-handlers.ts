import path from 'node:path';
import type { Operation } from '../../shared/http/api.ts';
import type { MeshFunction } from './load-functions.ts';

/** A function with what its code says it answers to: `functions.yml` and the code, side by side. */
export interface LoadedFunction extends MeshFunction {
  readonly operations: readonly Operation[];
  /** The name of the projection or policy behind a function that subscribes to topics. */
  readonly consumer: string | undefined;
}

const root = path.resolve(import.meta.dirname, '../..');

/** What `consume` and `httpApi` hang on their handlers; others have none of it. */
interface Handler {
  readonly operations?: readonly Operation[];
  readonly consumer?: string;
}

/**
 * Loads the module of every function, as Lambda does at a cold start. Each variable that it is given is set to
 * something: wiring asks for them, nothing is connected to.
 */
export const loadHandlers = async (functions: readonly MeshFunction[]): Promise<LoadedFunction[]> => {
  process.env['AWS_REGION'] ??= 'us-east-1';
  process.env['AWS_LAMBDA_FUNCTION_NAME'] ??= 'event-mesh-docs';
  for (const name of functions.flatMap(({ variables }) => variables))
    process.env[name] ??= name === 'KAFKA_AUTH' ? 'none' : 'https://set.example';
  return Promise.all(
    functions.map(async (one) => {
      // Every function's module exports a handler: Serverless names it.
      const { handler } = (await import(path.join(root, one.file))) as { readonly handler: Handler };
      return { ...one, operations: handler.operations ?? [], consumer: handler.consumer };
    }),
  );
};
