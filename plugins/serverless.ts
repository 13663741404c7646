/** The part of the Serverless framework's plugin interface that ours use; the framework ships no types. */
export interface Serverless {
  readonly serviceDir: string;
  readonly service: {
    readonly service: string;
    readonly functions: Readonly<Record<string, FunctionDefinition>>;
    readonly custom: {
      readonly consumer: Readonly<Record<string, unknown>>;
      readonly mesh: {
        readonly [K in 'mskClusterArn' | 'kafkaBrokers' | 'kafkaAuth' | 'mailSender']: unknown;
      };
    };
    readonly resources: { readonly Resources: Record<string, unknown> };
    readonly package: { artifact?: string };
    readonly provider: {
      readonly logRetentionInDays: number;
      readonly compiledCloudFormationTemplate: { readonly Resources: Record<string, CfnResource> };
    };
  };
  readonly configSchemaHandler: {
    defineFunctionProperties(provider: string, schema: object): void;
    defineFunctionEventProperties(provider: string, event: string, schema: object): void;
  };
  readonly classes: { readonly Error: new (message: string) => Error };
  getProvider(name: 'aws'): { readonly naming: Naming };
}

export interface Naming {
  getLambdaLogicalId(functionName: string): string;
  getLogGroupLogicalId(functionName: string): string;
  getMSKEventLogicalId(functionName: string, clusterToken: string, topic: string): string;
}

export interface FunctionDefinition {
  readonly name: string;
  readonly handler: string;
  readonly uses?: readonly string[];
  role?: unknown;
  environment?: Record<string, unknown>;
  disableLogs?: boolean;
  logs?: { readonly logGroup: string };
  readonly vpc?: object;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
}

export interface CfnResource {
  Type: string;
  Properties: Record<string, unknown>;
  DependsOn?: unknown;
}
