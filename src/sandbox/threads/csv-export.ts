import type { ScriptedThread } from './types.ts';

/** A tough call between two sound ideas; the maintainer overrides the choice and says why. */
export const csvExport: ScriptedThread = {
  repository: { owner: 'tidepool-tools', name: 'ledgerline' },
  collaborators: { 'renske-dv': 'admin', 'amadou-s': 'triage' },
  author: 'finn-oakley',
  title: 'ledger export drops rows when two entries share a timestamp',
  body: `\`ledger export --format csv\` wrote 48,112 rows, \`ledger count\` says 48,131. The missing 19 all share their timestamp to the second with another entry.

Expected: every entry is exported exactly once, in a stable order.
Actual: entries that share a timestamp with the last row of a page are skipped.

Seen with 2.8.1 on Linux and macOS, SQLite backend.`,
  steps: [
    {
      by: 'liv-brandvold',
      as: 'first',
      says: `## Proposal
### Problem
Rows that share a timestamp across a page boundary are lost.
### Root cause
\`exportPages()\` in \`internal/export/pager.go\` pages by \`WHERE created_at > ?\` with the last row's timestamp. Every other row with the same timestamp is skipped when the page ends between them.
### Changes
Page by the pair \`(created_at, id)\`:

\`\`\`sql
WHERE (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?
\`\`\`

and add the index \`entries(created_at, id)\` in a migration, so that the query stays a range scan. \`pager_test.go\` gets a table with 5 entries in the same second and a page size of 2.`,
    },
    { by: 'amadou-s', says: 'Nice find. Does SQLite on our oldest supported version know row values?' },
    {
      by: 'liv-brandvold',
      says: 'Row values need SQLite 3.15, we ship 3.39.',
    },
    {
      by: 'casimir-noll',
      as: 'second',
      says: `## Proposal
### Problem
The export skips entries.
### Root cause
The cursor in \`internal/export/pager.go\` holds only the timestamp, which is not unique.
### Changes
Do not page at all: stream the rows of one query, \`rows, err := db.QueryContext(ctx, "SELECT … ORDER BY created_at, id")\`, and write them as they come in \`internal/export/csv.go\`. One read transaction also gives a consistent export while others write, which paging can never give: an entry that is edited during the export can be written twice or not at all. Memory stays flat, because \`database/sql\` fetches row by row.

The \`--resume\` flag needs the last written \`(created_at, id)\` in the state file instead of the timestamp; old state files are read as \`(created_at, 0)\`.`,
    },
    {
      by: 'pim-achterberg',
      as: 'third',
      says: `## Proposal
### Problem
Missing rows.
### Root cause
\`>\` should be \`>=\` in the pager.
### Changes
Use \`>=\` in \`internal/export/pager.go\`.`,
    },
    {
      by: 'amadou-s',
      says: '@pim-achterberg with >= the rows at the boundary would be written twice, see the expected result.',
    },
  ],
  manager: 'renske-dv',
  feedback: '/manager override casimir-noll one transaction gives a consistent export, paging never can',
};
