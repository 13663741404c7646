import { renameSync, writeFileSync } from 'node:fs';
import type { MappingPoller } from './mapping-poller.ts';
import type { Mapping } from './mapping.ts';

/**
 * Writes where every mapping stands, in one step, so that a reader never sees half a file. `ready` is true while every
 * enabled mapping has joined its consumer group.
 */
export function writeStatusFile(
  path: string,
  pollers: readonly MappingPoller[],
  disabled: readonly Mapping[],
): void {
  const status = {
    ready: pollers.every((poller) => poller.state === 'polling'),
    pid: process.pid,
    updatedAt: new Date().toISOString(),
    mappings: [
      ...pollers.map((poller) => ({
        ...describe(poller.mapping),
        state: poller.state,
        partitions: poller.partitions,
        pollers: poller.dispatcher.scale.pollers,
        lastError: poller.lastError,
        ...poller.dispatcher.counts,
      })),
      ...disabled.map((mapping) => ({ ...describe(mapping), state: 'disabled' })),
    ],
  };
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(status, null, 2)}\n`);
  renameSync(draft, path);
}

function describe({ id, functionName, topic, groupId, provisioned }: Mapping): Record<string, unknown> {
  return { id, function: functionName, topic, consumerGroup: groupId, pollerGroup: provisioned?.group };
}
