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

    @Test func `says that the surge is in use where that is why no more start`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.silent = [Revision(number: 2)]
        stage.play(.declared(Stage.declaration(2, instances: 2)))

        #expect(
            sentence(stage)
                == "r2 is on its way in: 0 of 2 instances serve; its surge of 1 instance is in use, "
                + "and the next starts when one has left"
        )
    }

    @Test func `says that there is no room where no node has any`() {
        let type = InstanceType(
            name: "own",
            millicores: 2_000,
            memoryBytes: 1 << 30,
            isExemptFromSurge: true
        )
        var stage = Stage(millicores: 4_000)
        stage.play(.declared(Stage.declaration(1, instances: 2, type: type)))
        stage.play(.declared(Stage.declaration(2, instances: 2, type: type)))

        #expect(
            sentence(stage)
                == "r2 is on its way in: 0 of 2 instances serve; no node has room for one more"
        )
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
