import type { FunctionDefinition, Serverless } from './serverless.ts';

/**
 * What every context has and would write alike: its event table, whose stream is the outbox, its table of views, and
 * the log group of its functions. Made for each context whose functions use them (ADR 15), so a context's
 * resources.yml holds only what is its own.
 */
export default class ContextResources {
  readonly hooks: Readonly<Record<string, () => void>>;

  constructor(serverless: Serverless) {
    this.hooks = { 'before:package:setupProviderConfiguration': () => provide(serverless) };
  }
}

/** `order-saga-tasks` → `order`. */
export const contextOf = (functionName: string): string => functionName.split('-')[0] ?? functionName;

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Logical ids by rule: `uses:` finds the tables by them. */
export const eventsTableOf = (context: string): string => `${capital(context)}EventsTable`;
export const viewsTableOf = (context: string): string => `${capital(context)}ViewsTable`;

/** The one log group of a context: what its functions say of one order is read in one place. */
export const logGroupOf = (context: string): string => `${capital(context)}LogGroup`;

/** `event-mesh-prod-order-commands` → `event-mesh-prod`: service and stage. */
export const prefixOf = (name: string, { name: deployed }: FunctionDefinition): string =>
  deployed.slice(0, -name.length - 1);

const table = (hash: string, range: string, rest: object) => ({
  Type: 'AWS::DynamoDB::Table',
  ...rest,
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [hash, range].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
  },
});

/** The only table that a context's commands write to. It survives the stack. */
const eventsTable = () => {
  const resource = table('orderingKey', 'commit', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
  return {
    ...resource,
    Properties: { ...resource.Properties, StreamSpecification: { StreamViewType: 'NEW_IMAGE' } },
  };
};

/** Read models: disposable, rebuilt from the events. */
const viewsTable = () => table('groupKey', 'itemKey', {});

const provide = ({ service }: Serverless): void => {
  const resources = service.resources.Resources;
  for (const [name, definition] of Object.entries(service.functions)) {
    const context = contextOf(name);
    const uses = definition.uses ?? [];
    if (uses.some((use) => use.startsWith('events:'))) resources[eventsTableOf(context)] ??= eventsTable();
    if (uses.some((use) => use.startsWith('views:'))) resources[viewsTableOf(context)] ??= viewsTable();
    const group = `/${prefixOf(name, definition)}/${context}`;
    resources[logGroupOf(context)] ??= {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: group, RetentionInDays: service.provider.logRetentionInDays },
    };
    // The framework would make a group for each function, and count towards the 500 resources of a stack.
    definition.disableLogs = true;
    definition.logs = { logGroup: group };
  }
};
