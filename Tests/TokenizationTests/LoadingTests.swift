import Files
import Parallel
import TestSupport
import Testing

@testable import Tokenization

/// Tokenizer files that are broken, lie, or ask for what is not supported: one line each that says where.
@Suite struct LoadingTests {
    /// A whole small file with one part replaced.
    private static func json(
        model: String = #""type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]"#, added: String = "[]",
        normalizer: String = "null", preTokenizer: String = #"{"type":"ByteLevel","add_prefix_space":false}"#,
        processor: String = "null", decoder: String = #"{"type":"ByteLevel"}"#
    ) -> String {
        """
        {"version":"1.0","added_tokens":\(added),"normalizer":\(normalizer),"pre_tokenizer":\(preTokenizer),\
        "post_processor":\(processor),"decoder":\(decoder),"model":{\(model)}}
        """
    }

    private func message(_ text: String, _ name: String = "tokenizer.json") -> String {
        let folder = TemporaryFolder()
        let path = folder.write(text, to: name)
        do {
            _ = try Tokenizer.load(path)
            return "no error"
        } catch {
            let line = "\(error)"
            #expect(line.hasPrefix(path + ": ") && !line.contains("\n"))
            return String(line.dropFirst(path.count + 2))
        }
    }

    @Test func theSmallFileLoads() throws {
        #expect(message(Self.json()) == "no error")
        let folder = TemporaryFolder()
        folder.write(Self.json(), to: "tokenizer.json")
        let tokenizer = try Tokenizer.load(folder.path)
        #expect(tokenizer.vocabularySize == 3)
        #expect(try tokenizer.makeEncoder().encode("abba") == [2, 1, 0])
        #expect(tokenizer.id(of: "ab") == 2 && tokenizer.id(of: "ba") == nil)
        #expect(tokenizer.bytes(of: 2) == Array("ab".utf8) && tokenizer.bytes(of: 3) == nil)
        #expect(tokenizer.beginningOfText == nil && tokenizer.endOfText == nil)
    }

    @Test func missingKeysAreNamed() {
        #expect(message(#"{"version":"1.0"}"#) == "model: expected an object, found none")
        #expect(
            message(Self.json(model: #""type":"BPE","merges":[]"#)) == "model.vocab: expected an object, found none")
        #expect(
            message(Self.json(model: #""type":"BPE","vocab":{"a":0}"#)) == "model.merges: expected an array, found none"
        )
        #expect(message(Self.json(model: #""vocab":{"a":0}"#)) == "model.type: expected BPE, found none")
        #expect(
            message(Self.json(model: #""type":"BPE","vocab":[1],"merges":[]"#))
                == "model.vocab: expected an object, found an array")
        #expect(message(Self.json(preTokenizer: "null")) == "no error")
        #expect(message(Self.json(preTokenizer: "{}")) == "pre_tokenizer.type: expected a string, found none")
        #expect(message(Self.json(decoder: "null")) == "no error")
        #expect(
            message(Self.json(added: #"[{"id":3}]"#)) == "added_tokens[0].content: expected a string, found none")
        #expect(message(Self.json(added: #"[{"content":"x"}]"#)) == "added_tokens[0].id: expected an id, found none")
        #expect(
            message(Self.json(added: #"[{"id":3,"content":"x","special":1}]"#))
                == "added_tokens[0].special: expected true or false, found the number 1")
    }

    @Test func mergesThatNameUnknownTokensAreNamed() {
        let expected = "expected a merge of tokens of the vocabulary into one of it, found"
        let vocabulary = #""type":"BPE","vocab":{"a":0,"b":1,"ab":2}"#
        #expect(
            message(Self.json(model: vocabulary + #","merges":["a b","a c"]"#))
                == "model.merges[1]: \(expected) \"c\", which is not in it")
        #expect(
            message(Self.json(model: vocabulary + #","merges":[["b","a"]]"#))
                == "model.merges[0]: \(expected) \"ba\", which is not in it")
        for merge in [#""ab""#, "7", #"["a"]"#, #"["a","b","c"]"#, #""a b c""#, #"["a",1]"#, "null"] {
            #expect(
                message(Self.json(model: vocabulary + #","merges":[\#(merge)]"#))
                    .hasPrefix("model.merges[0]: expected two tokens, found"))
        }
    }

    @Test func idsThatLieAreNamed() throws {
        func vocabulary(_ entries: String) -> String {
            message(Self.json(model: #""type":"BPE","vocab":{\#(entries)},"merges":[]"#))
        }
        #expect(vocabulary(#""a":0,"b":0"#) == #"model.vocab["b"]: expected every id once, found id 0, which "a" has"#)
        #expect(
            vocabulary(#""a":0,"a":1"#)
                == #"model.vocab["a"]: expected every token once, found this one with the ids 0 and 1"#)
        for id in ["4000000000", "-1", "18446744073709551615", "9999999", "1.5", "\"7\"", "null"] {
            #expect(vocabulary(#""a":\#(id)"#).hasPrefix(#"model.vocab["a"]: expected an id from 0 to "#))
        }
        #expect(vocabulary("") == "model.vocab: expected at least one token, found an object")
        #expect(
            message(Self.json(added: #"[{"id":4000000000,"content":"x"}]"#)).hasPrefix(
                "added_tokens[0]: expected an id below"))
        #expect(
            message(Self.json(added: #"[{"id":1,"content":"x"}]"#))
                == #"added_tokens[0]: expected an id of its own for "x", found id 1, which "b" has"#)
        #expect(
            message(Self.json(added: #"[{"id":5,"content":"a"}]"#))
                == #"added_tokens[0]: expected the id 0 that "a" has in the vocabulary, found the number 5"#)
        // Holes are harmless: no text makes such an id, and it decodes to nothing.
        let folder = TemporaryFolder()
        folder.write(Self.json(model: #""type":"BPE","vocab":{"a":0,"b":9},"merges":[]"#), to: "tokenizer.json")
        let tokenizer = try Tokenizer.load(folder.path)
        #expect(tokenizer.vocabularySize == 10)
        #expect(tokenizer.decode([0, 5, 9, 700]) == Array("ab".utf8) && tokenizer.bytes(of: 5) == nil)
    }

    @Test func whatIsNotSupportedIsNamed() {
        for type in ["Unigram", "WordPiece", "WordLevel"] {
            #expect(
                message(Self.json(model: #""type":"\#(type)","vocab":[]"#))
                    == "model.type: found \(type), which is not supported; expected BPE")
        }
        #expect(message(Self.json(normalizer: #"{"type":"Other"}"#)).hasPrefix("normalizer: found Other"))
        #expect(
            message(Self.json(normalizer: #"{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Other"}]}"#))
                .hasPrefix("normalizer.normalizers[1]: found Other"))
        #expect(
            message(Self.json(normalizer: #"{"type":"Precompiled","precompiled_charsmap":"////"}"#))
                == "normalizer: expected a character map in base 64, found an object")
        #expect(
            message(Self.json(preTokenizer: #"{"type":"UnicodeScripts"}"#)).hasPrefix(
                "pre_tokenizer: found UnicodeScripts"))
        func split(_ expression: String, _ behavior: String = "Isolated") -> String {
            message(
                Self.json(
                    preTokenizer:
                        #"{"type":"Split","pattern":{"Regex":"\#(expression)"},"behavior":"\#(behavior)","invert":false}"#
                ))
        }
        #expect(split(#"\\w+"#) == "no error")
        #expect(split(#"\\w+"#, "Other").hasPrefix("pre_tokenizer: found behavior Other"))
        #expect(split(#"(a)\\1"#).hasPrefix("pre_tokenizer.pattern: found a backreference at character 4 of the Regex"))
        #expect(split(#"a(b"#).contains("a group without an end"))
        #expect(split(#"(?<=a+)b"#).contains("a lookbehind of no fixed length"))
        #expect(split(#"\\p{Klingon}"#).contains("the character property Klingon"))
        #expect(message(Self.json(decoder: #"{"type":"CTC"}"#)).hasPrefix("decoder: found CTC"))
        #expect(message(Self.json(processor: #"{"type":"Other"}"#)).hasPrefix("post_processor: found Other"))
        let model = #""type":"BPE","vocab":{"a":0},"merges":[],"#
        #expect(message(Self.json(model: model + #""dropout":0.1"#)).hasPrefix("model.dropout: found the number 0.1"))
    }

    @Test func damagedAndAbsentFilesAreNamed() throws {
        #expect(message("").hasPrefix("file: expected a tokenizer, found an empty file"))
        #expect(message(" \n").hasPrefix("file: expected a tokenizer, found an empty file"))
        #expect(message(String(Self.json().dropLast(10))).hasPrefix("JSON: expected one valid JSON value"))
        #expect(message("{}").hasPrefix("model: expected an object"))
        #expect(message("some prose that is no tokenizer at all").hasPrefix("file: expected tokenizer.json"))
        let folder = TemporaryFolder()
        #expect(throws: TokenizerFailure.self) { try Tokenizer.load(folder.path) }
        #expect(throws: FileFailure.missing(path: folder("absent.json"))) { try Tokenizer.load(folder("absent.json")) }
        folder.write(#"{"a":0}"#, to: "vocab.json")
        #expect {
            try Tokenizer.load(folder("vocab.json"))
        } throws: {
            "\($0)" == "\(folder("vocab.json")): no tokenizer found; looked for merges.txt beside this vocabulary"
        }
        folder.write("#version: 0.2\na\n", to: "merges.txt")
        #expect {
            try Tokenizer.load(folder.path)
        } throws: {
            "\($0)" == "\(folder("merges.txt")): line 2: expected two tokens with a space between them, found \"a\""
        }
        folder.write("#version: 0.2\r\na b\r\n", to: "merges.txt")
        #expect {
            try Tokenizer.load(folder.path)
        } throws: {
            "\($0)".hasPrefix("\(folder("merges.txt")): line 2: expected a merge of tokens")
        }
    }

    @Test func ranksThatLieAreNamed() throws {
        func ranks(_ text: String, _ encoding: String? = nil) throws -> String {
            let folder = TemporaryFolder()
            let path = folder.write(text, to: "my.tiktoken")
            if let encoding { folder.write(encoding, to: "encoding.json") }
            do {
                let tokenizer = try Tokenizer.load(folder.path)
                return try "\(tokenizer.makeEncoder().encode("abba", specials: .ordinary))"
            } catch {
                let line = "\(error)"
                #expect(!line.contains("\n"))
                return line.hasPrefix(path + ": ") ? String(line.dropFirst(path.count + 2)) : line
            }
        }
        let encoding = #"{"pattern":"cl100k_base","special_tokens":{"<e>":9}}"#
        #expect(try ranks("YQ== 0\nYg== 1\nYWI= 2\n", encoding) == "[2, 1, 0]")
        #expect(try ranks("YQ== 0\nYg== 1\nYWI= 2\n", #"{"pattern":"a"}"#) == "[0, 0]")
        #expect(try ranks("YQ== 0\nYg== 1\n").contains("looked for encoding.json"))
        #expect(
            try ranks("YQ== 0\nYg== 1\n", #"{"file":"other.tiktoken","pattern":"a"}"#).contains(
                "looked for encoding.json"))
        #expect(try ranks("YQ== 0\nYg== 0\n", encoding).hasPrefix("line 2: expected every token and every rank once"))
        #expect(try ranks("YQ== 0\nYQ== 1\n", encoding).hasPrefix("line 2: expected every token and every rank once"))
        #expect(try ranks("YQ== 0\nYg== 999999999\n", encoding).hasPrefix("line 2: expected a rank below"))
        #expect(
            try ranks("YQ== 0\nYg== 1\nYWI= 2\nY*== 3\n", encoding).hasPrefix("line 4: expected a token in base 64"))
        #expect(try ranks("YQ== 0\nYg== 1\n", #"{"pattern":"(a"}"#).contains("a group without an end"))
        #expect(try ranks("YQ== 0\nYg== 1\n", #"{"pattern":"a","special_tokens":{"<e>":"x"}}"#).contains("an id"))
        #expect(
            try ranks("YQ== 0\nYg== 1\n", #"{"pattern":"a","special_tokens":{"<e>":1}}"#).contains("an id of its own"))
    }

    @Test(.enabled(if: TestData.isPresent)) func damagedSentencePieceModelsAreRefused() throws {
        let whole = try FileByteStream(TestData.path("tokenizers/llama-2/tokenizer.model")).readAll(limit: 1 << 24)
        let folder = TemporaryFolder()
        var random = SeededRandom(seed: 4)
        func load(_ bytes: [UInt8]) throws -> Tokenizer {
            try AtomicFile.write(bytes, to: folder("m.model"))
            return try Tokenizer.load(folder("m.model"))
        }
        for cut in [1, 2, 3, 14, 200, 5000, whole.count - 1] {
            #expect(throws: TokenizerFailure.self) { try load(Array(whole[..<cut])) }
        }
        // The model type stands in the trainer's part, behind the pieces: 2 is BPE, 1 Unigram.
        let place = try #require((0..<whole.count - 2).last { whole[$0] == 0x18 && whole[$0 + 1] == 2 })
        var unigram = whole
        unigram[place + 1] = 1
        #expect {
            try load(unigram)
        } throws: {
            "\($0)".contains("found a Unigram model, which is not supported")
        }
        for _ in 0..<20 {
            var damaged = whole
            for _ in 0..<4 {
                damaged[Int(random.next() % UInt64(whole.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if let tokenizer = try? load(damaged) { _ = try tokenizer.makeEncoder().encode("some text, 中文 \u{1}") }
        }
    }

    @Test(arguments: [
        ("<!DOCTYPE html>\n<html><body>\nA page.</body></html>\n", "<!DOCTYPE html>"),
        ("# Title\n\nA text of more than two words.\n", "# Title"),
        ("\n\n\n\n\n\n\n\n\n\n\n\n\nSome notes\nand more of them\n", "Some notes"),
        ("one two\nthree four\nfive six seven\n", "one two"), ("[1, 2, 3]", "[1, 2, 3]"),
    ])
    func textsThatAreNoTokenizersAreNamed(text: String, beginning: String) {
        let folder = TemporaryFolder()
        let file = folder.write(text, to: "file")
        #expect {
            try Tokenizer.load(file)
        } throws: { error in
            guard case .malformed(_, "file", let expected, let found)? = error as? TokenizerFailure else {
                return false
            }
            return expected.hasPrefix("tokenizer.json, vocab.json") && found == "a text that begins \"\(beginning)\""
        }
    }

    @Test func theFilesBesideNameBeginningAndEnd() throws {
        let folder = TemporaryFolder()
        let added = #"[{"id":3,"content":"<s>","special":true},{"id":4,"content":"<eot>","special":true}]"#
        folder.write(Self.json(added: added), to: "tokenizer.json")
        #expect(try Tokenizer.load(folder.path).beginningOfText == 3)
        #expect(try Tokenizer.load(folder.path).endOfText == nil)
        let digest = try Tokenizer.load(folder.path).digest
        folder.write(#"{"bos_token":null,"eos_token":{"content":"<eot>","lstrip":false}}"#, to: "tokenizer_config.json")
        #expect(try Tokenizer.load(folder.path).beginningOfText == nil)
        #expect(try Tokenizer.load(folder.path).endOfText == 4)
        #expect(try Tokenizer.load(folder.path).digest == digest)
        folder.write(Self.json(added: added, normalizer: #"{"type":"NFC"}"#), to: "tokenizer.json")
        #expect(try Tokenizer.load(folder.path).digest != digest)
        folder.write(#"{"eos_token":5}"#, to: "tokenizer_config.json")
        #expect(throws: TokenizerFailure.self) { try Tokenizer.load(folder.path) }
    }

    @Test func templatesAreChecked() throws {
        func template(_ single: String, _ ids: String = "[0]") -> String {
            Self.json(
                processor:
                    #"{"type":"TemplateProcessing","single":[\#(single)],"special_tokens":{"a":{"id":"a","ids":\#(ids)}}}"#
            )
        }
        let text = #"{"Sequence":{"id":"A","type_id":0}}"#
        let token = #"{"SpecialToken":{"id":"a","type_id":0}}"#
        let folder = TemporaryFolder()
        folder.write(template(token + "," + text + "," + token), to: "tokenizer.json")
        let encoder = try Tokenizer.load(folder.path).makeEncoder()
        #expect(try encoder.encodeWithTemplate("b") == [0, 1, 0])
        #expect(try encoder.encodeWithTemplate("") == [0, 0])
        #expect(message(template(token)).contains("expected a template with the text A"))
        #expect(message(template(text + "," + text)).contains("expected the text A once"))
        #expect(
            message(template(text + "," + token, "[77]")).contains("expected the id of a token, found the number 77"))
        #expect(
            message(template(text + #",{"SpecialToken":{"id":"zz"}}"#))
                == #"post_processor.special_tokens["zz"]: expected an object, found none"#)
    }
}
