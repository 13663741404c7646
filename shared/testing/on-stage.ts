import type { EventStore } from '../decide/event-store.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import type { ProjectionStore } from '../project/projection-store.ts';
import { newStage, type Stage } from '../rehearse/rehearsal.ts';

const onStage =
  (stage: Stage) =>
  async <T>(work: () => Promise<T>): Promise<T> =>
    (await stage.run(work)).result;

/** An event store all of whose calls belong to one rehearsal. */
export const eventStoreOnStage = (store: EventStore, stage = newStage()): EventStore => {
  const play = onStage(stage);
  return {
    load: (...args) => play(() => store.load(...args)),
    append: (...args) => play(() => store.append(...args)),
    readFrom: (...args) => play(() => store.readFrom(...args)),
    readAll: async function* () {
      yield* await play(async () => {
        const events: EventEnvelope[] = [];
        for await (const event of store.readAll()) events.push(event);
        return events;
      });
    },
  };
};

/** A projection store all of whose calls belong to one rehearsal. */
export const projectionStoreOnStage = (store: ProjectionStore, stage = newStage()): ProjectionStore => {
  const play = onStage(stage);
  return {
    read: (...args) => play(() => store.read(...args)),
    write: (...args) => play(() => store.write(...args)),
    list: (...args) => play(() => store.list(...args)),
  };
};
