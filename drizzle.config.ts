import { defineConfig } from 'drizzle-kit';

// Migrations are written with `npm run db:generate` and never by hand. drizzle-kit asks about a renamed
// column and dies without a terminal: look that the .sql file was written.
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/schema/index.ts',
  out: './migrations',
});
