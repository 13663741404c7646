import { z } from 'zod';
import type { ApiAccess } from '../../operate/api-access.ts';

const Line = z.looseObject({
  letterId: z.string(),
  consumer: z.string(),
  status: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  key: z.string().nullable(),
  cause: z.object({ code: z.string(), message: z.string() }),
});
export type LetterLine = z.infer<typeof Line>;

const Page = z.object({ letters: z.array(Line), next: z.string().optional() });

const Redrive = z.looseObject({
  jobId: z.string(),
  state: z.string(),
  results: z.record(z.string(), z.int()),
  stops: z.array(z.object({ letterId: z.string(), code: z.string(), message: z.string() })),
});
export type Redrive = z.infer<typeof Redrive>;

const LETTERS_PER_PAGE = 200;

/** The dead-letter desk as its operator reaches it: over the API. */
export interface DeadLetterDesk {
  list(status: 'parked' | 'refused'): Promise<readonly LetterLine[]>;
  discard(letterId: string, reason: string): Promise<void>;
  redriveAll(reason: string): Promise<Redrive>;
  redrive(jobId: string): Promise<Redrive>;
}

export const deadLetterDesk = (api: ApiAccess): DeadLetterDesk => ({
  list: async (status) => {
    const letters: LetterLine[] = [];
    let after: string | undefined;
    do {
      const query = { status, limit: LETTERS_PER_PAGE, after };
      const page = Page.parse(await api.call({ path: '/ops/dead-letters', query }));
      letters.push(...page.letters);
      after = page.next;
    } while (after !== undefined);
    return letters;
  },
  discard: async (letterId, reason) => {
    const path = `/ops/dead-letters/letters/${encodeURIComponent(letterId)}/discards`;
    await api.call({ method: 'POST', path, body: { reason } });
  },
  redriveAll: async (reason) =>
    Redrive.parse(
      await api.call({ method: 'POST', path: '/ops/dead-letters/redrives', body: { all: true, reason } }),
    ),
  redrive: async (jobId) => Redrive.parse(await api.call({ path: `/ops/dead-letters/redrives/${jobId}` })),
});
