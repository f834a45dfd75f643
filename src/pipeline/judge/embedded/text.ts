/**
 * Plain text as the embedded judge compares it: split into sentences, folded to words. Nothing here knows about proposals.
 */

const STOP_WORD_LIST =
  'a an and are as at be been being but by can could did do does doing for from had has have having he her his how ' +
  'i if in into is it its itself just let me might more most must my no not now of on once only or other our out ' +
  'over own same she should so some such than that the their them then there these they this those through to too ' +
  'under until up us very was we were what when where which while who why will with would you your also';
const STOP_WORDS: ReadonlySet<string> = new Set(STOP_WORD_LIST.split(' '));

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}

/** Lower-case words of letters and digits, compatibility forms folded (so that styled letters compare equal). */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}_$]+/gu) ?? []
  );
}

/** Words joined by one blank: two texts with equal keys say the same in the same words. */
export function textKey(text: string): string {
  return wordsOf(text).join(' ');
}

/**
 * A light English stemmer (plural, -ing, -ed): enough to match `reports` with `report`.
 * Full stemming would merge identifiers that differ.
 */
export function stem(word: string): string {
  if (word.length <= 4 || /[_$\d]/.test(word)) return word;
  const base = word.replace(/(?:ing|ed|es|s|ly)$/, '');
  return base.length >= 4 ? base : word;
}

/** Stems of the words that carry meaning, in order of appearance, repeats kept. */
export function contentStems(text: string): string[] {
  return wordsOf(text)
    .filter((word) => word.length > 2 && !STOP_WORDS.has(word))
    .map(stem);
}

const CJK_STOP = /(?<=[。！？])/u;
const SENTENCE_STOP = /(?<=[.!?])["')\]]?\s+(?=["'(`[]?[\p{Lu}\p{N}`])/u;
const WRAPPED_LINE = /(?<![.:;!?。])\n(?=\p{Ll})/gu;
const ABBREVIATION = /(?:\be\.g|\bi\.e|\betc|\bvs|\bcf|\bresp|\bapprox)\.$/i;

/**
 * Sentences of a paragraph, trimmed, none empty. GitHub shows a line end in a comment as a break, so a line
 * ends a sentence, unless the next one goes on in lower case (text wrapped by hand).
 */
export function sentencesOf(paragraph: string): string[] {
  return paragraph
    .replace(WRAPPED_LINE, ' ')
    .split(/\n+/)
    .flatMap(sentencesOfLine)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

function sentencesOfLine(line: string): string[] {
  const sentences: string[] = [];
  for (const piece of line.split(CJK_STOP).flatMap((part) => part.split(SENTENCE_STOP))) {
    const last = sentences.at(-1);
    if (last !== undefined && ABBREVIATION.test(last)) sentences[sentences.length - 1] = `${last} ${piece}`;
    else sentences.push(piece);
  }
  return sentences;
}

const SHINGLE_WORDS = 4;

/**
 * Overlapping runs of four words of a key, the standard unit for finding copied text (Broder 1997, shingles); the key itself
 * where it is shorter.
 */
export function shinglesOf(key: string): string[] {
  const words = key.split(' ');
  if (words.length < SHINGLE_WORDS) return [key];
  return Array.from({ length: words.length - SHINGLE_WORDS + 1 }, (_, start) =>
    words.slice(start, start + SHINGLE_WORDS).join(' '),
  );
}

/** First `limit` characters, cut at a word, with an ellipsis when something was cut. */
export function shorten(text: string, limit: number): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= limit) return flat;
  const cut = flat.slice(0, limit - 1);
  const blank = cut.lastIndexOf(' ');
  const kept = (blank > limit / 2 ? cut.slice(0, blank) : cut).replace(/[\s,;:(]+$/, '');
  const ticks = kept.match(/`/g)?.length ?? 0;
  return ticks % 2 === 0 ? `${kept}…` : `${kept}\`…`;
}
