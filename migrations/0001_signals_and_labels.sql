CREATE TABLE "harvests" (
	"repository_id" bigint NOT NULL,
	"issue_number" integer NOT NULL,
	"issue_updated_at" timestamp with time zone NOT NULL,
	"outcome" text NOT NULL,
	"api_calls" integer NOT NULL,
	"harvested_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "harvests_repository_id_issue_number_pk" PRIMARY KEY("repository_id","issue_number")
);
--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "silent" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "look_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "looks" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "trigger" text DEFAULT 'command' NOT NULL;--> statement-breakpoint
ALTER TABLE "labels" ADD COLUMN "outside_snapshot" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "labels" ADD COLUMN "decided_by" text DEFAULT 'command' NOT NULL;--> statement-breakpoint
ALTER TABLE "labels" ADD COLUMN "own_proposal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "labels" ADD COLUMN "first_signal_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "labels" ADD COLUMN "first_visible_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "labels" ADD COLUMN "idea_origins" jsonb;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "target_comment_id" bigint;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "rule" text;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "reason_class" text;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "own_proposal" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "evidence_comment_id" bigint;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "pull_number" integer;--> statement-breakpoint
ALTER TABLE "signals" ADD COLUMN "recorded_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "issues" ADD COLUMN "look_due_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "repositories" ADD COLUMN "config_read_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "origin" text DEFAULT 'command' NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "flags" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "harvests" ADD CONSTRAINT "harvests_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "signals_evidence" ON "signals" USING btree ("evidence_comment_id");