import { CreateTableCommand, DescribeTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { dynamoDeliveryRequests } from '../../functions/delivery/dynamo-delivery-requests.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { fixedClock, testEventId, testTime } from '../../shared/testing/envelope-of.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';

const orderId = `ada.${testEventId('the order')}`;
const request = {
  orderId,
  customerId: 'ada',
  address: sealedForTest('address'),
  lines: [{ sku: 'chair', quantity: 2 }],
  taskToken: 'token-1',
  trail: {
    correlationId: 'the visit',
    causationId: testEventId('the submission'),
    traceId: '0af7651916cd43dd8448eb211c80319c',
    sessionId: 'session-1',
  },
};

describe.each(['dynamodb', 'ministack'] as const)('delivery requests on %s', (engine) => {
  const setUp = async () => {
    const client = dynamoClient(inject('engines')[engine]);
    const TableName = `task-tokens-${process.hrtime.bigint()}`;
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'deliveryId', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'deliveryId', KeyType: 'HASH' }],
      }),
    );
    const table = await client.send(new DescribeTableCommand({ TableName }));
    expect(table.Table?.TableStatus).toBe('ACTIVE');
    return { client, TableName, requests: dynamoDeliveryRequests(client, TableName, fixedClock()) };
  };

  it('finds what was remembered, and nothing else', async () => {
    const { requests } = await setUp();
    await requests.remember(request);
    expect(await requests.find(orderId)).toEqual(request);
    expect(await requests.find(`ada.${testEventId('another order')}`)).toBeUndefined();
  });

  it('finds the newest token', async () => {
    const { requests } = await setUp();
    await requests.remember(request);
    await requests.remember({ ...request, taskToken: 'token-2' });
    expect(await requests.find(orderId)).toEqual({ ...request, taskToken: 'token-2' });
  });

  it('lets them go after a day', async () => {
    const { client, TableName, requests } = await setUp();
    await requests.remember(request);
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: { deliveryId: { S: orderId } } }),
    );
    // Time to live counts seconds since the epoch (DynamoDB, "Using time to live").
    expect(Item?.['expiresAt']).toEqual({ N: String(testTime / 1_000 + 86_400) });
  });
});
