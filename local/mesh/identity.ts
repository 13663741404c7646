import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { AWS_REGION } from '../engines/ministack.ts';

export interface Identity {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly issuer: string;
  /** What the API's authorizer compares with a token's client_id (Cognito access tokens have no `aud`). */
  readonly audience: string;
}

const USER = 'demo';
const TOKEN_HOURS = 8;

// Not a secret: it opens the emulator's pool on this machine, and differs with every start.
const passwordOf = (userPoolId: string): string => `Local-1-${userPoolId}`;

const clientOf = (aws: string): CognitoIdentityProviderClient =>
  new CognitoIdentityProviderClient({
    endpoint: aws,
    region: AWS_REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the emulator's Cognito answered without ${what}`);
  return value;
}

/** Adds a user, unless there is one of that name. */
async function addUser(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  Username: string,
): Promise<void> {
  try {
    await client.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }));
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
  }
  const password = { Password: passwordOf(UserPoolId), Permanent: true };
  await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, ...password }));
}

/** Creates the user pool, its app client and the user `demo`. */
export async function createIdentity(aws: string): Promise<Identity> {
  const client = clientOf(aws);
  const { UserPool } = await client.send(new CreateUserPoolCommand({ PoolName: 'event-mesh' }));
  const userPoolId = present(UserPool?.Id, 'a pool id');
  const { UserPoolClient } = await client.send(
    new CreateUserPoolClientCommand({
      UserPoolId: userPoolId,
      ClientName: 'local',
      ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      AccessTokenValidity: TOKEN_HOURS,
      TokenValidityUnits: { AccessToken: 'hours' },
    }),
  );
  const clientId = present(UserPoolClient?.ClientId, 'a client id');
  await addUser(client, userPoolId, USER);
  const issuer = `https://cognito-idp.${AWS_REGION}.amazonaws.com/${userPoolId}`;
  return { userPoolId, clientId, issuer, audience: clientId };
}

/**
 * A fresh access token, valid for eight hours.
 * @param user `demo` unless told; another is added first, so that two people can be tried on one machine
 */
export async function mintToken(
  endpoints: { readonly aws: string; readonly userPoolId: string; readonly clientId: string },
  user: string = USER,
): Promise<string> {
  const client = clientOf(endpoints.aws);
  if (user !== USER) await addUser(client, endpoints.userPoolId, user);
  const { AuthenticationResult } = await client.send(
    new AdminInitiateAuthCommand({
      UserPoolId: endpoints.userPoolId,
      ClientId: endpoints.clientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: user, PASSWORD: passwordOf(endpoints.userPoolId) },
    }),
  );
  return present(AuthenticationResult?.AccessToken, 'an access token');
}

const MINT_EVERY_MS = 3_600_000;

/** Gives a token that is valid for hours to come, minting a new one once an hour. */
export function tokenSource(endpoints: Parameters<typeof mintToken>[0]): () => Promise<string> {
  let token: Promise<string> | undefined;
  let mintedAt = 0;
  return async () => {
    if (token === undefined || performance.now() - mintedAt > MINT_EVERY_MS) {
      token = mintToken(endpoints);
      mintedAt = performance.now();
    }
    try {
      return await token;
    } catch (error) {
      token = undefined;
      throw error;
    }
  };
}
