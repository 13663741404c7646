import type { Perform } from '../../shared/consume/policy.ts';
import type { CommandHandler } from '../../shared/decide/command-handler.ts';
import type { Clock } from '../../shared/define/clock.ts';
import type { ImportedPrices } from './policies/import-prices.ts';
import { price, setPrice } from './price.ts';

/**
 * Sets the prices of a file's lines, one after the other. Each is a command of its own, `import/<importId>/<line>`:
 * lines that are worked on again set none twice.
 */
export const setImportedPrices =
  (run: Pick<CommandHandler, 'execute'>, clock: Pick<Clock, 'now'>): Perform<ImportedPrices> =>
  async ({ importId, prices }, context) => {
    for (const { line, sku, ...change } of prices) {
      const ofLine = { ...context, commandId: `import/${importId}/${line}` };
      await run.execute(price, sku, ofLine, (state) => setPrice(sku, state, change, clock.now()));
    }
  };
