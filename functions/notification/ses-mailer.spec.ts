import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { sesClient } from '../../shared/aws/ses-client.ts';
import { UnavailableError } from '../../shared/errors/mesh-error.ts';
import { fakeServer } from '../../shared/testing/fake-server.ts';
import { sesMailer } from './ses-mailer.ts';

const server = fakeServer();

/** SES as its client sees it: REST and JSON, an error by its header. One without a status never answers. */
const ses = async (status: number | undefined, body: object, error?: string, remainingMs = 29_000) => {
  const asked: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push({ url: request.url, body: JSON.parse(await text(request)) as unknown });
    if (status === undefined) return;
    response.writeHead(status, error ? { 'x-amzn-errortype': error } : {}).end(JSON.stringify(body));
  };
  const endpoint = await server.listening((request, response) => void answer(request, response));
  const client = sesClient(endpoint);
  return { asked, mailer: sesMailer(client, 'orders@example.com', () => remainingMs) };
};

const mail = { customerId: 'ada', to: 'ada@example.com', subject: 'Grüße', body: 'Thank you.\n' };

it('hands the mail to SES as UTF-8 text', async () => {
  const { asked, mailer } = await ses(200, { MessageId: 'm-1' });
  expect(await mailer.send(mail)).toEqual({ status: 'sent' });
  expect(asked).toEqual([
    {
      url: '/v2/email/outbound-emails',
      body: {
        FromEmailAddress: 'orders@example.com',
        Destination: { ToAddresses: ['ada@example.com'] },
        Content: {
          Simple: {
            Subject: { Data: 'Grüße', Charset: 'UTF-8' },
            Body: { Text: { Data: 'Thank you.\n', Charset: 'UTF-8' } },
          },
        },
      },
    },
  ]);
});

it.each(['MessageRejected', 'MailFromDomainNotVerifiedException', 'BadRequestException'])(
  'gives up a mail that SES rejects: %s',
  async (name) => {
    const { mailer } = await ses(400, { message: 'Email address is not verified' }, name);
    expect(await mailer.send(mail)).toEqual({
      status: 'rejected',
      reason: `${name}: Email address is not verified`,
    });
  },
);

it('keeps addresses out of the reason', async () => {
  const message =
    'Email address is not verified. Identities that failed the check: <ada@example.com>, a+b@c.example';
  const { mailer } = await ses(400, { message }, 'MessageRejected');
  expect(await mailer.send(mail)).toEqual({
    status: 'rejected',
    reason:
      'MessageRejected: Email address is not verified. Identities that failed the check: <(address)>, (address)',
  });
});

it.each([
  [403, 'AccessDeniedException'],
  [500, 'InternalFailure'],
])('keeps a mail for later at %i %s', async (status, name) => {
  const { mailer } = await ses(status, { message: 'not now' }, name);
  await expect(mailer.send(mail)).rejects.toMatchObject({
    code: 'mail-unavailable',
    errorClass: 'transient',
  });
});

it.each([
  [429, 'TooManyRequestsException'],
  [400, 'LimitExceededException'],
  [400, 'SendingPausedException'],
  [400, 'AccountSuspendedException'],
])('takes SES for unavailable at %i %s: no mail is given up for it', async (status, name) => {
  const { mailer } = await ses(status, { message: 'not now' }, name);
  const sending = mailer.send(mail);
  await expect(sending).rejects.toBeInstanceOf(UnavailableError);
  await expect(sending).rejects.toMatchObject({ code: 'mail-unavailable', cause: { name } });
});

it('keeps a mail for later when SES is not there', async () => {
  const { mailer } = await ses(200, {});
  await server.close();
  await expect(mailer.send(mail)).rejects.toMatchObject({ code: 'mail-unavailable' });
});

it('cuts a mail off in time for the answer of its batch: it may have left, and is tried again', async () => {
  const { mailer, asked } = await ses(undefined, {}, undefined, 5_200);
  const started = performance.now();
  await expect(mailer.send(mail)).rejects.toMatchObject({
    code: 'mail-unavailable',
    errorClass: 'transient',
  });
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(asked).toHaveLength(1);
});

it('begins no mail that the invocation has no time for', async () => {
  const { mailer, asked } = await ses(200, {}, undefined, 5_000);
  await expect(mailer.send(mail)).rejects.toMatchObject({ code: 'out-of-time' });
  expect(asked).toEqual([]);
});
