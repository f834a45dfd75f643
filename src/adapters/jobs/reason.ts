/** pg-boss wraps what is no object as `{ value }`; a worker that died leaves `{ value: { message } }`. */
export function reasonOf(output: unknown): string {
  if (typeof output === 'string') return output;
  if (typeof output !== 'object' || output === null) return 'unknown';
  if ('message' in output && typeof output.message === 'string') return output.message;
  return 'value' in output ? reasonOf(output.value) : JSON.stringify(output);
}
