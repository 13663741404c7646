import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { waitFor } from '../../engines/wait-for.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';

const Done = z.object({ slow: z.int(), failed: z.int(), lost: z.int() });

export interface GatewayTrouble {
  readonly latencyMs?: number;
  readonly failing?: number;
  readonly losing?: number;
}

/** Makes the fake payment gateway misbehave, until told otherwise; nothing to say ends it. */
export const setTrouble = async ({ providers }: Endpoints, trouble: GatewayTrouble = {}): Promise<void> => {
  const response = await fetch(`${providers.paymentGateway}/trouble`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(trouble),
  });
  if (!response.ok) throw new Error(`the gateway answered ${response.status}: ${await response.text()}`);
};

/** What its troubles came to. */
export const troubleDone = async ({ providers }: Endpoints): Promise<z.infer<typeof Done>> =>
  Done.parse(await (await fetch(`${providers.paymentGateway}/trouble`)).json());

/** Trouble that nobody noticed is none: it goes on until it has shown, where that takes longer. */
const SHOWN_WITHIN_MS = 300_000;
const ENOUGH = 3;

/**
 * Makes the gateway misbehave for a while, and until each kind of misbehaviour has met some calls.
 * @param alsoShown what else must have come of it
 */
export const troubleFor = async (
  endpoints: Endpoints,
  trouble: Required<GatewayTrouble>,
  forMs: number,
  signal: AbortSignal,
  alsoShown: () => Promise<boolean>,
): Promise<void> => {
  const before = await troubleDone(endpoints);
  await setTrouble(endpoints, trouble);
  // How long the trouble lasts is part of the plan.
  await pause(forMs, undefined, { signal });
  await waitFor(
    `calls of the gateway that met ${JSON.stringify(trouble)}`,
    async () => {
      const now = await troubleDone(endpoints);
      const met =
        (trouble.latencyMs === 0 || now.slow >= before.slow + ENOUGH) &&
        (trouble.failing === 0 || now.failed >= before.failed + ENOUGH) &&
        (trouble.losing === 0 || now.lost >= before.lost + ENOUGH);
      return met && (await alsoShown()) ? true : undefined;
    },
    { deadlineMs: SHOWN_WITHIN_MS, everyMs: 250, signal },
  );
  await setTrouble(endpoints);
};
