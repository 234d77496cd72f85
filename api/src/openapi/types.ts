import type { createDocument, ZodOpenApiObject } from 'zod-openapi';

export type OpenApiDocument = ReturnType<typeof createDocument>;
export type PathItem = NonNullable<ZodOpenApiObject['paths']>[string];
export type Operation = NonNullable<PathItem['get']>;
export type Responses = NonNullable<Operation['responses']>;
export type RequestBody = NonNullable<Operation['requestBody']>;
export type Parameters = NonNullable<Operation['parameters']>;
export type ResponseObject = Extract<Responses[keyof Responses], { description: string }>;
export type ResponseHeaders = NonNullable<ResponseObject['headers']>;
