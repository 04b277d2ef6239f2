extension CheckRule {
    /// What `doctor` looks at, in its order. Rules that `validate` has too keep their ids.
    public static let doctor: [CheckRule] =
        ["recipe", "tokenizer", "licence", "manifest"].compactMap(named) + [
            CheckRule(
                "near-duplicates", "Duplicates are removed",
                "Texts that stand in a corpus twice are learnt by heart, and near duplicates on both sides of the split make its "
                    + "validation worthless. Leave dedupe.exact and dedupe.minhash on."),
            CheckRule(
                "validation-split", "Something is held out",
                "Without a validation split nobody sees when a training begins to learn by heart, or when to stop it. Set split.validation."
            ),
            CheckRule(
                "disk-space", "The disk has room",
                "What a build or a training writes must fit where it is written. The need is an estimate."),
        ] + ["fertility"].compactMap(named) + [
            CheckRule(
                "data", "The blocks can be read",
                "The index and the sampled shards of a data set are whole. `shardmill validate` looks at all of them."),
            CheckRule(
                "schema", "Shards are of this version",
                "Shards of an older schema lack checks that this version writes. Build again, or repack."),
            CheckRule(
                "truncation", "Documents are packed, not cut off",
                "A row for each document, cut at the row's length or padded to it, loses the ends of long documents and computes padding "
                    + "for short ones. Build blocks with pack.strategy concatenate, best-fit or structure."),
            CheckRule(
                "loss-share", "Enough of the blocks is learnt",
                "Tokens that carry no loss teach nothing. A data set in which next to none does was prepared wrongly."),
            CheckRule(
                "instructions", "Conversations stand whole",
                "A conversation that is cut at the end of a block or row leaves an answer without its question. Pack instructions with "
                    + "pack.strategy best-fit, and train on whole blocks."),
            CheckRule(
                "segments", "Blocks know their documents",
                "Without segment_ends attention and targets cross from one document into the next."),
        ] + ["separators", "padding"].compactMap(named) + [
            CheckRule(
                "model", "The model can be read",
                "config.json is of a family that is computed, and the weights have the names and shapes that it calls for."
            ),
            CheckRule(
                "vocabulary", "Tokenizer, data and model belong together",
                "Ids of the data and of the tokenizer have rows in the model's embedding, and the data was made with the model's tokenizer."
            ),
            CheckRule(
                "special-tokens", "Special tokens are there",
                "The tokens that begin and end a text are in the tokenizer and are those of the model."),
            CheckRule(
                "chat-model", "The model is a base model",
                "Continued pretraining on raw text undoes what an instruction model was taught. Start from the base model and tune it afterwards."
            ),
            CheckRule(
                "training-options", "The training configuration can be read",
                "Names and values are those of docs/training.md."),
            CheckRule(
                "lora-targets", "Adapters have layers to sit at",
                "Every name in lora.targets is that of a linear layer of the model."),
            CheckRule(
                "sequence-length", "Rows fit the model and the blocks",
                "Rows are no longer than the positions that the model knows, and blocks are cut into equal rows."),
            CheckRule(
                "learning-rate", "The learning rate is usual",
                "A peak far from what others use for the method diverges, forgets or learns nothing."),
            CheckRule(
                "threads", "No more threads than processors",
                "More threads than processors wait for one another."),
            CheckRule(
                "memory", "The training fits into memory",
                "Estimated from the model, the rows of a pass and the method."),
            CheckRule(
                "time", "The training ends",
                "Estimated from the model, the tokens and the speed of this machine, or measured by the run."),
        ]
}
