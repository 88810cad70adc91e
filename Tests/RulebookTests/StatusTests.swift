// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A deployment's sentence` {
    private func sentence(_ stage: Stage) -> String? { stage.deployment?.sentence }

    @Test(arguments: [(1, "1 instance serves"), (3, "3 instances serve")])
    func `counts what serves`(_ instances: Int, _ serving: String) {
        var stage = Stage()

        stage.play(.declared(Stage.declaration(1, instances: instances)))

        #expect(sentence(stage) == serving)
    }

    @Test(arguments: [
        (1, "0 of 1 instance of r1 serves"), (3, "0 of 3 instances of r1 serve"),
    ])
    func `counts what is still to come`(_ instances: Int, _ starting: String) {
        var stage = Stage()
        stage.silent = [Revision(number: 1)]

        stage.play(.declared(Stage.declaration(1, instances: instances)))

        #expect(sentence(stage) == starting)
    }

    @Test(arguments: [
        (1, "was withdrawn; 1 instance is on its way out"),
        (2, "was withdrawn; 2 instances are on their way out"),
    ])
    func `counts what leaves`(_ instances: Int, _ leaving: String) {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: instances)))

        stage.hear(.withdrawn(Stage.key))

        #expect(sentence(stage) == leaving)
    }
}
