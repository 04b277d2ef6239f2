import Files
import Packing
import Readers
import TestSupport
import Testing

@testable import Building

/// Recipes are read strictly: what is not understood is named with file, line and key.
@Suite struct RecipeTests {
    func recipe(_ text: String) throws -> Recipe { try Recipe(yaml: text, file: "r.yaml") }

    static let least = "sources: [{name: a, path: a.txt}]\ntokenizer: t\n"

    @Test func theDefaultsAreThoseOfTheDocumentation() throws {
        let recipe = try recipe(RecipeTests.least)
        #expect(recipe.name == "r")
        #expect(recipe.blockLength == 2048)
        #expect(recipe.separator == .eos)
        #expect(recipe.tail == .pad)
        #expect(recipe.validationShare == 0.01)
        #expect(recipe.exactDuplicates)
        #expect(recipe.seed == 42)
    }

    @Test(arguments: [
        ("sorces: [{name: a, path: b}]\ntokenizer: t", "r.yaml:1: sorces: unknown key; did you mean `sources`?"),
        ("sources: [{name: a, path: b}]\ntokeniser: t", "r.yaml:2: tokeniser: unknown key; did you mean `tokenizer`?"),
        ("sources: [{name: a, paht: b}]\ntokenizer: t", "sources[0].paht: unknown key; did you mean `path`?"),
        ("tokenizer: t", "sources: missing"),
        ("sources: [{name: a, path: b}]", "tokenizer: missing"),
        ("sources: []\ntokenizer: t", "expected a list with at least one entry"),
        (least + "pack: {length: 1}", "r.yaml:3: pack.length: expected a whole number from 2"),
        (
            least + "pack: {strategy: best}",
            "pack.strategy: expected one of concatenate, best-fit, structure, found `best`"
        ),
        (least + "pack: {separator: maybe}", "expected one of"),
        (least + "shards: {compression: \"zstd:40\"}", "expected zstd:1 to zstd:19, found `zstd:40`"),
        (least + "read: {max_document_bytes: 99999999999999999999GB}", "expected a number of bytes"),
        (least + "read: {max_unreadable: 101%}", "expected a share"),
        (least + "split: {validation: -1}", "expected a share"),
        (least + "seed: -1", "expected a whole number from 0"),
        (
            "sources: [{name: a, path: b, encoding: klingon}]\ntokenizer: t",
            "sources[0].encoding: no encoding is called `klingon`"
        ),
        ("sources: [{name: a, path: b, records: \"\"}]\ntokenizer: t", "sources[0].records: expected file, line"),
        ("sources: [{name: a, path: b, text: []}]\ntokenizer: t", "sources[0].text: expected the names of fields"),
        ("sources: [{name: a, path: b, header: maybe}]\ntokenizer: t", "sources[0].header: expected true or false"),
        ("sources: [{name: a, path: b, record: line}]\ntokenizer: t", "did you mean `records`?"),
        (least + "seed: 1\nseed: 2", "r.yaml"),
        ("- a\n- b", "expected keys such as"),
        ("", "expected keys such as"),
        ("a: [", "r.yaml:2: expected YAML, found "),
        (least + "seed: 1\nseed: 2", "the key `seed` twice"),
        (least + "name: [a]", "r.yaml:3: name: expected a text, found a list"),
        (
            least + "seed: {a: 1}",
            "r.yaml:3: seed: expected a whole number from 0 to 4611686018427387904, found keys and values"
        ),
        (least + "seed:", "found nothing"),
        ("sources: hello\ntokenizer: t", "r.yaml:1: sources: expected a list with at least one entry, found `hello`"),
        (
            "sources: [{name: a, path: [x, {a: b}]}]\ntokenizer: t",
            "sources[0].path: expected a list of texts, found keys and values"
        ),
        (
            "sources: [{name: a, path: b, instructions: chatlm}]\ntokenizer: t",
            "r.yaml:1: sources[0].instructions: expected plain, chatml, gemma, llama2, llama3, mistral, phi3, zephyr or the file of a template, found `chatlm`; did you mean `chatml`?"
        ),
        ("sources: [{name: a, path: b, instruction: plain}]\ntokenizer: t", "did you mean `instructions`?"),
        (
            "sources: [{name: a, path: b, instructions: plain, text: body}]\ntokenizer: t",
            "sources[0].text: says nothing of instructions"
        ),
        (
            least + "pack: {no_loss: [code, tabel]}",
            "r.yaml:3: pack.no_loss: expected kinds of text of heading, prose, table, code, equation, caption, note, list_item, number_table, found `tabel`; did you mean `table`?"
        ),
        (least + "pack: {no_los: code}", "did you mean `no_loss`?"),
        ("sources: [{name: a, path: b}, {name: a, path: c}]\ntokenizer: t", "two sources are called `a`"),
    ]) func whatIsNotUnderstoodIsNamed(text: String, says: String) {
        let error = #expect(throws: BuildFailure.self) { try recipe(text) }
        let line = error?.description ?? ""
        #expect(line.contains(says), "\(line)")
        #expect(!line.contains("\n"))
        #expect(error?.kind == .usage)
    }

    @Test func whatIsNotThereIsNamedWithItsLine() throws {
        let folder = TemporaryFolder()
        func failure(_ text: String) -> BuildFailure? {
            let path = folder.write(text, to: "r.yaml")
            return #expect(throws: BuildFailure.self) {
                try BuildRun(
                    recipe: Recipe(file: path), folder: folder("out"), options: BuildOptions(), tool: "test"
                ).forecast()
            }
        }
        folder.write("text", to: "a.txt")
        let tokenizer = failure("sources:\n  - {name: a, path: a.txt}\ntokenizer: none\n")
        #expect(tokenizer?.kind == .missingInput)
        #expect(
            tokenizer?.description.hasSuffix("r.yaml:3: tokenizer: \(folder("none")): no such file or folder") == true)
        let source = failure(
            "sources:\n  - {name: a, path: a.txt}\n  - {name: b, path: none/*.txt}\ntokenizer: \(TestData.repository)/tokenizers/standards-4k\n"
        )
        #expect(source?.kind == .missingInput)
        #expect(source?.description.contains("r.yaml:3: sources[1].path: ") == true, "\(source?.description ?? "")")
    }

    @Test func recipeValuesAreReadWithTheirUnits() throws {
        func recipe(_ more: String) throws -> Recipe { try self.recipe(RecipeTests.least + more + "\n") }
        #expect(try recipe("read: {max_document_bytes: 3MB}").read.maximumDocumentBytes == 3_000_000)
        #expect(try recipe("build: {partition_bytes: 2MiB}").partitionBytes == 2 << 20)
        #expect(try recipe("split: {validation: 2.5%}").validationShare == 0.025)
        #expect(try recipe("shards: {compression: \"zstd:19\"}").compressionLevel == 19)
        #expect(try recipe("").meaning == recipe("build: {partition_bytes: 9MB}").meaning)
        #expect(try recipe("").meaning != recipe("seed: 43").meaning)
        for wrong in [
            "pack: {length: 1}", "pack: {strategy: widest}", "read: {max_unreadable: 120%}",
            "clean: {profil: standards}",
            "shards: {blocks: 9223372036854775807}", "build: {partition_bytes: 99999999999GB}",
            "dedupe: {minhash: {bands: 0}}",
            "dedupe: {minhash: {threshold: 1.2}}", "dedupe: {minhash: {shingles: \"word\"}}",
            "dedupe: {minhash: maybe}",
            "dedupe: {spans: 50}", "dedupe: {lineage: oldest}", "decontaminate: {ngram: 13}",
            "pack: {separator: sep}", "tokenize: {specials: maybe}", "shards: {compression: lz4}", "[", "seed: -1",
        ] {
            #expect(throws: BuildFailure.self, "\(wrong)") { try recipe(wrong) }
        }
    }
}
