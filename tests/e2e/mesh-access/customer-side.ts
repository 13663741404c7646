import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../../local/engines/wait-for.ts';
import type { Endpoints } from '../../../local/mesh/endpoints.ts';
import { mintToken } from '../../../local/mesh/identity.ts';
import { callApi, type ApiAnswer, type Call } from './call-api.ts';
import { claimsOf } from './tokens.ts';

/** A new customer who has an address for mail and a SKU to themselves, ten pieces of it in stock. */
export interface Customer {
  readonly customerId: string;
  readonly email: string;
  readonly sku: string;
  /** All of the customer's commands are sent under it. */
  readonly correlationId: string;
  /** What the requests sent so far are called: the first events of each name it as their cause. */
  readonly requestNames: ReadonlySet<string>;
  /** Sends a command that must be accepted; answers the 202's body. */
  readonly command: (method: string, path: string, body: unknown) => Promise<unknown>;
}

/** What a customer can do and see, over plain HTTP and by mail. */
export interface CustomerSide {
  /** The user on whose behalf all is done. */
  readonly userId: string;
  readonly call: (call: Call) => Promise<ApiAnswer>;
  /** Waits until a query answers 200 with a body that has these fields, among others. */
  readonly seen: (path: string, fields: object) => Promise<unknown>;
  /** The subjects of the mails that went to an address. */
  readonly mailsTo: (address: string) => Promise<readonly string[]>;
  readonly customer: () => Promise<Customer>;
}

export const WITHIN = { deadlineMs: 60_000, everyMs: 100, upToMs: 1_000 };

const Mails = z.object({
  messages: z.record(z.string(), z.array(z.looseObject({ To: z.array(z.string()), Subject: z.string() }))),
});

export const customerSide = async (mesh: Endpoints): Promise<CustomerSide> => {
  const token = await mintToken(mesh);
  const userId = claimsOf(token).sub;
  const call = callApi(mesh.api, token);
  const seen = (path: string, fields: object): Promise<unknown> =>
    waitFor(
      `GET ${path} with ${JSON.stringify(fields)}`,
      async () => {
        const { status, body } = await call({ method: 'GET', path });
        expect({ status, body }).toMatchObject({ status: 200, body: fields });
        return body;
      },
      WITHIN,
    );

  const customer = async (): Promise<Customer> => {
    const customerId = randomUUID();
    const email = `${customerId}@example.test`;
    const sku = `sku-${customerId.slice(0, 8)}`;
    const correlationId = `shopping-${customerId}`;
    const requestNames = new Set<string>();
    const command = async (method: string, path: string, body: unknown): Promise<unknown> => {
      const key = randomUUID();
      requestNames.add(`${userId}/${key}`);
      const headers = { 'idempotency-key': key, 'x-correlation-id': correlationId };
      const answer = await call({ method, path, body, headers });
      expect(answer).toMatchObject({ status: 202 });
      return answer.body;
    };
    await command('PUT', `/customers/${customerId}/notification-preferences`, { email });
    await command('POST', `/inventory/${sku}/receipts`, { quantity: 10 });
    await seen(`/customers/${customerId}/notification-preferences`, { email, muted: [] });
    return { customerId, email, sku, correlationId, requestNames, command };
  };

  return {
    userId,
    call,
    seen,
    customer,
    mailsTo: async (address) => {
      const { messages } = Mails.parse(await (await fetch(`${mesh.aws}/_ministack/ses/messages`)).json());
      return Object.values(messages)
        .flat()
        .filter(({ To }) => To.includes(address))
        .map(({ Subject }) => Subject);
    },
  };
};
