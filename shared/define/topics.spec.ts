import { describe, expect, it } from 'vitest';
import { contexts, deadLetterTopicOf, findTopic, isContext, topicOf, topics } from './topics.ts';

const of = (kind: string) => topics.filter((topic) => topic.class === kind);

describe('the topic manifest', () => {
  it('holds a business topic for each context, 4 system and 3 error topics, and a dead-letter topic for each business topic', () => {
    // The thirteen of the architecture, and those that were made since.
    expect(
      of('business')
        .map(({ name }) => name)
        .slice(0, 13),
    ).toEqual(
      [
        ...['customers', 'orders', 'payments', 'inventory', 'products', 'promotions', 'reviews', 'delivery'],
        ...['sellers', 'shopping', 'pricing', 'notifications', 'observability'],
      ].map((name) => `business-events-${name}`),
    );
    expect(of('system').map(({ name }) => name)).toEqual(
      ['infrastructure', 'deployment', 'monitoring', 'security'].map((name) => `system-events-${name}`),
    );
    expect(of('error').map(({ name }) => name)).toEqual(
      ['application', 'infrastructure', 'dlq'].map((name) => `error-events-${name}`),
    );
    expect(of('dead-letter').map(({ name }) => name)).toEqual(
      of('business').map(({ name }) => deadLetterTopicOf(name)),
    );
    expect(of('business').map(({ name }) => name)).toEqual(contexts.map(topicOf));
    expect(topics).toHaveLength(contexts.length + 4 + 3 + contexts.length);
  });

  it('gives business topics 12 partitions, three replicas of which two must be in sync, and seven days', () => {
    for (const topic of of('business')) {
      expect(topic).toMatchObject({
        partitions: 12,
        replicationFactor: 3,
        minInSyncReplicas: 2,
        retentionMs: 604_800_000,
        compression: 'gzip',
        cleanupPolicy: 'delete',
      });
    }
  });

  it('uses every name and alias once', () => {
    const names = topics.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps to the names Kafka allows', () => {
    for (const { name } of topics) expect(name).toMatch(/^[a-zA-Z0-9._-]{1,249}$/);
  });

  it('finds a topic under every name it has', () => {
    for (const topic of topics) {
      for (const name of [topic.name, ...topic.aliases]) expect(findTopic(name)).toBe(topic);
    }
    expect(findTopic('order-events')?.name).toBe('business-events-orders');
    expect(findTopic('general-events')?.name).toBe('error-events-dlq');
    expect(findTopic('no-such-topic')).toBeUndefined();
  });

  it('belongs to at least thirteen contexts, each with its topic', () => {
    expect(contexts.length).toBeGreaterThanOrEqual(13);
    for (const context of contexts) expect(findTopic(topicOf(context))?.owner).toBe(context);
    expect(isContext('order')).toBe(true);
    expect(isContext('toString')).toBe(false);
  });
});
