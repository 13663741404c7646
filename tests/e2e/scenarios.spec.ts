import { beforeAll, describe, expect, inject, it } from 'vitest';
import { mintToken } from '../../local/mesh/identity.ts';
import { auditTopics, auditViews } from '../../local/scenarios/audit.ts';
import { day } from '../../local/scenarios/day/day.ts';
import { projections } from '../../local/scenarios/projections.ts';
import { rush } from '../../local/scenarios/rush.ts';
import { openShop, type Shop } from '../../local/scenarios/shop.ts';
import { singleOrders } from '../../local/scenarios/single-orders.ts';
import { isOfTheMesh } from './mesh-access/foreign-records.ts';

/** Each scenario ends when it is done; these are for a machine that is busy with something else. */
const DEADLINE_MS = 110_000;
const RUSH_DEADLINE_MS = 240_000;
const DAY_DEADLINE_MS = 240_000;

const mesh = inject('mesh');
let token: string;
let shop: Shop;

beforeAll(async () => {
  token = await mintToken(mesh);
  shop = openShop(mesh, token, DEADLINE_MS);
});

describe('one order, played to its end (SAG-01…07)', () => {
  it.concurrent.each(singleOrders)('$name', async (scenario) => {
    await scenario.play(shop, mesh);
  });
});

it(
  '100 orders at once on 20 SKUs with too little stock: stock and money add up (promise 9)',
  async () => {
    await rush(openShop(mesh, token, RUSH_DEADLINE_MS), mesh);
  },
  RUSH_DEADLINE_MS,
);

it(
  'a day at the shop: what the contexts say fits together, and the API says what the topics say',
  async () => {
    const CUSTOMERS = 6;
    const outcome = await day(openShop(mesh, token, DAY_DEADLINE_MS), mesh, DAY_DEADLINE_MS, CUSTOMERS);
    expect(outcome).toMatch(/^6 customers, 30 orders;.* 1 customers forgotten/);
  },
  DAY_DEADLINE_MS,
);

describe('afterwards', () => {
  it('every event is on its topic, in order, none missing, none invented (promises 1 and 2)', async () => {
    expect(await auditTopics(mesh, DEADLINE_MS, isOfTheMesh)).toMatch(/none missing/);
  });

  it('every view equals a rebuild from the topics, byte for byte (promises 3 and 7)', async () => {
    expect(await auditViews(mesh, projections, DEADLINE_MS, isOfTheMesh)).toMatch(/equal to a rebuild/);
  });
});
