// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@Suite struct `A stranger's text` {
    @Test(arguments: [
        ("\u{1b}[31m", "\\u{1b}[31m"), ("a\nb\tc", "a\\nb\\tc"), ("\u{9b}2J", "\\u{9b}2J"),
        ("a\u{202e}b", "a\\u{202e}b"), ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
    ])
    func `is shown with nothing in it that a terminal obeys or hides`(text: String, shown: String) {
        #expect(text.printable == shown)
    }

    @Test func `is shown as it is where there is nothing to hide`() {
        #expect("größe 3 €, 模型".printable == "größe 3 €, 模型")
    }
}
