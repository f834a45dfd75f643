/**
 * The only things neutral text can be made of. Whatever has no place here (raw HTML, images, footnotes,
 * task boxes, definitions) cannot leave `neutralise`, because there is nothing to write it with.
 */
export type Inline =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'code'; readonly value: string }
  | { readonly type: 'emphasis' | 'strong' | 'delete'; readonly children: readonly Inline[] }
  | { readonly type: 'link'; readonly url: string; readonly children: readonly Inline[] };

export type Block =
  | { readonly type: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly type: 'heading'; readonly depth: number; readonly children: readonly Inline[] }
  | { readonly type: 'quote'; readonly children: readonly Block[] }
  | { readonly type: 'code'; readonly language: string; readonly value: string }
  | { readonly type: 'rule' }
  | { readonly type: 'table'; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | {
      readonly type: 'list';
      /** Number of the first item, null for a bulleted list. */
      readonly start: number | null;
      readonly loose: boolean;
      readonly items: readonly (readonly Block[])[];
    };
