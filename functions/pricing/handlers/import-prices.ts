import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { systemClock } from '../../../shared/define/clock.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { importPrices } from '../policies/import-prices.ts';
import { price, setPrice } from '../price.ts';

const run = commands();

export const handler = consume(
  reacting(importPrices, async ({ importId, prices }, context) => {
    for (const { line, sku, ...change } of prices) {
      const ofLine = { ...context, commandId: `import/${importId}/${line}` };
      await run.execute(price, sku, ofLine, (state) => setPrice(sku, state, change, systemClock.now()));
    }
  }),
  means(),
);
