import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reacting } from '../../shared/consume/policy.ts';
import { commandHandler, type CommandHandler } from '../../shared/decide/command-handler.ts';
import { BusinessError, SchemaViolation } from '../../shared/errors/mesh-error.ts';
import { stageImport } from '../../shared/ingest/stage-import.ts';
import { workingOff } from '../../shared/ingest/work-off.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { given } from '../../shared/testing/given.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { deliveryOf } from '../../shared/testing/msk-event.ts';
import { stockImport, StockImportCompleted, StockImportProgressed, StockImportStaged } from './events.ts';
import { workImports } from './policies/work-imports.ts';
import { receiveStock, stock } from './stock.ts';
import { stockFile, type StockLine } from './stock-file.ts';
import { stockImports } from './stock-imports.ts';

const importId = '5f0c8f4e-6a1d-8b3c-a7e9-2d4f6b8c0a13';
const staged = (chunk: number, chunks: number, rejected = 0) => ({
  importId,
  fileName: 'stock.csv',
  chunk,
  chunks,
  lines: [{ line: 2 * chunk, fields: { sku: 'sku-1', quantity: 1 } }],
  rejected: Array.from({ length: rejected }, () => ({ line: 9, reason: 'quantity is missing' })),
});
const progress = (chunk: number, applied: number, refused = 0) => ({
  importId,
  chunk,
  applied,
  refused: Array.from({ length: refused }, () => ({ line: 7, reason: 'no' })),
});

const mesh = (broken: Partial<CommandHandler> = {}) => {
  const store = memoryEventStore();
  const commands = { ...commandHandler(store), ...broken };
  const stage = stageImport({ commands, imports: stockImports, format: stockFile });
  let applied = 0;
  const apply = async ({ sku, ...receipt }: StockLine, context: Parameters<CommandHandler['execute']>[2]) => {
    applied += 1;
    if (sku === 'refused') throw new BusinessError('no', 'the SKU is blocked');
    return commands.execute(stock, sku, context, () => receiveStock(sku, receipt));
  };
  const work = workingOff({ commands, imports: stockImports, subjectOf: ({ sku }) => sku, apply });
  return {
    store,
    stage: (csv: string, key = 'key-1') => stage({ fileName: 'stock.csv', csv }, commandContext(key)),
    /** Delivers all that is staged, again and again. */
    work: async () => {
      const deliveries = [];
      for await (const event of store.readAll())
        if (StockImportStaged.is(event)) deliveries.push(deliveryOf(stockImport, event));
      return reacting(workImports, work).process(deliveries);
    },
    onHand: async (sku: string) => (await commands.state(stock, sku)).onHand,
    /** How many lines were tried. */
    applied: () => applied,
    state: (id: string) => commands.state(stockImports.aggregate, id),
  };
};

describe('the import of a file', () => {
  it('stages each chunk once', () => {
    given(stockImports.aggregate)
      .when((state) => stockImports.stage(state, [staged(1, 2), staged(2, 2)]))
      .then([StockImportStaged.of(staged(1, 2)), StockImportStaged.of(staged(2, 2))]);
    given(stockImports.aggregate, [StockImportStaged.of(staged(1, 2))])
      .when((state) => stockImports.stage(state, [staged(1, 2), staged(2, 2)]))
      .then([StockImportStaged.of(staged(2, 2))]);
  });

  it('records what came of each chunk once, and is complete with the last', () => {
    const before = [StockImportStaged.of(staged(1, 2, 1)), StockImportStaged.of(staged(2, 2, 2))];
    const first = StockImportProgressed.of(progress(1, 1, 2));
    given(stockImports.aggregate, before)
      .when((state) => stockImports.recordWorked(state, progress(1, 1, 2)))
      .then([first]);
    given(stockImports.aggregate, [...before, first])
      .when((state) => stockImports.recordWorked(state, progress(1, 1, 2)))
      .then([]);
    given(stockImports.aggregate, [...before, first])
      .when((state) => stockImports.recordWorked(state, progress(2, 3)))
      .then([
        StockImportProgressed.of(progress(2, 3)),
        StockImportCompleted.of({ importId, applied: 4, refused: 2, rejected: 3 }),
      ]);
  });
});

describe('a file of receipts', () => {
  const csv = 'sku,quantity,reference\nsku-1,3,DN-1\nsku-2,x,DN-1\nsku-1,4,\nrefused,1,DN-2\n';

  it('is received line by line; what is rejected and what is refused is told of', async () => {
    const { stage, work, onHand, state, store } = mesh();
    const { importId, lines, rejected } = await stage(csv);
    expect(lines).toBe(3);
    expect(rejected).toEqual([{ line: 3, reason: 'quantity must be a whole number' }]);
    expect(await work()).toEqual([{ kind: 'applied' }]);
    expect(await onHand('sku-1')).toBe(7);
    const [receipt] = (await store.load(stock.definition, 'sku-1')).flatMap(({ events }) => events);
    expect(receipt?.payload).toEqual({ sku: 'sku-1', quantity: 3, reference: 'DN-1' });
    expect(await state(importId)).toMatchObject({ applied: 2, refused: 1, rejected: 1 });
  });

  it('is received once, however often it is sent under its key, and however often its lines are worked off', async () => {
    const { stage, work, onHand } = mesh();
    const first = await stage(csv);
    await work();
    expect(await stage(csv)).toEqual(first);
    expect(await work()).toEqual([{ kind: 'applied' }]);
    expect(await onHand('sku-1')).toBe(7);
    await stage(csv, 'key-2');
    await work();
    expect(await onHand('sku-1')).toBe(14);
  });

  it.each([
    ['another line', 'sku,quantity\nsku-1,3\nsku-1,5\n'],
    ['a line less', 'sku,quantity\nsku-1,3\n'],
  ])('is not taken for another file under its key: %s', async (_, other) => {
    const { stage, work, onHand } = mesh();
    await stage('sku,quantity\nsku-1,3\nsku-1,4\n');
    await expect(stage(other)).rejects.toMatchObject({ code: 'command-id-reused' });
    await work();
    expect(await onHand('sku-1')).toBe(7);
  });

  it('has nothing done about it once its chunk was worked off', async () => {
    const { stage, work, applied } = mesh();
    await stage(csv);
    await work();
    const before = applied();
    await work();
    expect(applied()).toBe(before);
  });

  it('goes on where a crash left it: nothing is missing, nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 130 }),
        async (crashes, quantities) => {
          const left = [...crashes];
          const healthy = commandHandler(memoryEventStore());
          let calls = left.shift() ?? Infinity;
          const broken: CommandHandler = {
            ...healthy,
            execute: async (...command) => {
              if (calls-- > 0) return healthy.execute(...command);
              calls = left.shift() ?? Infinity;
              throw new Error('the process died');
            },
          };
          const { onHand, state } = mesh(healthy);
          const { work, stage } = crashingOn(broken);
          const csv = `sku,quantity\n${quantities.map((n, i) => `sku-${i % 3},${n}`).join('\n')}`;
          const { importId } = await untilDone(() => stage(csv));
          await untilDone(() => work(importId));
          const total = quantities.reduce((sum, n) => sum + n, 0);
          const stocks = await Promise.all(['sku-0', 'sku-1', 'sku-2'].map(onHand));
          expect(stocks.reduce((sum, n) => sum + n, 0)).toBe(total);
          expect(await state(importId)).toMatchObject({ applied: quantities.length, refused: 0 });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of which no line can be used is refused', async () => {
    await expect(mesh().stage('sku,quantity\nsku-1,0\n')).rejects.toThrow(SchemaViolation);
  });

  it('of 5 000 lines fits into events and commits', async () => {
    const { stage, store } = mesh();
    const lines = Array.from(
      { length: 5_000 },
      (_, i) => `sku-${i},${i + 1},a-reference-of-some-length-${i}`,
    );
    const { lines: count, events } = await stage(`sku,quantity,reference\n${lines.join('\n')}`);
    expect(count).toBe(5_000);
    expect(events).toHaveLength(50);
    const [{ aggregateId } = { aggregateId: '' }] = events;
    expect((await store.load(stockImport, aggregateId)).length).toBeLessThan(5);
  });
});

/** Staging and working on a command handler that crashes now and then. */
const crashingOn = (commands: CommandHandler) => {
  const stage = stageImport({ commands, imports: stockImports, format: stockFile });
  const work = workingOff<StockLine>({
    commands,
    imports: stockImports,
    subjectOf: ({ sku }) => sku,
    apply: ({ sku, ...receipt }, context) =>
      commands.execute(stock, sku, context, () => receiveStock(sku, receipt)),
  });
  let staged: Awaited<ReturnType<typeof stage>> | undefined;
  return {
    stage: async (csv: string) =>
      (staged = await stage({ fileName: 'stock.csv', csv }, commandContext('key'))),
    work: async (_: string) => {
      for (const event of staged?.events ?? [])
        if (StockImportStaged.is(event))
          await work(StockImportStaged.read(event).payload, commandContext(`work ${event.eventId}`), event);
    },
  };
};

const untilDone = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Error && error.message === 'the process died')) throw error;
    }
  }
};
