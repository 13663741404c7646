import { describe, expect, it } from 'vitest';
import { workersIn } from './worker-pids.ts';

const EMULATOR = 7;
const worker = (pid: number, name: string, suffix: string, parent = EMULATOR): string =>
  `  ${pid}     ${parent} node /tmp/event-mesh-0123456789ab/ministack-lambda-${name}-${suffix}/_worker.js`;

describe('the processes of a function', () => {
  it('are the workers whose code folder carries its name', () => {
    const listing = [
      worker(11, 'event-mesh-local-relay', 'ab12_cd3'),
      worker(12, 'event-mesh-local-relay', 'zzzzzzzz'),
    ];
    expect(workersIn(listing.join('\n'), 'event-mesh-local-relay', EMULATOR)).toEqual([11, 12]);
  });

  it('are not those of a function whose name begins alike, nor other processes that mention it', () => {
    const listing = [
      worker(11, 'event-mesh-local-order-commands', 'ab12_cd3'),
      ' 12 7 tail -f /tmp/ministack-lambda-event-mesh-local-order-ab12_cd3/log',
    ];
    expect(workersIn(listing.join('\n'), 'event-mesh-local-order', EMULATOR)).toEqual([]);
  });

  it("are not those of another instance's emulator", () => {
    const listing = [worker(11, 'event-mesh-local-relay', 'ab12_cd3', 8)];
    expect(workersIn(listing.join('\n'), 'event-mesh-local-relay', EMULATOR)).toEqual([]);
  });
});
