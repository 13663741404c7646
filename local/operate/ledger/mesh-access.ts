import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { kafkaConnection, type KafkaConnection } from '../../../shared/publish/kafka-publisher.ts';
import { UsageError } from '../api-access.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';

/** What an audit reaches past the API. */
export interface MeshAccess {
  readonly kafka: KafkaConnection;
  readonly lambda: LambdaClient;
  readonly dynamodb: DynamoDBClient;
}

const CLIENT_ID = 'ledger-audit';

/**
 * The mesh on this machine, or the AWS account of the environment's credentials.
 * @throws UsageError when the brokers are not to be found
 */
export const meshAccess = (
  endpoints: Endpoints | undefined,
  brokers: string | undefined,
  kafkaAuth: string,
): MeshAccess => {
  if (endpoints) {
    const { aws: endpoint, region } = endpoints;
    const there = { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    return {
      kafka: kafkaConnection(brokers ?? endpoints.brokers.join(','), 'none', region, CLIENT_ID),
      lambda: new LambdaClient(there),
      dynamodb: new DynamoDBClient(there),
    };
  }
  if (brokers === undefined) throw new UsageError('--brokers is missing: an audit reads the topics');
  return {
    kafka: kafkaConnection(brokers, kafkaAuth, process.env['AWS_REGION'] ?? 'us-east-1', CLIENT_ID),
    lambda: new LambdaClient({}),
    dynamodb: new DynamoDBClient({}),
  };
};
