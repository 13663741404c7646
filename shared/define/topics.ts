/**
 * The topic manifest: every Kafka topic of the mesh, stated once (TOP-03…08, TOP-10, C1, C2, C6, C10, C19).
 * Infrastructure, the laptop's topics, docs and alarms derive from it.
 */

export type TopicClass = 'business' | 'system' | 'error' | 'dead-letter';

export interface Topic {
  readonly name: string;
  readonly class: TopicClass;
  /** The bounded context (or `mesh`, `platform`) whose team answers for the topic. */
  readonly owner: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
  readonly retentionMs: number;
  readonly compression: 'gzip';
  readonly cleanupPolicy: 'delete';
  /** Names that the other source documents use for the same stream (C1). */
  readonly aliases: readonly string[];
}

const DAY_MS = 86_400_000;

const topic = (name: string, kind: TopicClass, owner: string, overrides: Partial<Topic> = {}): Topic => ({
  name,
  class: kind,
  owner,
  partitions: 12,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  retentionMs: 7 * DAY_MS,
  compression: 'gzip',
  cleanupPolicy: 'delete',
  aliases: [],
  ...overrides,
});

/** Context → the plural that names its topic, and the names the stream has elsewhere. */
const business = {
  customer: ['customers', 'customer-events', 'business.customers'],
  order: ['orders', 'order-events', 'business.orders'],
  payment: ['payments', 'payment-events', 'business.payments'],
  inventory: ['inventory', 'inventory-events', 'business.inventory'],
  product: ['products', 'product-events', 'business.products'],
  promotion: ['promotions', 'promotion-events', 'business.promotions'],
  review: ['reviews', 'review-events', 'business.reviews'],
  delivery: ['delivery', 'delivery-events', 'business.delivery'],
  seller: ['sellers', 'seller-events', 'business.sellers'],
  shopping: ['shopping', 'shopping-events', 'business.shopping'],
  pricing: ['pricing', 'pricing-events', 'business.pricing'],
  notification: ['notifications', 'notification-events', 'business.notifications'],
  observability: ['observability', 'observability-events', 'business.observability'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type ContextName = keyof typeof business;

/** The bounded contexts: the thirteen of the architecture document in its order, and those that were made since. */
// Object.keys loses the literal type; the record above is the whole set.
export const contexts = Object.keys(business) as ContextName[];

/** The topic that carries a context's events. */
export const topicOf = (context: ContextName): string => `business-events-${business[context][0]}`;

/** The dead-letter topic of a topic (C6). */
export const deadLetterTopicOf = (topicName: string): string => `${topicName}.dlq`;

const businessTopics = contexts.map((context) =>
  topic(topicOf(context), 'business', context, { aliases: business[context].slice(1) }),
);

export const topics: readonly Topic[] = [
  ...businessTopics,
  ...['infrastructure', 'deployment', 'monitoring', 'security'].map((name) =>
    topic(`system-events-${name}`, 'system', 'platform', { partitions: 3 }),
  ),
  ...['application', 'infrastructure', 'dlq'].map((name) =>
    topic(`error-events-${name}`, 'error', 'mesh', {
      partitions: 3,
      aliases: name === 'dlq' ? ['dead-letter-topic', 'general-events'] : [],
    }),
  ),
  ...businessTopics.map((source) =>
    topic(deadLetterTopicOf(source.name), 'dead-letter', source.owner, { partitions: source.partitions }),
  ),
];

/** Finds a topic by its name or by an alias; undefined when no document names it. */
export const findTopic = (nameOrAlias: string): Topic | undefined =>
  topics.find(({ name, aliases }) => name === nameOrAlias || aliases.includes(nameOrAlias));

/** Whether a text names a context. */
export const isContext = (name: string): name is ContextName => Object.hasOwn(business, name);
