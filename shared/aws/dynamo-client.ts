import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsClientSettings } from './client-settings.ts';

/** A DynamoDB client for a Lambda function. @param endpoint as of `awsClientSettings` */
export const dynamoClient = (endpoint?: string): DynamoDBClient =>
  new DynamoDBClient(awsClientSettings(endpoint));
