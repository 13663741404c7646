import { dataKeyVault } from '../protect/data-key-vault.ts';
import { dynamoCustomerKeys } from '../protect/dynamo-customer-keys.ts';
import { kmsClient, kmsDataKeys } from '../protect/kms-data-keys.ts';
import type { Vault } from '../protect/vault.ts';
import { guarded } from '../rehearse/guard.ts';
import { client, setting } from './resources.ts';

/** The vault of customers' personal data (`uses: personal-data`, `personal-data:open` or `personal-data:destroy`). */
export const personalData = (): Vault =>
  dataKeyVault({
    keys: dynamoCustomerKeys(client(), setting('CUSTOMER_KEYS_TABLE')),
    dataKeys: kmsDataKeys(guarded(kmsClient()), setting('PERSONAL_DATA_KEY')),
  });
