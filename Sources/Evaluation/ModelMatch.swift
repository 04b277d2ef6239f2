public import Shards
public import Tokenization
public import Transformers

/// Whether a tokenizer and a data set belong to a model: what can be known without reading a block.
public struct ModelMatch {
    /// The folder of the model, for errors.
    public let path: String
    /// The shape of the model.
    public let configuration: ModelConfiguration
    /// The tokenizer in use with the model; nil where none is known.
    public let tokenizer: Tokenizer?

    /// A model with the tokenizer of its folder, or another one that goes with it.
    public init(path: String, configuration: ModelConfiguration, tokenizer: Tokenizer?) {
        self.path = path
        self.configuration = configuration
        self.tokenizer = tokenizer
    }

    /// A model with the tokenizer that its folder has; nil stands for none that can be read.
    public init(path: String, configuration: ModelConfiguration) {
        self.init(path: path, configuration: configuration, tokenizer: try? Tokenizer.load(path))
    }

    /// Throws `EvaluationFailure.mismatch` where the tokenizer has ids that the model has no embedding for.
    public func requireTokenizerFits(tokenizerPath: String) throws {
        guard let tokenizer, tokenizer.vocabularySize > configuration.vocabularySize else { return }
        throw EvaluationFailure.mismatch(
            path: tokenizerPath,
            expected: "a tokenizer of at most \(configuration.vocabularySize) ids, the vocabulary of \(path)",
            found: "\(tokenizer.vocabularySize) ids: the tokenizer of another model")
    }

    /// Throws `EvaluationFailure.mismatch` where the data set has ids that the model cannot take, or was made with another tokenizer.
    /// What a data set does not state is not checked here; a token outside the vocabulary is refused when its block is read.
    public func require(_ dataset: ShardDataset) throws {
        if let size = dataset.vocabularySize, size > configuration.vocabularySize {
            throw EvaluationFailure.mismatch(
                path: dataset.folder,
                expected: "a vocabulary of at most \(configuration.vocabularySize), that of \(path)",
                found: "\(size): another tokenizer; make a model of this vocabulary or build with the model's tokenizer"
            )
        }
        guard let tokenizer, let digest = dataset.tokenizerDigest, digest != tokenizer.digest else { return }
        throw EvaluationFailure.mismatch(
            path: dataset.folder,
            expected: "blocks of the tokenizer of \(path) (digest \(tokenizer.digest.prefix(12)))",
            found: "those of another one (\(digest.prefix(12))); build with the model's tokenizer")
    }
}
