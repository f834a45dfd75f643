CREATE TABLE "contamination_marks" (
	"issue_id" bigint NOT NULL,
	"benchmark" text NOT NULL,
	"rule" text NOT NULL,
	"marked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "contamination_marks_issue_id_benchmark_rule_pk" PRIMARY KEY("issue_id","benchmark","rule")
);
--> statement-breakpoint
CREATE TABLE "dataset_rows" (
	"version_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"row_id" text NOT NULL,
	"snapshot_id" uuid NOT NULL,
	"label_id" uuid NOT NULL,
	"permutation" integer NOT NULL,
	"shown_order" jsonb NOT NULL,
	"split" text NOT NULL,
	"weight" double precision NOT NULL,
	"reason_class" text NOT NULL,
	"exposed" boolean NOT NULL,
	"contaminated" boolean NOT NULL,
	"target_kind" text NOT NULL,
	"hash" text NOT NULL,
	"messages" text,
	"answer" text,
	"rejected" text,
	"columns" text,
	"erased_at" timestamp with time zone,
	CONSTRAINT "dataset_rows_version_id_ordinal_pk" PRIMARY KEY("version_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "dataset_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer,
	"manifest" jsonb,
	"card" text,
	"started_at" timestamp with time zone NOT NULL,
	"built_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "distilled_answers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"snapshot_id" uuid NOT NULL,
	"label_id" uuid NOT NULL,
	"model" text NOT NULL,
	"prompt_version" text NOT NULL,
	"shown_order" jsonb NOT NULL,
	"chosen" integer,
	"outcome" text NOT NULL,
	"explanation" text,
	"golden_proposal" text,
	"thinking" text,
	"created_at" timestamp with time zone NOT NULL,
	"erased_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"scope" text NOT NULL,
	"subject" text NOT NULL,
	"reason" text NOT NULL,
	"erased_at" timestamp with time zone NOT NULL,
	"counts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "installations" ADD COLUMN "training_consent" boolean;--> statement-breakpoint
ALTER TABLE "contamination_marks" ADD CONSTRAINT "contamination_marks_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_rows" ADD CONSTRAINT "dataset_rows_version_id_dataset_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."dataset_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_rows" ADD CONSTRAINT "dataset_rows_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dataset_rows" ADD CONSTRAINT "dataset_rows_label_id_labels_id_fk" FOREIGN KEY ("label_id") REFERENCES "public"."labels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "distilled_answers" ADD CONSTRAINT "distilled_answers_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "distilled_answers" ADD CONSTRAINT "distilled_answers_label_id_labels_id_fk" FOREIGN KEY ("label_id") REFERENCES "public"."labels"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "dataset_rows_id" ON "dataset_rows" USING btree ("version_id","row_id");--> statement-breakpoint
CREATE INDEX "dataset_rows_snapshot" ON "dataset_rows" USING btree ("snapshot_id");--> statement-breakpoint
CREATE UNIQUE INDEX "dataset_versions_number" ON "dataset_versions" USING btree ("number");--> statement-breakpoint
CREATE INDEX "distilled_answers_snapshot" ON "distilled_answers" USING btree ("snapshot_id");--> statement-breakpoint
CREATE INDEX "erasures_subject" ON "erasures" USING btree ("scope","subject");