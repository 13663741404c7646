import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { engineClient } from './operate-desk.ts';

/** What happens around a step that reaches outside: it may wait for its turn, or end the process. */
export type Disturbance = <T>(step: () => Promise<T>) => Promise<T>;

/** A client of the engine whose requests are disturbed. */
export const disturbedClient = (disturb: Disturbance): DynamoDBClient => {
  const client = engineClient();
  client.middlewareStack.add((next) => (args) => disturb(() => next(args)), {
    step: 'initialize',
    name: 'disturbance',
  });
  return client;
};

/** The end of a process: what it had not sent by then is never sent. */
export class ProcessEnded extends Error {}

/** A process that ends just before, or just behind, its n-th step, counted from 1. */
export const mortal = (
  step: number,
  when: 'before' | 'after',
): { readonly disturb: Disturbance; readonly steps: () => number } => {
  let steps = 0;
  let ended = false;
  const live = (dies: boolean): void => {
    ended ||= dies;
    if (ended) throw new ProcessEnded(`${when} step ${step}`);
  };
  return {
    steps: () => steps,
    disturb: async (act) => {
      live(false);
      steps += 1;
      live(steps === step && when === 'before');
      const answer = await act();
      live(steps >= step && when === 'after');
      return answer;
    },
  };
};
