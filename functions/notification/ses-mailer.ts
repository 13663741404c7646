import {
  BadRequestException,
  MailFromDomainNotVerifiedException,
  MessageRejected,
  SendEmailCommand,
  type SESv2Client,
} from '@aws-sdk/client-sesv2';
import { TransientError } from '../../shared/errors/mesh-error.ts';
import type { Mailer } from './mailer.ts';

/** Refusals of this one mail (Amazon SES API v2, "SendEmail"): bad content or recipient, or a sender nobody verified. */
const REJECTIONS = [MessageRejected, MailFromDomainNotVerifiedException, BadRequestException];

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });

/** SES names the address it rejects; an event is for ever, and a customer may ask to be forgotten. */
const withoutAddresses = (text: string): string => text.replaceAll(/[^\s<>,;:"]+@[^\s<>,;:"]+/g, '(address)');

/**
 * Mail through Amazon SES. A paused or suspended account is not a mail's fault: its mails wait.
 * @param sender an address or domain identity that SES has verified
 */
export const sesMailer = (client: SESv2Client, sender: string): Mailer => ({
  send: async ({ to, subject, body }) => {
    try {
      await client.send(
        new SendEmailCommand({
          FromEmailAddress: sender,
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: utf8(subject), Body: { Text: utf8(body) } } },
        }),
      );
      return { status: 'sent' };
    } catch (error) {
      const rejection = REJECTIONS.find((kind) => error instanceof kind);
      if (rejection && error instanceof Error)
        return { status: 'rejected', reason: `${error.name}: ${withoutAddresses(error.message)}` };
      throw new TransientError('mail-unavailable', 'SES did not take the mail', { cause: error });
    }
  },
});
