import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { accounts } from '../../../shared/testing/account.ts';
import { lambdaContext } from '../../../shared/testing/lambda-context.ts';
import { accountId, clubs, type Bug } from '../subjects/accounts.ts';
import { Actor } from './actor.ts';
import { consuming } from './consuming.ts';
import { gatedClient } from './gated-client.ts';
import { Mailer } from './mailer.ts';
import type { CommitItem } from './outbox.ts';
import type { Process } from './process.ts';
import { redriving } from './redriving.ts';
import { relaying } from './relaying.ts';
import type { Schedule } from '../schedule.ts';
import type { Tables } from './tables.ts';
import { Topic } from './topic.ts';
import { VirtualClock } from './virtual-clock.ts';
import { writing, type Answered } from './writing.ts';

/** Everything there is in one run, and what was seen of it. */
export class World {
  readonly name: string;
  readonly schedule: Schedule;
  readonly client: DynamoDBClient;
  readonly tables: Tables;
  readonly clock: VirtualClock;
  readonly bug: Bug = { mended: false };
  readonly mailer = new Mailer();
  readonly topic = new Topic(accounts.topic);
  /** Where the policy's own events go. */
  readonly rewards = new Topic(clubs.topic);
  /** The event table's stream. */
  readonly outbox: CommitItem[] = [];
  /** What writers were told. */
  readonly answers: Answered[] = [];
  /** Who redrives what is parked, once there is reason to. */
  readonly operator: ReturnType<typeof redriving>;
  readonly actors: ReadonlyMap<string, Actor>;

  constructor(name: string, schedule: Schedule, client: DynamoDBClient, tables: Tables) {
    this.name = name;
    this.schedule = schedule;
    this.client = client;
    this.tables = tables;
    this.clock = new VirtualClock(name);
    const writers = writing(this);
    this.operator = redriving(this);
    this.actors = new Map(
      [
        new Actor('api0', writers),
        new Actor('api1', writers),
        new Actor('relay', relaying(this)),
        ...this.topic.partitions.flatMap((_, partition) => [
          new Actor(`consumer${partition}`, consuming(this, partition)),
          new Actor(`consumer${partition}~`),
        ]),
        new Actor('operator', this.operator),
      ].map((actor) => [actor.name, actor]),
    );
  }

  /** The accounts that its commands are about. */
  get accountIds(): string[] {
    const names = new Set(
      this.schedule.commands.flatMap(({ account, to }) => (to === '' ? [account] : [account, to])),
    );
    return [...names].sort().map((name) => accountId(this.name, name));
  }

  /** DynamoDB as a process sees it. */
  readonly clientOf = (process: Process): DynamoDBClient =>
    gatedClient(this.client, process, this.tables, (commits) => this.outbox.push(...commits));

  /** An invocation's context, whose time is the world's. */
  contextUntil(deadline: number): Context {
    return {
      ...lambdaContext(),
      getRemainingTimeInMillis: () => Math.max(0, deadline - this.clock.now().getTime()),
    };
  }

  /** Lambda kills what is past the end of its invocation. */
  killOverdue(): void {
    for (const actor of this.actors.values()) if (this.clock.now().getTime() >= actor.deadline) actor.crash();
  }
}
