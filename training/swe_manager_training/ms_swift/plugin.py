"""What `--external_plugins` names: registers the rewards and the DAPO trainer with ms-swift."""

from swift.rewards import orms
from swift.trainers import TrainerFactory

from swe_manager_training.ms_swift.rewards import REWARDS

orms.update(REWARDS)
TrainerFactory.TRAINER_MAPPING["grpo"] = "swe_manager_training.ms_swift.dapo.DapoTrainer"
