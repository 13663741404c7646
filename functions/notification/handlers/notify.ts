import { SESv2Client } from '@aws-sdk/client-sesv2';
import type { Context, MSKEvent } from 'aws-lambda';
import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { onceForEffects } from '../../../shared/wire/once.ts';
import { commands, deadLetters, setting } from '../../../shared/wire/resources.ts';
import { notifying } from '../notifying.ts';
import { notify } from '../policies/notify.ts';
import { sesMailer } from '../ses-mailer.ts';

const once = onceForEffects();
const mailer = sesMailer(new SESv2Client({}), setting('MAIL_SENDER'));
const handle = consume(reacting(notify, notifying({ commands: commands(), once, mailer })), deadLetters());

export const handler = (event: MSKEvent, context: Context) => {
  once.forInvocation(context);
  return handle(event, context);
};
