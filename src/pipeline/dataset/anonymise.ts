/** Author identities do not leave the database: mentions and the participants' logins become neutral words. */

const MENTION = /(^|[^\w/@.])@([a-z\d](?:-?[a-z\d]){0,38})(?![\w/])/gi;
const PROFILE_LINK = /https?:\/\/github\.com\/([a-z\d-]{1,39})(?=[\s)\]>"',.]|$)/gi;

/** @returns a function that removes mentions, profile links and the given logins from a text. */
export function createAnonymiser(logins: readonly string[]): (text: string) => string {
  const known = [...new Set(logins.filter((login) => login.length > 2 && login !== 'ghost'))];
  const anyLogin =
    known.length === 0 ? null : new RegExp(`(?<![\\w-])(?:${known.map(literal).join('|')})(?![\\w-])`, 'gi');
  return (text) => {
    const withoutLinks = text.replace(PROFILE_LINK, 'a contributor').replace(MENTION, '$1a contributor');
    return anyLogin ? withoutLinks.replace(anyLogin, 'a contributor') : withoutLinks;
  };
}

function literal(login: string): string {
  return login.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
