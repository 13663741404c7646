import type { JsonObject } from './json-object.ts';
import type { Mapping, ProvisionedPollers } from './mapping.ts';
import { readInteger, readObject, TemplateError, type Fail } from './read-properties.ts';

const MAPPINGS_PER_GROUP = 100;
const POLLERS_PER_GROUP = 2_000;

/**
 * Reads ProvisionedPollerConfig; one that is missing or empty means on-demand mode.
 * Bounds and defaults: AWS page "Apache Kafka event poller scaling modes in Lambda".
 */
export function readPollers(properties: JsonObject, fail: Fail): ProvisionedPollers | undefined {
  const config = readObject(properties, 'ProvisionedPollerConfig', fail);
  if (config === undefined || Object.keys(config).length === 0) return undefined;
  const failIn: Fail = (message) => fail(`ProvisionedPollerConfig.${message}`);
  const minimum = readInteger(config, 'MinimumPollers', { default: 1, min: 1, max: 200 }, failIn);
  const maximum = readInteger(config, 'MaximumPollers', { default: 200, min: 1, max: 2_000 }, failIn);
  if (maximum < minimum)
    throw failIn(`MaximumPollers is ${maximum}, below MinimumPollers, which is ${minimum}`);
  return { minimum, maximum, group: readGroup(config['PollerGroupName'], failIn) };
}

function readGroup(name: unknown, fail: Fail): string | undefined {
  // An empty name takes a mapping out of its group.
  if (name === undefined || name === '') return undefined;
  if (typeof name !== 'string') throw fail(`PollerGroupName must be text, not ${JSON.stringify(name)}`);
  return name;
}

/**
 * Checks what holds for the mappings of a group together.
 * @throws TemplateError when a group has more than 100 mappings or could grow beyond 2 000 pollers
 */
export function checkPollerGroups(mappings: readonly Mapping[]): void {
  const groups = Map.groupBy(mappings, ({ provisioned }) => provisioned?.group);
  for (const [group, members] of groups) {
    if (group === undefined) continue;
    const pollers = members.reduce((sum, { provisioned }) => sum + (provisioned?.maximum ?? 0), 0);
    const where = `ProvisionedPollerConfig.PollerGroupName ${group} (${members.map(({ id }) => id).join(', ')})`;
    if (members.length > MAPPINGS_PER_GROUP)
      throw new TemplateError(`${where}: ${members.length} mappings; a group holds ${MAPPINGS_PER_GROUP}`);
    if (pollers > POLLERS_PER_GROUP)
      throw new TemplateError(
        `${where}: MaximumPollers add up to ${pollers}; a group may reach ${POLLERS_PER_GROUP}`,
      );
  }
}

/** Properties that AWS accepts in provisioned mode alone: "Advanced error handling and performance features" of the same page. */
export function refuseOnDemand(properties: JsonObject, fail: Fail): void {
  const wrong = ['MaximumRetryAttempts', 'MaximumRecordAgeInSeconds', 'BisectBatchOnFunctionError'].find(
    (name) => properties[name] !== undefined && !isNeutral(properties[name]),
  );
  if (wrong !== undefined) throw fail(`${wrong} needs provisioned mode: add ProvisionedPollerConfig`);
}

/** Spelling out AWS's own default asks for nothing. */
function isNeutral(value: unknown): boolean {
  return value === -1 || value === '-1' || value === false || value === 'false';
}
