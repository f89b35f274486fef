"""Fields of GRPOConfig that only training looks at: no completion, and no score of one, depends on them."""

from __future__ import annotations

_TRAINING = (
    *(
        "activation_checkpointing",
        "adam_",
        "beta",
        "delta",
        "entropy_",
        "epsilon",
        "eval_",
        "generation_batch",
    ),
    *("gradient_", "importance_sampling", "label_smoothing", "learning_rate", "load_best_model", "logging_"),
    *("loss_type", "lr_scheduler", "mask_truncated", "max_grad_norm", "max_steps", "num_iterations"),
    *("num_train_epochs", "off_policy_mask", "optim", "per_device_train_batch", "ref_model", "router_aux"),
    *("sapo_", "save_", "scale_rewards", "steps_per_generation", "sync_ref_model", "top_entropy"),
    *("use_adaptive_entropy", "use_bias_correction", "use_liger", "vespo_", "vllm_importance_sampling"),
    *("warmup_", "weight_decay"),
)
"""How their names begin. What is in doubt, such as a number format, is not among them."""


def only_trains(field: str) -> bool:
    """True for a dotted field that makes no difference to a probe, such as ``grpo.learning_rate``."""
    section, _, name = field.partition(".")
    return section == "grpo" and name.startswith(_TRAINING)
