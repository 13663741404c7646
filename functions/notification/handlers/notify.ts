import { SESv2Client } from '@aws-sdk/client-sesv2';
import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { guarded } from '../../../shared/rehearse/guard.ts';
import { outside } from '../../../shared/rehearse/outside.ts';
import { onceForEffects } from '../../../shared/wire/once.ts';
import { commands, means, setting } from '../../../shared/wire/resources.ts';
import type { Mailer } from '../mailer.ts';
import { notifying } from '../notifying.ts';
import { notify } from '../policies/notify.ts';
import { sesMailer } from '../ses-mailer.ts';

const once = onceForEffects();
const ses = sesMailer(guarded(new SESv2Client({})), setting('MAIL_SENDER'));
const mailer: Mailer = {
  send: (mail) =>
    outside({ kind: 'mail', target: mail.to, content: mail, instead: { status: 'sent' } }, () =>
      ses.send(mail),
    ),
};

export const handler = consume(reacting(notify, notifying({ commands: commands(), once, mailer })), {
  ...means(),
  begin: once.forInvocation,
});
