import { z } from 'zod';
import { contextOf } from '../../plugins/context-resources.ts';
import { envelopeSchema } from '../../shared/define/envelope.ts';
import { payloadJsonSchema, type EventDefinition } from '../../shared/define/event.ts';
import { isContext, topicOf, topics, type Topic } from '../../shared/define/topics.ts';
import { auditMessageHeaders, deadLetterHeaders, eventHeaders } from './asyncapi-headers.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Contracts } from './load-contracts.ts';
import type { LoadedFunction } from './load-handlers.ts';
import type { ProjectFacts } from './openapi.ts';

const BINDING = { bindingVersion: '0.5.0' };
const DEAD_LETTER = 'DeadLetter';
const OPERATOR_ACTION = 'OperatorAction';
const SECURITY_TOPIC = 'system-events-security';

const payloadName = ({ type, version }: EventDefinition): string => `${type}.v${version}`;

const withoutDialect = ({ $schema: _, ...schema }: JsonSchema): JsonSchema => schema;

/** What travels on a topic, by the names of its messages. */
const messagesOn = ({ events }: Contracts, topic: Topic): readonly string[] => {
  if (topic.class === 'dead-letter') return [DEAD_LETTER];
  if (topic.name === SECURITY_TOPIC) return [OPERATOR_ACTION];
  return events.filter(({ aggregate }) => aggregate.topic === topic.name).map(({ type }) => type);
};

const about: Readonly<Record<Topic['class'], (owner: string) => string>> = {
  business: (owner) => `The events of the ${owner} context, and nobody else's.`,
  system: () => 'About the platform itself.',
  error: () => 'What went wrong, across contexts.',
  'dead-letter': (owner) => `Records of the ${owner} context's topic that a consumer gave up on.`,
};

const channelOf = (contracts: Contracts, topic: Topic) => ({
  address: topic.name,
  description: about[topic.class](topic.owner),
  messages: Object.fromEntries(
    messagesOn(contracts, topic).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
  ),
  tags: [{ name: topic.class }, { name: topic.owner }],
  bindings: {
    kafka: {
      ...BINDING,
      topic: topic.name,
      partitions: topic.partitions,
      replicas: topic.replicationFactor,
      topicConfiguration: {
        'cleanup.policy': [topic.cleanupPolicy],
        'retention.ms': topic.retentionMs,
        'min.insync.replicas': topic.minInSyncReplicas,
        'compression.type': topic.compression,
      },
    },
  },
});

const eventMessage = (event: EventDefinition) => ({
  name: event.type,
  title: event.type,
  summary: `Version ${event.schemaVersion} of an event of the aggregate ${event.aggregate.type}.`,
  contentType: 'application/json',
  headers: eventHeaders(event),
  payload: {
    allOf: [
      { $ref: '#/components/schemas/EventEnvelope' },
      {
        type: 'object',
        properties: {
          eventType: { const: event.type },
          aggregateType: { const: event.aggregate.type },
          version: { const: event.version },
          payload: { $ref: `#/components/schemas/${payloadName(event)}` },
        },
      },
    ],
  },
  bindings: {
    kafka: {
      ...BINDING,
      key: { type: 'string', description: 'The ordering key: murmur2 of it decides the partition.' },
    },
  },
});

/** Messages that are no events. Their values are the record's own bytes, or an entry of the audit trail. */
const otherMessages = {
  [DEAD_LETTER]: {
    name: DEAD_LETTER,
    title: 'Dead letter',
    summary:
      'A record as it came: key, value and headers its own, where it came from and why in headers `dlq_…`.',
    headers: deadLetterHeaders(),
    payload: {},
  },
  [OPERATOR_ACTION]: {
    name: OPERATOR_ACTION,
    title: "Operator's action",
    summary: 'Who did what at the dead-letter desk, when, why and to what.',
    contentType: 'application/json',
    headers: auditMessageHeaders(),
    payload: {
      type: 'object',
      properties: {
        auditId: { type: 'string' },
        at: { type: 'string', format: 'date-time' },
        by: { type: 'string' },
        action: { type: 'string' },
        target: { type: 'string' },
        reason: { type: 'string' },
        details: { type: 'object' },
      },
      required: ['auditId', 'at', 'by', 'action', 'target'],
    },
  },
};

const onChannel = (topic: string, messages: readonly string[]) => ({
  channel: { $ref: `#/channels/${topic}` },
  messages: messages.map((name) => ({ $ref: `#/channels/${topic}/messages/${name}` })),
});

/** One for each context that decides events, each through its outbox; and what is set aside. */
const sendOperations = (contracts: Contracts, functions: readonly LoadedFunction[]) => {
  const deciding = functions.filter(({ uses }) => uses.includes('events:append'));
  const contexts = new Set(deciding.map(({ name }) => contextOf(name)).filter(isContext));
  const ofContexts = [...contexts].map((context) => {
    const topic = topics.find(({ name }) => name === topicOf(context));
    return [
      `${context}.publish`,
      {
        action: 'send',
        summary: `${context} publishes what it decided, from the stream of its event table.`,
        ...onChannel(topicOf(context), topic ? messagesOn(contracts, topic) : []),
      },
    ] as const;
  });
  const setAside = topics
    .filter(({ name, class: kind }) => kind === 'dead-letter' || name === SECURITY_TOPIC)
    .map((topic) => [
      `mesh.publish.${topic.name}`,
      { action: 'send', ...onChannel(topic.name, messagesOn(contracts, topic)) },
    ]);
  return Object.fromEntries([...ofContexts, ...setAside]) as JsonSchema;
};

/** One for each subscription: a function, a topic, and the consumer group that remembers how far it has come. */
const receiveOperations = ({ listeners }: Contracts, functions: readonly LoadedFunction[]) =>
  Object.fromEntries(
    functions.flatMap(({ name, description, consumer, subscriptions }) =>
      subscriptions.map(({ topic, consumerGroup }) => {
        const listens = listeners.find((listener) => listener.name === consumer)?.listens ?? [];
        const taken = listens.filter(({ aggregate }) => aggregate.topic === topic);
        return [
          subscriptions.length > 1 ? `${name}.${topic}` : name,
          {
            action: 'receive',
            summary: `${description}.`,
            tags: [{ name: contextOf(name) }],
            ...onChannel(topic, [...new Set(taken.map(({ type }) => type))]),
            bindings: { kafka: { ...BINDING, groupId: { type: 'string', enum: [consumerGroup] } } },
          },
        ];
      }),
    ),
  );

/** docs/asyncapi.json: every topic of the manifest, what travels on it, who sends and who receives. */
export const asyncApi = (
  { version, description, license }: ProjectFacts,
  contracts: Contracts,
  functions: readonly LoadedFunction[],
): JsonSchema => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Event mesh',
    version,
    description: `${description} Generated by \`npm run docs\`: do not edit.`,
    license: { name: license },
  },
  defaultContentType: 'application/json',
  servers: {
    msk: {
      host: '{brokers}',
      protocol: 'kafka-secure',
      description: 'Amazon MSK: TLS, with SASL and IAM. Only mesh-relay publishes.',
      variables: { brokers: { description: 'The bootstrap brokers of the cluster, `host:port`.' } },
    },
    laptop: {
      host: 'localhost:{port}',
      protocol: 'kafka',
      description: 'The Kafka of a running `npm start`: `.mesh/endpoints.json` says where.',
      variables: { port: { description: 'Chosen when it starts.' } },
    },
  },
  channels: Object.fromEntries(topics.map((topic) => [topic.name, channelOf(contracts, topic)])),
  operations: { ...sendOperations(contracts, functions), ...receiveOperations(contracts, functions) },
  components: {
    messages: {
      ...Object.fromEntries(contracts.events.map((event) => [event.type, eventMessage(event)])),
      ...otherMessages,
    },
    schemas: {
      EventEnvelope: withoutDialect(z.toJSONSchema(envelopeSchema, { target: 'draft-7', io: 'input' })),
      ...Object.fromEntries(
        contracts.events.map((event) => [
          payloadName(event),
          // A JSON Schema is a record; `payloadJsonSchema` says only that it is an object.
          withoutDialect(payloadJsonSchema(event) as JsonSchema),
        ]),
      ),
    },
  },
});
