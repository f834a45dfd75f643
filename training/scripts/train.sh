#!/usr/bin/env bash
# Trains one stage with ms-swift, on one process or on many nodes.
#
#   scripts/train.sh sft|dapo --model MODEL --dataset train.jsonl --val_dataset validation.jsonl \
#     --output_dir RUN [more ms-swift flags, which win over the config]
#
#   TUNER    lora (default) or full
#   DEVICE   cuda (default) or cpu
#   RESUME   last: go on from the run's last complete checkpoint, or start when there is none
#   NNODES NODE_RANK MASTER_ADDR MASTER_PORT NPROC_PER_NODE   as torchrun takes them; unset for one process
set -euo pipefail

stage=${1:?sft or dapo}
shift
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
python=${PYTHON:-python3}

flags=()
case ${TUNER:-lora} in
  lora) flags+=(--tuner_type lora --target_modules all-linear --lora_rank 32 --lora_alpha 64) ;;
  full) flags+=(--tuner_type full) ;;
  *) echo "TUNER must be lora or full." >&2; exit 2 ;;
esac

case ${DEVICE:-cuda} in
  cuda)
    flags+=(--torch_dtype bfloat16 --bf16 true --gradient_checkpointing true)
    # With one process ZeRO has nothing to share.
    if [[ -n ${NNODES:-}${NPROC_PER_NODE:-} ]]; then flags+=(--deepspeed zero3); fi
    ;;
  cpu)
    export ACCELERATE_USE_CPU=true CUDA_VISIBLE_DEVICES=
    flags+=(--torch_dtype float32 --bf16 false --fp16 false --use_cpu true --gradient_checkpointing false)
    if [[ -n ${NNODES:-}${NPROC_PER_NODE:-} ]]; then flags+=(--ddp_backend gloo); fi
    ;;
  *) echo "DEVICE must be cuda or cpu." >&2; exit 2 ;;
esac

rate() { if [[ ${TUNER:-lora} == lora ]]; then echo "$1"; else echo "$2"; fi; }
case $stage in
  sft)
    command=sft
    flags+=(--learning_rate "$(rate 1e-4 1e-5)")
    flags+=(--per_device_train_batch_size 1 --per_device_eval_batch_size 1 --gradient_accumulation_steps 16)
    ;;
  dapo)
    command=rlhf
    flags+=(--external_plugins "$root/swe_manager_training/ms_swift/plugin.py")
    flags+=(--learning_rate "$(rate 1e-5 1e-6)")
    # One generation feeds 32 / 8 = 4 updates.
    flags+=(--per_device_train_batch_size 2 --per_device_eval_batch_size 8)
    flags+=(--gradient_accumulation_steps 8 --steps_per_generation 32)
    if [[ ${DEVICE:-cuda} == cuda ]]; then
      flags+=(--use_vllm true --vllm_mode colocate --vllm_max_model_len 8192 --vllm_gpu_memory_utilization 0.4)
      flags+=(--sleep_level 1 --offload_model true --offload_optimizer true)
    fi
    ;;
  *) echo "The stage must be sft or dapo." >&2; exit 2 ;;
esac

if [[ ${RESUME:-} == last ]]; then
  run=""
  previous=""
  for flag in "$@"; do
    if [[ $previous == --output_dir ]]; then run=$flag; fi
    previous=$flag
  done
  if checkpoint=$("$python" -m swe_manager_training.checkpoints last "${run:?RESUME needs --output_dir}"); then
    flags+=(--resume_from_checkpoint "$checkpoint")
  fi
fi

exec "$python" -m swift.cli.main "$command" "$root/configs/$stage.yaml" "${flags[@]}" "$@"
