CREATE TABLE "decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"issue_id" bigint NOT NULL,
	"snapshot_id" uuid NOT NULL,
	"judge" text NOT NULL,
	"model" text NOT NULL,
	"prompt_version" text NOT NULL,
	"vote_policy" text NOT NULL,
	"chosen" integer,
	"abstained" boolean NOT NULL,
	"forced_choice" integer,
	"abstain_reason" text,
	"would_decide" text,
	"confidence" double precision NOT NULL,
	"calibrated" boolean NOT NULL,
	"explanation" text NOT NULL,
	"golden_proposal" text NOT NULL,
	"assessments" jsonb NOT NULL,
	"ideas" jsonb NOT NULL,
	"state" text DEFAULT 'proposed' NOT NULL,
	"state_by" text,
	"state_reason" text,
	"overridden_to" integer,
	"explain_requested" boolean DEFAULT false NOT NULL,
	"newer_proposals" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"posted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issue_id" bigint NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"dry_run" boolean DEFAULT false NOT NULL,
	"added_comment_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"cancel_requested_by" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "votes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"decision_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"shown_order" jsonb NOT NULL,
	"chosen" integer,
	"prompt" text,
	"answer" text,
	"thinking" text,
	"prompt_tokens" integer,
	"completion_tokens" integer,
	"duration_ms" double precision NOT NULL,
	"error" text,
	"erased_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "labels" (
	"id" uuid PRIMARY KEY NOT NULL,
	"snapshot_id" uuid NOT NULL,
	"proposal_number" integer,
	"verdict" text NOT NULL,
	"reason_class" text NOT NULL,
	"confidence" double precision NOT NULL,
	"conflict" boolean NOT NULL,
	"exposed" boolean NOT NULL,
	"signal_ids" jsonb NOT NULL,
	"resolved_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "signals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"issue_id" bigint NOT NULL,
	"decision_id" uuid,
	"snapshot_id" uuid,
	"source" text NOT NULL,
	"polarity" text NOT NULL,
	"proposal_number" integer,
	"actor_id" bigint,
	"actor_login" text NOT NULL,
	"actor_role" text,
	"reason" text,
	"weight" double precision DEFAULT 1 NOT NULL,
	"exposed" boolean NOT NULL,
	"evidence_url" text,
	"withdrawn_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installations" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account_id" bigint,
	"account_login" text,
	"status" text DEFAULT 'active' NOT NULL,
	"next_write_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "issues" (
	"id" bigint PRIMARY KEY NOT NULL,
	"repository_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"author_login" text,
	"state" text DEFAULT 'open' NOT NULL,
	"locked" boolean DEFAULT false NOT NULL,
	"gone_at" timestamp with time zone,
	"gone_reason" text,
	"paused_at" timestamp with time zone,
	"paused_by" text,
	"next_proposal_number" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "repositories" (
	"id" bigint PRIMARY KEY NOT NULL,
	"installation_id" bigint NOT NULL,
	"owner" text NOT NULL,
	"name" text NOT NULL,
	"is_private" boolean DEFAULT false NOT NULL,
	"removed_at" timestamp with time zone,
	"config" jsonb,
	"config_etag" text,
	"config_problems" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issue_id" bigint NOT NULL,
	"comment_id" bigint NOT NULL,
	"ordinal" integer NOT NULL,
	"verb" text NOT NULL,
	"parsed" jsonb NOT NULL,
	"actor_id" bigint,
	"actor_login" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"outcome" text,
	"outcome_detail" text,
	"run_id" uuid,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"event" text NOT NULL,
	"action" text,
	"installation_id" bigint,
	"repository_id" bigint,
	"lane" text NOT NULL,
	"sequence" bigint GENERATED ALWAYS AS IDENTITY (sequence name "deliveries_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"payload" jsonb NOT NULL,
	"state" text DEFAULT 'received' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"processed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "effects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"installation_id" bigint NOT NULL,
	"issue_id" bigint NOT NULL,
	"kind" text NOT NULL,
	"target" jsonb NOT NULL,
	"desired_body" text,
	"desired_hash" text NOT NULL,
	"applied_hash" text,
	"applied_body" text,
	"priority" integer NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"state_reason" text,
	"github_id" bigint,
	"github_url" text,
	"create_attempted_at" timestamp with time zone,
	"second_look_due" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"not_before" timestamp with time zone,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"applied_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "proposals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issue_id" bigint NOT NULL,
	"number" integer NOT NULL,
	"comment_id" bigint NOT NULL,
	"url" text NOT NULL,
	"author_id" bigint,
	"author_login" text NOT NULL,
	"author_kind" text NOT NULL,
	"source" text NOT NULL,
	"posted_at" timestamp with time zone,
	"dropped_at" timestamp with time zone,
	"current_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"proposal_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"hash" text NOT NULL,
	"body" text NOT NULL,
	"visible_at" timestamp with time zone,
	"erased_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issue_id" bigint NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	"hash" text NOT NULL,
	"input" jsonb NOT NULL,
	"erased_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "votes" ADD CONSTRAINT "votes_decision_id_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "labels" ADD CONSTRAINT "labels_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signals" ADD CONSTRAINT "signals_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signals" ADD CONSTRAINT "signals_decision_id_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "signals" ADD CONSTRAINT "signals_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "issues" ADD CONSTRAINT "issues_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_installation_id_installations_id_fk" FOREIGN KEY ("installation_id") REFERENCES "public"."installations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "commands" ADD CONSTRAINT "commands_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "effects" ADD CONSTRAINT "effects_installation_id_installations_id_fk" FOREIGN KEY ("installation_id") REFERENCES "public"."installations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "effects" ADD CONSTRAINT "effects_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_proposal_id_proposals_id_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."proposals"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_run" ON "decisions" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "decisions_issue" ON "decisions" USING btree ("issue_id","decided_at");--> statement-breakpoint
CREATE INDEX "runs_issue_state" ON "runs" USING btree ("issue_id","state");--> statement-breakpoint
CREATE UNIQUE INDEX "votes_decision_ordinal" ON "votes" USING btree ("decision_id","ordinal");--> statement-breakpoint
CREATE INDEX "labels_snapshot" ON "labels" USING btree ("snapshot_id","superseded_at");--> statement-breakpoint
CREATE UNIQUE INDEX "signals_key" ON "signals" USING btree ("key");--> statement-breakpoint
CREATE INDEX "signals_snapshot" ON "signals" USING btree ("snapshot_id");--> statement-breakpoint
CREATE INDEX "signals_issue" ON "signals" USING btree ("issue_id");--> statement-breakpoint
CREATE UNIQUE INDEX "issues_repository_number" ON "issues" USING btree ("repository_id","number");--> statement-breakpoint
CREATE INDEX "repositories_installation" ON "repositories" USING btree ("installation_id");--> statement-breakpoint
CREATE UNIQUE INDEX "commands_comment_ordinal" ON "commands" USING btree ("issue_id","comment_id","ordinal");--> statement-breakpoint
CREATE INDEX "commands_issue_state" ON "commands" USING btree ("issue_id","state");--> statement-breakpoint
CREATE INDEX "commands_run" ON "commands" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "deliveries_lane" ON "deliveries" USING btree ("lane","state","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "effects_key" ON "effects" USING btree ("key");--> statement-breakpoint
CREATE INDEX "effects_due" ON "effects" USING btree ("installation_id","state","priority");--> statement-breakpoint
CREATE INDEX "effects_issue" ON "effects" USING btree ("issue_id");--> statement-breakpoint
CREATE UNIQUE INDEX "proposals_issue_number" ON "proposals" USING btree ("issue_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "proposals_issue_comment" ON "proposals" USING btree ("issue_id","comment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "revisions_proposal_ordinal" ON "revisions" USING btree ("proposal_id","ordinal");--> statement-breakpoint
CREATE INDEX "revisions_hash" ON "revisions" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "snapshots_issue" ON "snapshots" USING btree ("issue_id","taken_at");