import { describe, expect, inject, it } from 'vitest';
import { readArguments, UsageError } from '../explorer/explorer-arguments.ts';
import { printSchedule, readSchedule, ScheduleError, type Subject } from '../explorer/schedule.ts';
import { search, Stage } from '../explorer/search.ts';

const SCHEDULES = 100;
const WITHIN_MS = 240_000;

const searchFor = (subject: Subject, share: number) =>
  search({ endpoint: inject('engines').dynamodb, share, subject, schedules: SCHEDULES, seed: 20_260_301 });

/** The double effect of C16: it takes effect, dies before it is marked, and is delivered again. */
const doubleEffect = 'naive reported | a+5 | consumer0.go.2 consumer0.done-die';

describe('the crash explorer', () => {
  it.each<[Subject, number]>([
    ['statement', 1],
    ['journal', 2],
    ['rewards', 3],
  ])(
    'finds every promise held by %s',
    async (subject, share) => {
      const { smallest, runs, seen } = await searchFor(subject, share);
      expect(smallest && [printSchedule(smallest.schedule), smallest.run.broken]).toBeUndefined();
      expect(runs).toBe(SCHEDULES);
      // Every kind of trouble was met: a search that injects nothing finds nothing.
      for (const trouble of [
        'die',
        'done-die',
        'refuse',
        'lose',
        'twice',
        'half',
        'back',
        'reassign',
        'sleep',
      ])
        expect(seen[trouble], trouble).toBeGreaterThan(0);
    },
    WITHIN_MS,
  );

  it(
    'catches the naive consumer (C16), and shrinks to a schedule of a few steps',
    async () => {
      const { smallest } = await searchFor('naive', 4);
      expect(smallest?.run.broken.join()).toMatch(/^3: /);
      expect(smallest?.schedule.commands).toHaveLength(1);
      expect(smallest?.schedule.steps.length).toBeLessThanOrEqual(4);
    },
    WITHIN_MS,
  );

  it('tells the same story of a schedule every time', async () => {
    await using stage = new Stage(inject('engines').dynamodb, 5);
    const schedule = readSchedule(
      'rewards from-first | a+5 a>b2 b+13 a! | api0.lose relay.half.2 consumer0.done-die.2 consumer0.reassign consumer0~.go.2 consumer0.twice operator.die',
    );
    const [one, other] = [await stage.run(schedule), await stage.run(schedule)];
    expect(one.story).toEqual(other.story);
    expect(one.broken).toEqual([]);
  });

  it('replays a schedule from its text', async () => {
    await using stage = new Stage(inject('engines').dynamodb, 6);
    const { broken, story } = await stage.run(readSchedule(doubleEffect));
    expect(broken.join()).toMatch(/movements \[5\], and its document says \[5,5\]/);
    expect(story).toContain('consumer0: UpdateItem views: dies after it');
  });

  it('reads back every schedule that it prints', () => {
    const text =
      'journal reported | a+5 b-3 a>c9 b! | api1.go consumer0~.done-die.3 relay.half operator.sleep';
    expect(printSchedule(readSchedule(text))).toBe(text);
    expect(printSchedule(readSchedule('statement reported'))).toBe('statement reported');
  });

  it.each([
    ['order reported', 'is no consumer'],
    ['naive sometimes', 'is no redelivery'],
    ['naive reported | d+5', 'is no command'],
    ['naive reported | a>a5', 'is no command'],
    ['naive reported | a+5 | consumer2.go', 'is no actor'],
    ['naive reported | a+5 | relay.explode', 'is no turn of events'],
    ['naive reported | a+5 | relay.go.0', 'is no step'],
    ['naive reported | a+5 | relay.go | more', 'a schedule is'],
  ])('refuses the schedule "%s"', (text, why) => {
    expect(() => readSchedule(text)).toThrow(ScheduleError);
    expect(() => readSchedule(text)).toThrow(why);
  });

  it('reads its command line', () => {
    expect(readArguments([])).toEqual({ mode: 'search', schedules: 10_000, seed: undefined });
    expect(readArguments(['--schedules', '300', '--seed', '7'])).toEqual({
      mode: 'search',
      schedules: 300,
      seed: 7,
    });
    expect(readArguments(['--replay', doubleEffect])).toMatchObject({
      mode: 'replay',
      schedule: { subject: 'naive' },
    });
  });

  it.each([
    [['--schedules', '0'], '--schedules takes a whole number from 1'],
    [['--schedules', '1e3'], '--schedules takes a whole number'],
    [['--seed', '-1'], '--seed'],
    [['--sead', '1'], 'Flags: --schedules N'],
    [['fast'], 'Flags: --schedules N'],
    [['--replay', 'nonsense'], '--replay: "nonsense" is no consumer'],
    [['--replay', doubleEffect, '--seed', '1'], '--replay runs one schedule'],
  ])('refuses %j', (args, why) => {
    expect(() => readArguments(args)).toThrow(UsageError);
    expect(() => readArguments(args)).toThrow(why);
  });
});
