import type { Endpoints } from '../../../local/mesh/endpoints.ts';

/** Lets the fake payment gateway fail every command, or none. */
export const gatewayFails = async ({ providers }: Endpoints, fails: boolean): Promise<void> => {
  const response = await fetch(`${providers.paymentGateway}/trouble`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fails ? { failing: 1 } : {}),
  });
  if (!response.ok) throw new Error(`the gateway answered ${response.status} ${await response.text()}`);
};
