"""What the logs that this tool was made for say of each rule, corrected where they were mistaken."""

from __future__ import annotations

from collections.abc import Mapping

EXPERIENCE: Mapping[str, str] = {
    "full-groups": (
        "The journal mended such an error by cutting 16 generations to 4: three runs (lo96kcmm, "
        "d8uw54cn, ulgmyabn) then stood at -1.0."
    ),
    "few-generations": (
        "The journal's three runs with 4 generations stood at -1.0 or near it, those with 16 reached "
        ".76-.86. Answers were also compared with the wrong rows, so the number is not the whole "
        "reason."
    ),
    "enough-prompts": (
        "The overfitting log's batch 512 on 50 prompts crashed: 512 x 4 passes / 32 is 64 prompts. Its "
        "rule 'batch <= dataset' is wrong: batch 256 with 16 generations on 100 prompts (16 of them a "
        "step) worked."
    ),
    "duplicate-prompts": "The binary task stood at .84: 100 prompts, of which only 16 were different.",
    "low-temperature": (
        "hfpy0s4q (temperature 0.1) stood at -1.0, and 0.01 gave no variance at all: groups without "
        "spread teach nothing."
    ),
    "high-temperature": "Sweep 9 (temperature 1.5) wrote gibberish: reward 0.12, the baseline.",
    "beta-zero": (
        "urqoeckd (beta 0) stood at -1.0, runs with 0.1 reached .75-.88. It also had lr 1e-3 and 20 "
        "sums, so KL may not be the whole reason."
    ),
    "beta-cliff": (
        "Sweep 1, 2 and 5 (beta 0.05 to 0.3) never left the baseline 0.11; 0.02 and below learnt, and "
        "ended in templates. No beta did both: happy_binary did."
    ),
    "low-learning-rate": "Sweep 6 (lr 1e-6) stood at 0.10 where 1e-5 learnt.",
    "high-learning-rate": "urqoeckd (lr 1e-3) stood at -1.0; on the toys 1e-2 ends in '5-5-5-5-'.",
    "answer-length": "Search point 7 (512 tokens) was cut before </think>: 89 % of its rewards were 0.",
    "gold-below-maximum": (
        "The journal's reward cut the prompt off a completion that did not hold it, and with it the "
        "answer: rewards of -1.0 that no setting could mend."
    ),
    "easy-maximum": "On a toy happy_binary without KL ended in 'happy happy happy' at reward 1.0.",
    "no-save-limit": "A checkpoint of Qwen2-0.5B with its optimizer takes about 6 GB.",
    "two-lengths": "The journal judged runs at step 7 of 500 and 8 of 2500: far too early.",
}
"""Rule -> one or two sentences."""
