// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Manifests

@Suite struct `A command in a document` {
    @Test func `is parted at spaces, with quotes honoured as a shell does`() throws {
        let words = try ShellWords.split(
            #"./my-scorer --flag  'two words' "a \"b\" \c" x\ y '' "pre"'post'"#
        )

        #expect(
            words == [
                "./my-scorer", "--flag", "two words", #"a "b" \c"#, "x y", "", "prepost",
            ]
        )
        #expect(try ShellWords.split("  ") == [])
    }

    @Test(arguments: ["a 'b", "a \"b", "a \\", "a | b", "a; b", "a $HOME", "a \"$HOME\"", "a *"])
    func `is refused where a shell would do more, or a quote is open`(_ text: String) {
        #expect(throws: ShellWords.Fault.self) { try ShellWords.split(text) }
    }

    @Test func `keeps in single quotes whatever stands there`() throws {
        #expect(try ShellWords.split(#"a '$HOME | \ *'"#) == ["a", #"$HOME | \ *"#])
    }
}
