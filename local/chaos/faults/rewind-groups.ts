import type { Admin } from 'kafkajs';
import { waitFor } from '../../engines/wait-for.ts';
import { withAdmin } from '../kafka-access.ts';

/** A killed poller's members are gone when their session is: 6 s (local/msk-poller). */
const EMPTY_WITHIN_MS = 60_000;
const GROUP_SUFFIX = '-consumer-group';

/** Some of the consumer groups of the mesh, one behind the other from where the pick says. */
const chosenGroups = async (admin: Admin, by: number, count: number): Promise<readonly string[]> => {
  const { groups } = await admin.listGroups();
  const names = groups
    .map(({ groupId }) => groupId)
    .filter((groupId) => groupId.endsWith(GROUP_SUFFIX))
    .toSorted();
  const first = by % Math.max(1, names.length);
  return [...names.slice(first), ...names.slice(0, first)].slice(0, count);
};

const waitUntilEmpty = async (admin: Admin, groupIds: readonly string[]): Promise<void> => {
  await waitFor(
    `no member in ${groupIds.join(', ')}`,
    async () => {
      const { groups } = await admin.describeGroups([...groupIds]);
      return groups.every(({ members }) => members.length === 0) ? true : undefined;
    },
    { deadlineMs: EMPTY_WITHIN_MS, everyMs: 250 },
  );
};

/** Sets a group back on every partition. @returns how many records it will be given again */
const rewind = async (admin: Admin, groupId: string, records: number): Promise<number> => {
  let again = 0;
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
    const back = partitions.flatMap(({ partition, offset }) => {
      const committed = Number(offset);
      const to = Math.max(0, committed - records);
      again += Math.max(0, committed - to);
      return committed > 0 ? [{ partition, offset: String(to) }] : [];
    });
    if (back.length > 0) await admin.setOffsets({ groupId, topic, partitions: back });
  }
  return again;
};

/**
 * Sets consumer groups back, so that they are given old records again. Nobody may be a member of them meanwhile:
 * the poller is down.
 */
export const rewindGroups = (
  brokers: readonly string[],
  { pick, groups, records }: { readonly pick: number; readonly groups: number; readonly records: number },
): Promise<{ readonly groups: number; readonly records: number }> =>
  withAdmin(brokers, async (admin) => {
    const chosen = await chosenGroups(admin, pick, groups);
    await waitUntilEmpty(admin, chosen);
    let again = 0;
    for (const groupId of chosen) again += await rewind(admin, groupId, records);
    return { groups: chosen.length, records: again };
  });
