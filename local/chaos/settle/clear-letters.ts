import pMap from 'p-map';
import { waitFor } from '../../engines/wait-for.ts';
import { apiAccess } from '../../operate/api-access.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { deadLetterDesk, type DeadLetterDesk, type LetterLine } from './dead-letter-desk.ts';

const DISCARDS_AT_ONCE = 4;

/** What an operator did with the letters of a round. */
export interface Cleared {
  readonly parked: number;
  readonly behind: number;
  readonly discarded: number;
  /** Results of the redrive, by name. */
  readonly redriven: Readonly<Record<string, number>>;
}

type Coordinates = Pick<LetterLine, 'topic' | 'partition' | 'offset'>;

/** A record's name: topic, partition and offset. */
export const coordinatesOf = ({ topic, partition, offset }: Coordinates): string =>
  `${topic}-${partition}@${offset}`;

/** Redrives all that is parked, and waits for its end. */
const redriveAll = async (desk: DeadLetterDesk, deadlineMs: number, signal: AbortSignal) => {
  const { jobId } = await desk.redriveAll('the faults of the chaos run are over');
  return waitFor(
    `the redrive ${jobId} done`,
    async () => {
      const redrive = await desk.redrive(jobId);
      if (redrive.state === 'done') return redrive;
      throw new Error(`it is ${redrive.state}`);
    },
    { deadlineMs, everyMs: 500, upToMs: 2_000, signal },
  );
};

/**
 * Clears the dead letters as an operator would, over the desk's API: what was injected is discarded, with a reason;
 * what is good, and waits behind it or was given up while something was down, is redriven in order.
 * @param injected names of the injected records
 */
export const clearLetters = async (
  endpoints: Endpoints,
  injected: ReadonlySet<string>,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Cleared> => {
  const desk = deadLetterDesk(await apiAccess({ instance: endpoints.instance }));
  const letters = await desk.list('parked');
  const foreign = letters.filter((letter) => injected.has(coordinatesOf(letter)));
  await pMap(
    foreign,
    ({ letterId }) => desk.discard(letterId, 'injected by the chaos run: nobody decided it'),
    { concurrency: DISCARDS_AT_ONCE, signal },
  );
  const good = letters.length - foreign.length;
  const redrive = good > 0 ? await redriveAll(desk, deadlineMs, signal) : undefined;
  return {
    parked: letters.length,
    behind: letters.filter(({ cause }) => cause.code === 'behind').length,
    discarded: foreign.length,
    redriven: redrive?.results ?? {},
  };
};

/** Letters that still stand, as deviations. */
export const standingLetters = async (endpoints: Endpoints): Promise<readonly string[]> => {
  const desk = deadLetterDesk(await apiAccess({ instance: endpoints.instance }));
  return (await desk.list('parked')).map(
    (letter) => `${coordinatesOf(letter)} is still parked for ${letter.consumer}: ${letter.cause.message}`,
  );
};
