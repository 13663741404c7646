import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { projectPaths } from '../../local/project-paths.ts';
import { expectProblem } from './mesh-access/call-api.ts';
import { customerSide } from './mesh-access/customer-side.ts';

const mesh = inject('mesh');
const newSku = (): string => `sku-${randomUUID().slice(0, 8)}`;

const importFile = async (kind: string, csv: string): Promise<{ code: number; out: string }> => {
  const file = join(mesh.logs, `${kind}.csv`);
  writeFileSync(file, csv);
  const entry = join(projectPaths.root, 'local/operate/import.ts');
  try {
    const args = [entry, kind, file, '--instance', mesh.instance];
    return { code: 0, out: (await promisify(execFile)(process.execPath, args)).stdout };
  } catch (error) {
    // `execFile` rejects with the exit code and what was printed.
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, out: stdout };
  }
};

describe('a file', () => {
  it('of receipts is received once, and tells of the lines that are not well-formed', async () => {
    const [one, two] = [newSku(), newSku()];
    const lines = Array.from({ length: 150 }, (_, i) => `${i % 2 === 0 ? one : two},2,DN-${i}`);
    const csv = `sku,quantity,reference\n${lines.join('\n')}\n${one},none,\n`;
    const first = await importFile('stock', csv);
    expect(first).toMatchObject({ code: 1 });
    expect(first.out).toContain('151 lines, 150 applied');
    expect(first.out).toContain('line 152: quantity must be a whole number');
    expect(await importFile('stock', csv)).toEqual(first);
    const { seen } = await customerSide(mesh);
    for (const sku of [one, two]) await seen(`/inventory/${sku}`, { onHand: 150 });
  });

  it('of products makes them part of the catalogue, with their prices', async () => {
    const sku = newSku();
    const { seen } = await customerSide(mesh);
    const csv = `sku,category,seller_id,name,price,currency\n${sku},green-tea,seller-1,Sencha,19.90,EUR\n`;
    expect(await importFile('products', csv)).toMatchObject({ code: 0 });
    await seen(`/products/${sku}`, { name: 'Sencha', price: { amount: 1_990, currency: 'EUR' } });
  });

  it('that cannot be read is refused', async () => {
    const { call } = await customerSide(mesh);
    const body = { fileName: 'stock.csv', csv: 'article;count\n1;2\n' };
    const answer = await call({ method: 'POST', path: '/inventory/imports', body });
    expectProblem(answer, { status: 400, code: 'schema-violation', paths: ['csv'] });
  });
});

describe('a legacy event', () => {
  const event = (eventType: string, data: object) => ({
    eventId: randomUUID(),
    eventType,
    eventVersion: '2.1.0',
    timestamp: '2026-03-01T12:00:00Z',
    source: 'erp-service',
    data,
  });

  it('is taken once by the context that it is for, under whatever key', async () => {
    const { call, seen } = await customerSide(mesh);
    const sku = newSku();
    const send = async (path: string, body: object) => {
      for (let twice = 0; twice < 2; twice += 1)
        expect(await call({ method: 'POST', path, body })).toMatchObject({ status: 202 });
    };
    await send('/inventory/legacy-events', event('inventory.received', { sku, quantity: 5 }));
    await send('/prices/legacy-events', event('price.changed', { sku, price: 9.99, currency: 'EUR' }));
    const article = { sku, category: 'tea', sellerId: 'seller-1', name: 'Sencha', description: '' };
    await send('/products/legacy-events', event('product.created', article));
    await seen(`/inventory/${sku}`, { onHand: 5, sequence: 1 });
    await seen(`/products/${sku}`, { name: 'Sencha', price: { amount: 999, currency: 'EUR' } });
  });

  it('that changed nothing undoes no newer price when it comes again', async () => {
    const { call, seen } = await customerSide(mesh);
    const sku = newSku();
    const set = (amount: number) =>
      call({ method: 'PUT', path: `/prices/${sku}`, body: { price: { amount, currency: 'EUR' } } });
    const body = event('price.changed', { sku, price: 9.99, currency: 'EUR' });
    const send = () => call({ method: 'POST', path: '/prices/legacy-events', body });
    await set(999);
    const first = await send();
    expect(first).toMatchObject({ status: 202, body: { written: [{ sequence: 2 }] } });
    await set(1_200);
    expect((await send()).body).toEqual(first.body);
    await seen(`/prices/${sku}`, { price: { amount: 1_200, currency: 'EUR' }, sequence: 3 });
  });
});
