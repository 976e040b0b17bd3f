// A schema as CRDs have it (OpenAPI v3, structural):
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/
// custom-resource-definitions/#specifying-a-structural-schema

export type StructuralSchema = {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly properties?: { readonly [name: string]: StructuralSchema };
  readonly additionalProperties?: StructuralSchema;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly "x-kubernetes-int-or-string"?: true;
};

type Properties = NonNullable<StructuralSchema["properties"]>;

export function object(properties: Properties, ...required: readonly string[]): StructuralSchema {
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}

export function listOf(items: StructuralSchema): StructuralSchema {
  return { type: "array", items };
}

export function mapOf(additionalProperties: StructuralSchema): StructuralSchema {
  return { type: "object", additionalProperties };
}

export function choice(...names: readonly string[]): StructuralSchema {
  return { type: "string", enum: names };
}

export function integer(minimum: number, maximum: number): StructuralSchema {
  return { type: "integer", minimum, maximum };
}

export const TEXT: StructuralSchema = { type: "string" };
export const FLAG: StructuralSchema = { type: "boolean" };
export const NUMBER_OR_TEXT: StructuralSchema = { "x-kubernetes-int-or-string": true };
