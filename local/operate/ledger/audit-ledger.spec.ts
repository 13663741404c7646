import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Letter } from '../../../functions/mesh/dead-letters/letter.ts';
import { ledgerRow } from '../../../functions/mesh/ledger/ledger-row.ts';
import { consume } from '../../../shared/consume/consume.ts';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import type { RedriveOutcome } from '../../../shared/consume/redrive.ts';
import { refusalOf } from '../../../shared/project/dynamo-projection-store.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import type { ProjectionStore } from '../../../shared/project/projection-store.ts';
import { rehearsedProjectionStore } from '../../../shared/rehearse/rehearsed-projection-store.ts';
import { accountEvents, accounts, statementOfAccount } from '../../../shared/testing/account.ts';
import { envelopesOf, testTime } from '../../../shared/testing/envelope-of.ts';
import { lambdaContext } from '../../../shared/testing/lambda-context.ts';
import { memoryDeadLetters } from '../../../shared/testing/memory-dead-letters.ts';
import { memoryLedger } from '../../../shared/testing/memory-ledger.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { base64, mskEvent, mskRecord } from '../../../shared/testing/msk-event.ts';
import { auditLedger } from './audit-ledger.ts';
import type { AuditMeans } from './find-suspects.ts';
import { judgeOutcome } from './judge-outcome.ts';

const TOPIC = accounts.topic;
const CONSUMER = statementOfAccount.name;
const ids = ['a1', 'a2', 'b1', 'b2'];

/** A store from which somebody can take documents by hand. */
const losing = (store: ProjectionStore, gone: Set<string>): ProjectionStore => ({
  ...store,
  read: async (view, keys) => {
    const found = await store.read(view, keys);
    // What is read is of the type asked for, or not there.
    return found.map((each, i) => (gone.has(keys[i]?.item ?? '') ? undefined : each)) as never;
  },
});

/** A topic-partition, a consumer that has read all of it, and everything that an audit may look at. */
const worldOf = async (poisoned: readonly string[]) => {
  const drafts = ids.flatMap((id) =>
    envelopesOf(id, accountEvents([5, 3, 1])).map((event) => ({
      ...mskRecord(accounts, event),
      ...(poisoned.includes(id) && event.sequence === 2 ? { value: base64('poison') } : {}),
    })),
  );
  const event = mskEvent(drafts);
  const records = Object.values(event.records).flat() as KafkaRecord[];
  const deadLetters = memoryDeadLetters();
  const ledger = memoryLedger();
  const gone = new Set<string>();
  const store = rehearsedProjectionStore(losing(memoryProjectionStore(), gone), refusalOf);
  const handler = consume(projecting(statementOfAccount, store), {
    deadLetters,
    ledger,
    clock: { now: () => testTime, wait: () => Promise.resolve(), random: () => 0.5 },
  });
  await handler(event, lambdaContext());
  const page = ledger.page(CONSUMER, TOPIC);
  if (!page) throw new Error('the consumer entered nothing');
  const place = { consumer: CONSUMER, functionName: 'test', topic: TOPIC, partition: 0 };
  const row = ledgerRow(
    { ...page, ...place, version: 1, updatedAt: new Date(testTime).toISOString() },
    { parked: 0, refused: 0 },
    undefined,
  );
  const letters = new Map(
    deadLetters.letters.map((letter): [number, Letter] => [
      Number(letter.offset),
      // Of a letter, an audit looks at its status, correction and history.
      { ...letter, status: 'parked' } as unknown as Letter,
    ]),
  );
  const means: AuditMeans = {
    ask: async (_, request) => (await handler(request, lambdaContext())).outcomes,
    lettersOf: async (_, some) =>
      new Map(
        some.flatMap((record) => {
          const letter = letters.get(record.offset);
          return letter ? [[record, letter]] : [];
        }),
      ),
    correctedValue: async () => undefined,
    now: () => testTime,
  };
  const ends = [{ topic: TOPIC, partition: 0, earliest: 0, end: records.length }];
  const audit = async (over: Partial<AuditMeans> = {}, changed = row, at = ends) => {
    const [audited] = await auditLedger({ ...means, ...over }, [changed], at, async (wanted, take) => {
      const [{ earliest, end } = { earliest: 0, end: 0 }] = wanted;
      await take(records.filter(({ offset }) => earliest <= offset && offset < end));
    });
    if (!audited) throw new Error('one page was audited');
    return audited.audit;
  };
  return { records, row, ends, gone, letters, audit };
};

const idOf = (offset: number): string => ids[Math.floor(offset / 4)] ?? '';

describe('an audit of the ledger (promise 5)', () => {
  it('finds nothing where every effect and every letter stands', () =>
    fc.assert(
      fc.asyncProperty(fc.subarray(ids), async (poisoned) => {
        const { audit, records } = await worldOf(poisoned);
        expect(await audit()).toMatchObject({
          checked: records.length,
          setAside: poisoned.length * 3,
          findingCount: 0,
          findings: [],
          lag: 0,
        });
      }),
      { numRuns: 16 },
    ));

  it('names exactly the offsets whose document or letter was deleted by hand', () =>
    fc.assert(
      fc.asyncProperty(fc.subarray(ids), fc.subarray(ids), async (poisoned, deleted) => {
        const { audit, gone, letters, records } = await worldOf(poisoned);
        for (const id of deleted) gone.add(id);
        const [parked] = letters.keys();
        if (parked !== undefined) letters.delete(parked);
        const wanted = records
          .map(({ offset }) => offset)
          .filter((offset) =>
            offset === parked ? true : deleted.includes(idOf(offset)) && !letters.has(offset),
          );
        const { findings, findingCount } = await audit();
        expect(findings.map(({ kind, first, last }) => [kind, first, last])).toEqual(
          wanted.map((offset) => ['lost', offset, offset]),
        );
        expect(findingCount).toBe(wanted.length);
      }),
      { numRuns: 40 },
    ));

  it('says what would be written again, or why it cannot be', async () => {
    const { audit, gone } = await worldOf([]);
    gone.add('a1');
    expect((await audit()).findings.map(({ why }) => why)).toEqual([
      'would write again: document test.statement a1/a1',
      expect.stringMatching(/^has no effect and no letter, and would fail: missing-predecessor/),
      expect.stringMatching(/missing-predecessor/),
      expect.stringMatching(/missing-predecessor/),
    ]);
  });

  it('holds the page against the ends of its topic', async () => {
    const { audit, row, records } = await worldOf([]);
    const end = records.length;
    const place = { topic: TOPIC, partition: 0 };
    expect(await audit({}, { ...row, from: 3 })).toMatchObject({
      findings: [{ kind: 'never-read', first: 0, last: 2 }],
      checked: end - 3,
    });
    expect(await audit({}, row, [{ ...place, earliest: 4, end: end + 7 }])).toMatchObject({
      findings: [],
      pastRetention: 4,
      checked: end - 4,
      lag: 7,
    });
    expect(await audit({}, row, [{ ...place, earliest: 0, end: 5 }])).toMatchObject({
      findings: [{ kind: 'beyond-end', first: 5, last: end - 1 }],
      checked: 5,
    });
  });

  it('does not ask about what is in flight or missing', async () => {
    const { audit, row, gone } = await worldOf([]);
    gone.add('a1');
    const changed = {
      ...row,
      inFlight: { count: 2, ranges: [[0, 1]] as const },
      missing: { count: 2, ranges: [[2, 3]] as const },
    };
    expect((await audit({}, changed)).findings).toEqual([]);
  });

  it('asks again in halves where a function fails, and says what it cannot know', async () => {
    const { audit, records } = await worldOf([]);
    const sizes: number[] = [];
    const { findings } = await audit({
      ask: async (_, { records: some }) => {
        sizes.push(some.length);
        if (some.some(({ offset }) => offset === 6)) throw new Error('the function ran out of memory');
        return some.map((record): RedriveOutcome => ({ ...record, result: 'duplicate' }));
      },
    });
    expect(findings).toMatchObject([{ kind: 'unclear', first: 6 }]);
    expect(sizes[0]).toBe(records.length);
    expect(sizes).toContain(1);
  });

  describe('of a redriven letter', () => {
    const redriven = async (change: Partial<Letter>, corrected?: string) => {
      const { audit, letters, records } = await worldOf(['a1']);
      for (const [offset, letter] of letters) if (offset > 1) letters.set(offset, letter);
      const [first] = letters.keys();
      const letter = letters.get(first ?? -1);
      if (!letter || first === undefined) throw new Error('a letter was parked');
      letters.set(first, { ...letter, status: 'redriven', ...change });
      const [opened] = records;
      return audit({
        correctedValue: async () => (corrected === 'stands' ? (opened?.value ?? '') : undefined),
      });
    };
    const correction = { sha256: 's', approvedBy: 'somebody else' } as Letter['correction'] & object;
    const history = (result: RedriveOutcome['result']): Letter['history'] & object => [
      { at: '', by: '', action: 'redriven', result },
    ];

    it('looks for its effect', async () => {
      expect((await redriven({ history: history('applied') })).findings).toMatchObject([
        { kind: 'lost', first: 1, why: expect.stringMatching(/^after its redrive/) as string },
      ]);
    });

    it('looks for the effect of the value that it was corrected to', async () => {
      expect((await redriven({ correction, history: history('applied') }, 'stands')).findings).toEqual([]);
      expect((await redriven({ correction, history: history('applied') })).findings).toMatchObject([
        { kind: 'unclear', first: 1 },
      ]);
    });

    it('expects none where a rule refused it then', async () => {
      expect((await redriven({ history: history('refused') })).findings).toEqual([]);
    });
  });
});

describe('an answer about one record', () => {
  const DAY_MS = 86_400_000;
  const of = (outcome: Pick<RedriveOutcome, 'result' | 'writes' | 'cause'>, days = 1) =>
    judgeOutcome({ topic: 't', partition: 0, offset: 0, ...outcome }, days * DAY_MS).kind;
  const mail = { kind: 'mail', target: 'x', content: null };
  const events = { kind: 'events', target: 'x', content: null };
  const cause = (code: string) => ({ name: 'E', code, message: '', stack: '' });

  it.each([
    ['a duplicate stands', of({ result: 'duplicate', writes: [] }), 'stands'],
    ['one that is not for it stands', of({ result: 'not-for-me', writes: [] }), 'stands'],
    ['one that would write nothing stands', of({ result: 'applied', writes: [] }), 'stands'],
    ['one that would write is suspect', of({ result: 'applied', writes: [events] }), 'suspect'],
    ['one that would send again is suspect', of({ result: 'applied', writes: [mail] }), 'suspect'],
    ['one whose once-record has expired is not', of({ result: 'applied', writes: [mail] }, 31), 'expired'],
    ['unless it would write events', of({ result: 'applied', writes: [mail, events] }, 31), 'suspect'],
    ['one that would be refused is suspect', of({ result: 'refused', cause: cause('no') }), 'suspect'],
    ['one that would fail is suspect', of({ result: 'failed', cause: cause('not-json') }), 'suspect'],
    [
      'what a rehearsal refused says nothing',
      of({ result: 'failed', cause: cause('rehearsal-breach') }),
      'unclear',
    ],
    ['what was not tried says nothing', of({ result: 'held', cause: cause('out-of-time') }), 'unclear'],
  ])('%s', (_, found, wanted) => {
    expect(found).toBe(wanted);
  });
});
