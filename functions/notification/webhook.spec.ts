import { describe, expect, it } from 'vitest';
import { contexts } from '../../shared/define/topics.ts';
import { fold } from '../../shared/decide/aggregate.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import { replayDeliveries, subscribeWebhook as subscribeSchema } from './commands.ts';
import { deliverableEvents } from './deliverable-events.ts';
import { WebhookSubscribed, WebhookUnsubscribed } from './events.ts';
import { signingSecretOf } from './signing-secret.ts';
import { requireActive, subscribeWebhook, unsubscribeWebhook, webhook } from './webhook.ts';

const webhookId = '0b8e1c9a-1f43-8d52-9f2e-3c5a7d9e1b20';
const url = 'https://hooks.example.com/mesh';
const wish = { url, eventTypes: ['OrderConfirmedEvent', 'OrderCancelledEvent'], format: 'envelope' as const };
const subscribed = WebhookSubscribed.of({
  webhookId,
  ...wish,
  eventTypes: ['OrderCancelledEvent', 'OrderConfirmedEvent'],
});
const ended = WebhookUnsubscribed.of({ webhookId, reason: 'asked' });

describe('a webhook', () => {
  it('is subscribed to each type once, in no order that would mean anything', () => {
    const twice = { ...wish, webhookId, eventTypes: [...wish.eventTypes, 'OrderConfirmedEvent'] };
    given(webhook)
      .when((state) => subscribeWebhook(state, twice))
      .then([subscribed]);
  });

  it('keeps what it was subscribed to', () => {
    given(webhook, [subscribed])
      .when((state) => subscribeWebhook(state, { ...wish, webhookId, url: 'https://other.example.com/' }))
      .then([]);
  });

  it.each(['asked', 'gone'] as const)('ends once: %s', (reason) => {
    const end = WebhookUnsubscribed.of({ webhookId, reason });
    given(webhook, [subscribed])
      .when((state) => unsubscribeWebhook(state, webhookId, reason))
      .then([end]);
    given(webhook, [subscribed, ended])
      .when((state) => unsubscribeWebhook(state, webhookId, reason))
      .then([]);
  });

  it('that nobody knows neither ends nor is replayed', () => {
    given(webhook)
      .when((state) => unsubscribeWebhook(state, webhookId, 'asked'))
      .thenRefused('unknown-webhook');
    expect(() => requireActive(webhook.initial, webhookId)).toThrow('there is no webhook');
  });

  it('that has ended is not replayed', () => {
    expect(() => requireActive({ status: 'unsubscribed' }, webhookId)).toThrow('has ended');
    expect(() => requireActive(fold(webhook, envelopesOf(webhookId, [subscribed])), webhookId)).not.toThrow();
  });
});

describe('a subscription', () => {
  it('is of the envelope unless told', () => {
    expect(subscribeSchema.parse({ url, eventTypes: wish.eventTypes })).toEqual(wish);
  });

  it.each([
    ['of nothing', { ...wish, eventTypes: [] }, 'eventTypes'],
    ['of what no context publishes', { ...wish, eventTypes: ['OrderLostEvent'] }, 'eventTypes.0'],
    ['of its own deliveries', { ...wish, eventTypes: ['WebhookDueEvent'] }, 'eventTypes.0'],
    ['of mails', { ...wish, eventTypes: ['NotificationSentEvent'] }, 'eventTypes.0'],
    ['to no URL', { ...wish, url: 'hooks.example.com' }, 'url'],
    ['to another protocol', { ...wish, url: 'file:///etc/passwd' }, 'url'],
    ['in an unknown format', { ...wish, format: 'xml' }, 'format'],
  ])('%s is not taken', (_, body, path) => {
    const { error } = subscribeSchema.safeParse(body);
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('may be of every event of the other contexts', () => {
    expect(new Set(deliverableEvents.map(({ aggregate }) => aggregate.context))).toEqual(
      new Set(contexts.filter((context) => context !== 'notification')),
    );
  });
});

describe('a replay', () => {
  it('is of a time that begins before it ends', () => {
    const from = '2026-03-01T12:00:00Z';
    expect(replayDeliveries.safeParse({ from }).success).toBe(true);
    expect(replayDeliveries.safeParse({ from, to: from }).error?.issues[0]?.path).toEqual(['to']);
    expect(replayDeliveries.safeParse({ from: 'yesterday' }).success).toBe(false);
  });
});

describe('a signing secret', () => {
  it('is the same for a webhook every time, and another for every other', () => {
    const secret = signingSecretOf('master', webhookId);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(signingSecretOf('master', webhookId)).toBe(secret);
    expect(signingSecretOf('master', 'another')).not.toBe(secret);
    expect(signingSecretOf('other master', webhookId)).not.toBe(secret);
  });
});
