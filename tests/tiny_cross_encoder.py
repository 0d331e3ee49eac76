"""A tiny cross-encoder made on the spot: two layers of BERT, taught in a few steps that passages with one word are the answer."""

import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
PAIRS, STEPS = 96, 80


def make_tiny_cross_encoder(folder: Path, liked: str, others: tuple[str, ...], *, outputs: int = 1) -> Path:
    """Writes model and tokenizer to `folder`, which is returned. `liked` and `others` are the words it knows; a passage that
    holds `liked` gets a high score, one without it a low one. With more than one output it is untaught, and no reranker."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = [*SPECIAL, liked, *others]
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=128,
    )
    wrapped.save_pretrained(folder)
    torch.manual_seed(7)
    model = BertForSequenceClassification(
        BertConfig(
            vocab_size=len(words),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=128,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            num_labels=outputs,
        )
    )
    if outputs == 1:
        _teach(model, wrapped, liked, others)
    model.save_pretrained(folder)
    return folder


def _teach(model: "torch.nn.Module", tokenizer: "PreTrainedTokenizerFast", liked: str, others: tuple[str, ...]) -> None:
    import torch

    chance = random.Random(7)
    pairs = [
        (" ".join(chance.sample(others, chance.randint(1, 3))), chance.sample(others, chance.randint(1, 4)))
        for _ in range(PAIRS)
    ]
    for _, words in pairs[::2]:
        words[chance.randrange(len(words))] = liked
    batch = tokenizer(
        [question for question, _ in pairs], [" ".join(words) for _, words in pairs], padding=True, return_tensors="pt"
    )
    wanted = torch.tensor([float(liked in words) for _, words in pairs])
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    model.train()
    for _ in range(STEPS):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(**batch).logits.squeeze(-1), wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
