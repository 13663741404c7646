import type { Context } from 'aws-lambda';
import { sesClient } from '../../../shared/aws/ses-client.ts';
import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { guarded } from '../../../shared/rehearse/guard.ts';
import { outside } from '../../../shared/rehearse/outside.ts';
import { onceForEffects } from '../../../shared/wire/once.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { commands, means, setting } from '../../../shared/wire/resources.ts';
import type { Mailed, Mailer } from '../mailer.ts';
import { notifying } from '../notifying.ts';
import { notify } from '../policies/notify.ts';
import { sesMailer } from '../ses-mailer.ts';

const once = onceForEffects();
let invocation: Context | undefined;
const remaining = (): number => invocation?.getRemainingTimeInMillis() ?? 0;
const ses = sesMailer(guarded(sesClient()), setting('MAIL_SENDER'), remaining);
const mailer: Mailer = {
  send: (mail) => {
    // What a rehearsal tells of it is kept: it names the customer, not their address.
    const { customerId: target, subject, body } = mail;
    const effect = { kind: 'mail', target, content: { subject, body }, instead: { status: 'sent' } } as const;
    return outside<Mailed>(effect, () => ses.send(mail));
  },
};

const tell = notifying({ commands: commands(), vault: personalData(), once, mailer });

export const handler = consume(reacting(notify, tell), {
  ...means(),
  begin: (context) => {
    once.forInvocation(context);
    invocation = context;
  },
});
