import { SESv2Client } from '@aws-sdk/client-sesv2';
import { awsClientSettings } from './client-settings.ts';

/**
 * An SES client. It never sends a mail again by itself: one that was cut off may have left, and SES has no key to tell
 * a repeat by. Who sends needs a limit of their own (`within`).
 * @param endpoint as of `awsClientSettings`
 */
export const sesClient = (endpoint?: string): SESv2Client =>
  new SESv2Client({ ...awsClientSettings(endpoint), maxAttempts: 1 });
