ALTER TABLE "runs" ADD COLUMN "judge_down_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "kind" text;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "label" text;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "attempt" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "seed" integer;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "served_by" text;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "cuts" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "votes" ADD COLUMN "cancelled" boolean DEFAULT false NOT NULL;