import {
  AccountSuspendedException,
  BadRequestException,
  LimitExceededException,
  MailFromDomainNotVerifiedException,
  MessageRejected,
  SendEmailCommand,
  SendingPausedException,
  TooManyRequestsException,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import { within } from '../../shared/aws/client-settings.ts';
import { TransientError, UnavailableError } from '../../shared/errors/mesh-error.ts';
import type { Mailer } from './mailer.ts';

/** Refusals of this one mail (Amazon SES API v2, "SendEmail"): bad content or recipient, or a sender nobody verified. */
const REJECTIONS = [MessageRejected, MailFromDomainNotVerifiedException, BadRequestException];

/** SES takes no mail of ours for now ("SendEmail"): it throttles, a quota is used up, or the account may not send. */
const UNAVAILABLE = [
  TooManyRequestsException,
  LimitExceededException,
  SendingPausedException,
  AccountSuspendedException,
];

/** What parking, the ledger and the answer of a batch may take behind its last mail, milliseconds. */
const RESERVE_MS = 5_000;

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });

/** SES names the address it rejects; an event is for ever, and a customer may ask to be forgotten. */
const withoutAddresses = (text: string): string => text.replaceAll(/[^\s<>,;:"]+@[^\s<>,;:"]+/g, '(address)');

/**
 * Mail through Amazon SES. Throttling and a paused or suspended account are no mail's fault and last longer than its
 * retries: mails wait for SES, and none is given up. What else fails may be this mail's alone, and is tried again.
 *
 * A mail has nearly all the time of its invocation. One that is cut off is like one whose process died: nobody knows
 * whether it left, and its record is tried again, since a second mail does less harm than none. Behind it there is time
 * to answer for the rest of the batch, and one that there is no time for is not begun (UnavailableError `out-of-time`).
 * @param sender an address or domain identity that SES has verified
 * @param remaining milliseconds that the invocation has left
 */
export const sesMailer = (client: SESv2Client, sender: string, remaining: () => number): Mailer => ({
  send: async ({ to, subject, body }) => {
    const limitMs = remaining() - RESERVE_MS;
    if (limitMs <= 0)
      throw new UnavailableError('out-of-time', 'the invocation has no time left for this mail');
    const command = new SendEmailCommand({
      FromEmailAddress: sender,
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(body) } } },
    });
    try {
      await client.send(command, within(limitMs));
      return { status: 'sent' };
    } catch (error) {
      const rejection = REJECTIONS.find((kind) => error instanceof kind);
      if (rejection && error instanceof Error)
        return { status: 'rejected', reason: `${error.name}: ${withoutAddresses(error.message)}` };
      if (UNAVAILABLE.some((kind) => error instanceof kind))
        throw new UnavailableError('mail-unavailable', 'SES takes no mail now', undefined, { cause: error });
      throw new TransientError('mail-unavailable', 'SES did not take the mail', { cause: error });
    }
  },
});
