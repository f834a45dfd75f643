CREATE TABLE "channels" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"model_version_id" uuid,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "evaluations" (
	"snapshot_id" uuid NOT NULL,
	"model" text NOT NULL,
	"chosen" integer,
	"abstained" boolean NOT NULL,
	"valid_format" boolean NOT NULL,
	"grounded" boolean NOT NULL,
	"flipped" boolean,
	"duration_ms" double precision NOT NULL,
	"error" text,
	"judged_at" timestamp with time zone NOT NULL,
	CONSTRAINT "evaluations_snapshot_id_model_pk" PRIMARY KEY("snapshot_id","model")
);
--> statement-breakpoint
CREATE TABLE "gate_reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"epoch_id" integer NOT NULL,
	"candidate" text NOT NULL,
	"incumbent" text NOT NULL,
	"verdict" text NOT NULL,
	"failed_guards" jsonb NOT NULL,
	"decisions" integer NOT NULL,
	"report" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "holdout_decisions" (
	"snapshot_id" uuid PRIMARY KEY NOT NULL,
	"epoch_id" integer NOT NULL,
	"ordinal" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "holdout_epochs" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "holdout_epochs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"candidates" integer NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "model_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"training_run_id" uuid,
	"dataset_version_id" uuid,
	"base" text NOT NULL,
	"code_version" text NOT NULL,
	"weights" jsonb,
	"path" text,
	"files" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"metrics" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"state" text DEFAULT 'candidate' NOT NULL,
	"state_reason" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "training_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"stage" text NOT NULL,
	"launcher" text NOT NULL,
	"dataset_version_id" uuid NOT NULL,
	"base" text NOT NULL,
	"plan" jsonb,
	"state" text DEFAULT 'planned' NOT NULL,
	"reason" text,
	"requested_by" text NOT NULL,
	"metrics" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"last_sign_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_model_version_id_model_versions_id_fk" FOREIGN KEY ("model_version_id") REFERENCES "public"."model_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gate_reports" ADD CONSTRAINT "gate_reports_epoch_id_holdout_epochs_id_fk" FOREIGN KEY ("epoch_id") REFERENCES "public"."holdout_epochs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holdout_decisions" ADD CONSTRAINT "holdout_decisions_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holdout_decisions" ADD CONSTRAINT "holdout_decisions_epoch_id_holdout_epochs_id_fk" FOREIGN KEY ("epoch_id") REFERENCES "public"."holdout_epochs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_training_run_id_training_runs_id_fk" FOREIGN KEY ("training_run_id") REFERENCES "public"."training_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_versions" ADD CONSTRAINT "model_versions_dataset_version_id_dataset_versions_id_fk" FOREIGN KEY ("dataset_version_id") REFERENCES "public"."dataset_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_runs" ADD CONSTRAINT "training_runs_dataset_version_id_dataset_versions_id_fk" FOREIGN KEY ("dataset_version_id") REFERENCES "public"."dataset_versions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "channels_now" ON "channels" USING btree ("kind","channel","until");--> statement-breakpoint
CREATE INDEX "gate_reports_candidate" ON "gate_reports" USING btree ("candidate","at");--> statement-breakpoint
CREATE UNIQUE INDEX "holdout_decisions_ordinal" ON "holdout_decisions" USING btree ("epoch_id","ordinal");--> statement-breakpoint
CREATE UNIQUE INDEX "model_versions_name" ON "model_versions" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "training_runs_name" ON "training_runs" USING btree ("name");--> statement-breakpoint
CREATE INDEX "training_runs_state" ON "training_runs" USING btree ("state");