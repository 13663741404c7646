import { randomUUID } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Endpoints } from '../../../local/mesh/endpoints.ts';

const FLOWS = ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] as const;

/** Tokens that the mesh's own identity provider signs and that its API must turn away all the same. */
export interface OddTokens {
  /** Of the right user pool, made out to another client. */
  forAnotherAudience(): Promise<string>;
  /** Good when it is made, and for `seconds` more. */
  validFor(seconds: number): Promise<string>;
}

/** Signs in a user of its own, so that nobody else's tokens change. */
export const oddTokens = async ({
  aws,
  region,
  userPoolId: UserPoolId,
  clientId,
}: Endpoints): Promise<OddTokens> => {
  const cognito = new CognitoIdentityProviderClient({
    endpoint: aws,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const USERNAME = `user-${randomUUID()}`;
  const PASSWORD = `Odd-1-${randomUUID()}`;
  await cognito.send(
    new AdminCreateUserCommand({ UserPoolId, Username: USERNAME, MessageAction: 'SUPPRESS' }),
  );
  await cognito.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username: USERNAME, Password: PASSWORD, Permanent: true }),
  );

  const signIn = async (ClientId: string) => {
    const { AuthenticationResult } = await cognito.send(
      new AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME, PASSWORD },
      }),
    );
    const { AccessToken, IdToken } = AuthenticationResult ?? {};
    if (!AccessToken || !IdToken) throw new Error('the sign-in brought no tokens');
    return { AccessToken, IdToken };
  };
  return {
    forAnotherAudience: async () => {
      const { UserPoolClient } = await cognito.send(
        new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'another', ExplicitAuthFlows: [...FLOWS] }),
      );
      return (await signIn(UserPoolClient?.ClientId ?? '')).AccessToken;
    },
    // The id token: its `aud` is the same client, and everybody else uses access tokens, which stay as they are.
    validFor: async (seconds) => {
      await cognito.send(
        new UpdateUserPoolClientCommand({
          UserPoolId,
          ClientId: clientId,
          ExplicitAuthFlows: [...FLOWS],
          AccessTokenValidity: 8,
          IdTokenValidity: seconds,
          TokenValidityUnits: { AccessToken: 'hours', IdToken: 'seconds' },
        }),
      );
      return (await signIn(clientId)).IdToken;
    },
  };
};

/** The claims of a token, unchecked. */
export const claimsOf = (token: string): { readonly sub: string; readonly exp: number } =>
  // Tokens of the mesh's own pool: Cognito writes both claims into each.
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; exp: number };
