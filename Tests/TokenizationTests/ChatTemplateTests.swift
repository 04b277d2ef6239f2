import Files
import TestSupport
import Testing

@testable import Tokenization

@Suite struct ChatTemplateTests {
    private let conversation: [ChatTemplate.Message] = [
        .init(.system, "Be brief."), .init(.user, " What is a gNB? "), .init(.assistant, "A base station."),
        .init(.user, "Thanks"),
    ]

    /// Written down by hand, one for each family.
    private static let expected = [
        "chatml":
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n What is a gNB? <|im_end|>\n<|im_start|>assistant\nA base station.<|im_end|>\n<|im_start|>user\nThanks<|im_end|>\n<|im_start|>assistant\n",
        "llama2":
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWhat is a gNB? [/INST] A base station. </s><s>[INST] Thanks [/INST]",
        "llama3":
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhat is a gNB?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA base station.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThanks<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        "gemma":
            "<bos><start_of_turn>user\nBe brief.\n\nWhat is a gNB?<end_of_turn>\n<start_of_turn>model\nA base station.<end_of_turn>\n<start_of_turn>user\nThanks<end_of_turn>\n<start_of_turn>model\n",
        "mistral": "<s>[INST] Be brief.\n\n What is a gNB? [/INST] A base station.</s>[INST] Thanks[/INST]",
        "zephyr":
            "<|system|>\nBe brief.</s>\n<|user|>\n What is a gNB? </s>\n<|assistant|>\nA base station.</s>\n<|user|>\nThanks</s>\n<|assistant|>\n",
        "phi3":
            "<|system|>\nBe brief.<|end|>\n<|user|>\n What is a gNB? <|end|>\n<|assistant|>\nA base station.<|end|>\n<|user|>\nThanks<|end|>\n<|assistant|>\n",
    ]

    @Test(arguments: ChatTemplate.families) func aConversationIsWrittenAsTheFamilyDoes(family: String) throws {
        let template = try ChatTemplate(family: family)
        #expect(template.family == family)
        let rendered = try template.render(conversation, asksForAnswer: true)
        #expect(String(decoding: rendered.text, as: UTF8.self) == Self.expected[family])
        let contents = rendered.contents.map { String(decoding: rendered.text[$0], as: UTF8.self) }
        #expect(contents.count == 4 && contents[0] == "Be brief." && contents[2] == "A base station.")
        let learnt = rendered.learnt.map { String(decoding: rendered.text[$0], as: UTF8.self) }
        #expect(
            learnt.count == 1 && learnt[0].hasPrefix("A base station.") && learnt[0].count > "A base station.".count)
    }

    @Test func impossibleConversationsAreNamed() throws {
        let late: [ChatTemplate.Message] = [.init(.user, "a"), .init(.system, "b")]
        let twice: [ChatTemplate.Message] = [.init(.user, "a"), .init(.user, "b")]
        let alone: [ChatTemplate.Message] = [.init(.system, "a")]
        for family in ChatTemplate.families {
            let template = try ChatTemplate(family: family)
            #expect(throws: TokenizerFailure.self) { try template.render(late) }
        }
        for family in ["llama2", "gemma", "mistral"] {
            let template = try ChatTemplate(family: family)
            #expect(throws: TokenizerFailure.self) { try template.render(twice) }
            #expect(throws: TokenizerFailure.self) { try template.render(alone) }
        }
        #expect(throws: TokenizerFailure.self) { try ChatTemplate(family: "nobody") }
    }

    @Test func aFileOfOnesOwnIsReadAndChecked() throws {
        let folder = TemporaryFolder()
        let good = folder.write(
            #"{"family": "own", "system": "refused", "turns": {"user": {"prefix": "Q: ", "suffix": "\n"}, "assistant": {"prefix": "A: ", "suffix": "\n"}}}"#,
            to: "own.json")
        let template = try ChatTemplate(file: good)
        #expect(try template.render([.init(.user, "hi")], asksForAnswer: true).text == Array("Q: hi\nA: ".utf8))
        #expect(throws: TokenizerFailure.self) { try template.render([.init(.system, "x")]) }
        let bad = folder.write(#"{"family": "own", "turns": {"user": {"prefix": "Q: "}}}"#, to: "bad.json")
        #expect(throws: TokenizerFailure.self) { try ChatTemplate(file: bad) }
    }

    /// SmolLM2's own template, rendered by `transformers`.
    @Test(.enabled(if: ParityPython.path != nil && TestData.isPresent)) func chatMLIsWhatTransformersWrites() throws {
        let script = """
            import sys
            from transformers import AutoTokenizer
            tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
            turns = [("system", "Be brief."), ("user", " What is a gNB? "), ("assistant", "A base station."), ("user", "Thanks")]
            messages = [{"role": role, "content": content} for role, content in turns]
            sys.stdout.write(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
            """
        let outcome = ExternalProgram.run([ParityPython.path ?? "", "-c", script, TestData.path("tokenizers/smollm2")])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == Self.expected["chatml"])
    }
}
