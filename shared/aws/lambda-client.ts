import { LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientSettings } from './client-settings.ts';

/**
 * A Lambda client for a Lambda function. Who waits for what it invokes needs a limit of their own (`within`).
 * @param endpoint as of `awsClientSettings`
 */
export const lambdaClient = (endpoint?: string): LambdaClient =>
  new LambdaClient(awsClientSettings(endpoint));
