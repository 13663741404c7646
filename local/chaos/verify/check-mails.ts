import { NotificationFailed, NotificationSent } from '../../../functions/notification/events.ts';
import { notify } from '../../../functions/notification/policies/notify.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface MailFindings {
  readonly sent: number;
  /** Each deviation, named. */
  readonly deviations: readonly string[];
  /**
   * Mails that went out twice because the process died between SES taking the mail and the answer being kept: SES
   * has no key to tell a repeat by, so this is the one effect that can come twice (functions/notification).
   */
  readonly repeatedByDeath: readonly string[];
}

/** A repetition comes when the lease of the dead process is over: a function's time at the most, and its retries. */
const LEASE_MS = 60_000;
const CLOCKS_MS = 1_000;

const nameOf = ({ to, subject }: Pick<Mail, 'to' | 'subject'>): string => `"${subject}" to ${to}`;

/**
 * Whatever a customer is to be told is recorded once, and mailed once.
 * @param events of all contexts
 * @param addressOf a customer's address for mail
 * @param deaths when processes that send mail were killed, milliseconds since the epoch
 */
export const checkMails = (
  events: readonly EventEnvelope[],
  mails: readonly Mail[],
  addressOf: (customerId: string) => string,
  deaths: readonly number[],
): MailFindings => {
  const due = events.flatMap((event) => notify.react(event) ?? []);
  const told = Map.groupBy(
    events.flatMap((event) =>
      NotificationSent.is(event) || NotificationFailed.is(event) ? [event.payload.causeEventId] : [],
    ),
    (causeEventId) => causeEventId,
  );
  const deviations = due.flatMap(({ causeEventId, kind, customerId }) => {
    const times = told.get(causeEventId)?.length ?? 0;
    return times === 1 ? [] : [`${kind} of ${causeEventId} was told to ${customerId} ${times} times`];
  });

  const sent = events.flatMap((event) =>
    NotificationSent.is(event)
      ? [nameOf({ to: addressOf(event.payload.customerId), subject: event.payload.subject })]
      : [],
  );
  const delivered = Map.groupBy(mails, nameOf);
  const repeatedByDeath: string[] = [];
  for (const name of new Set([...sent, ...delivered.keys()])) {
    const wanted = sent.filter((each) => each === name).length;
    const copies = (delivered.get(name) ?? []).toSorted((a, b) => a.at - b.at);
    if (copies.length === wanted) continue;
    const [first, second] = copies;
    const explained =
      wanted === 1 &&
      copies.length === 2 &&
      first !== undefined &&
      second !== undefined &&
      deaths.some((at) => first.at - CLOCKS_MS <= at && at <= second.at && at <= first.at + LEASE_MS);
    if (explained) repeatedByDeath.push(name);
    else deviations.push(`${name} was sent ${copies.length} times instead of ${wanted}`);
  }
  return { sent: sent.length, deviations, repeatedByDeath };
};
