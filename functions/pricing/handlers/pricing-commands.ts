import { z } from 'zod';
import { systemClock, uuidFrom } from '../../../shared/define/clock.ts';
import { sku } from '../../../shared/define/identifiers.ts';
import { parse } from '../../../shared/define/parse.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { legacyContext } from '../../../shared/legacy/legacy-event.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { commands } from '../../../shared/wire/resources.ts';
import * as command from '../commands.ts';
import { price, schedulePrice, setPrice } from '../price.ts';

const run = commands();
const api = httpApi(onceForCommands());
/** Either command may be the first that is heard of a SKU: the path has to be checked like a body. */
const path = z.object({ sku });

api.command('put', '/prices/:sku', command.setPrice, async ({ params, body, context }) => {
  const { sku } = parse(path, params, 'path');
  return accepted(
    { sku },
    await run.execute(price, sku, context, (state) => setPrice(sku, state, body, systemClock.now())),
  );
});

api.command('post', '/prices/:sku/schedules', command.schedulePrice, async ({ params, body, context }) => {
  const { sku } = parse(path, params, 'path');
  const schedule = { ...body, scheduleId: uuidFrom(context.commandId) };
  return accepted(
    { sku, scheduleId: schedule.scheduleId },
    await run.execute(price, sku, context, (state) => schedulePrice(sku, state, schedule, systemClock.now())),
  );
});

api.command('post', '/prices/legacy-events', command.legacyPriceChanged, async ({ body, context }) => {
  const { sku, ...change } = body.data;
  const origin = legacyContext(body, context);
  return accepted(
    { sku },
    await run.execute(price, sku, origin, (state) => setPrice(sku, state, change, systemClock.now())),
  );
});

export const { handler } = api;
