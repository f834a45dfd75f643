CREATE TABLE "merged_changes" (
	"repository_id" bigint NOT NULL,
	"pull_number" integer NOT NULL,
	"names" jsonb,
	"read_at" timestamp with time zone,
	"due_at" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"erased_at" timestamp with time zone,
	CONSTRAINT "merged_changes_repository_id_pull_number_pk" PRIMARY KEY("repository_id","pull_number")
);
--> statement-breakpoint
ALTER TABLE "merged_changes" ADD CONSTRAINT "merged_changes_repository_id_repositories_id_fk" FOREIGN KEY ("repository_id") REFERENCES "public"."repositories"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "merged_changes_due" ON "merged_changes" USING btree ("due_at") WHERE "merged_changes"."due_at" is not null;