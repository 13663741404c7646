import { expect, it } from 'vitest';
import { readCsv } from '../../shared/ingest/read-csv.ts';
import { productLineSchema } from './events.ts';
import { productFile } from './product-file.ts';

const heading = 'sku,category,seller_id,name,description,price,currency';

it('reads articles and what they cost, as an event can carry them', () => {
  const { lines, rejected } = readCsv(
    `${heading}\ntea-1,green-tea,seller-1,Sencha,"Steamed, from Uji",19.90,EUR\ntea-2,green-tea,seller-1,Bancha,,,\n`,
    productFile,
  );
  const article = { category: 'green-tea', sellerId: 'seller-1' };
  expect(rejected).toEqual([]);
  expect(lines).toEqual([
    {
      line: 2,
      fields: {
        ...article,
        sku: 'tea-1',
        name: 'Sencha',
        description: 'Steamed, from Uji',
        price: { amount: 1_990, currency: 'EUR' },
      },
    },
    { line: 3, fields: { ...article, sku: 'tea-2', name: 'Bancha', description: '' } },
  ]);
  for (const { fields } of lines) expect(productLineSchema.parse(fields)).toEqual(fields);
});

it.each([
  ['tea 1,green-tea,seller-1,Sencha,,,', 'sku must be 1 to 40 letters, digits or hyphens'],
  ['tea-1,Green Tea,seller-1,Sencha,,,', 'category must be lower-case words joined by hyphens'],
  ['tea-1,green-tea,,Sencha,,,', 'seller_id is missing'],
  ['tea-1,green-tea,seller-1,Sencha,,19.90,', 'price and currency go together'],
  ['tea-1,green-tea,seller-1,Sencha,,"19,90",EUR', 'price must be an amount such as 19.90'],
  ['tea-1,green-tea,seller-1,Sencha,,19.90,euro', 'price.currency must be an ISO 4217 code such as EUR'],
  ['tea-1,green-tea,seller-1,Sencha,,1.5,JPY', 'price.amount must be an amount of JPY'],
])('rejects %s', (row, reason) => {
  expect(readCsv(`${heading}\n${row}\n`, productFile).rejected).toEqual([{ line: 2, reason }]);
});
