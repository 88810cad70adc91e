// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import EnvironmentBuilder
@testable import Manifests

/// A server that is killed while it builds leaves a whole environment or none.
@Suite(.enabled(if: UvAtHand.isThere, "uv is not on this machine"))
struct `A build that is killed` {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try Wheel(name: "tiny").write(to: workshop.wheels)
    }

    @Test func `row 32: leaves nothing that looks ready, 12 times`() async throws {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny==1.0")
        let digest = try await store.prospect(of: definition, python: .exact).digest
        let lines = [
            "making an environment", "resolving", "installing", "compiling", "making it read-only",
            "ready",
        ]
        var unfinished = 0

        for round in 1...12 {
            // Each step of a build is cut twice: as it begins, and somewhere later.
            let line = lines[round % lines.count]
            let delay = round <= lines.count ? 1 : Int.random(in: 1...200_000_000)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = workshop.path as String, line = line as String, delay = delay as Int] in
                try await buildUntilKilled(in: path, after: delay, since: line)
            }

            let label: Comment = "round \(round), killed \(delay) ns after '\(line)'"
            unfinished += workshop.staged.count
            let found = store.load(digest)
            if let found {
                let said = try await run(found.interpreter, "-I", "-c", "import tiny; tiny.say()")
                #expect(said == "tiny 1.0", label)
            }
            try await store.sweep()
            #expect(workshop.staged.isEmpty, label)
            if found != nil { try await store.discard(digest) }
        }

        // Kills that all fell beside the build would prove nothing.
        #expect(unfinished > 0)
        let again = try await store.build(definition, python: .exact)
        let said = try await run(again.interpreter, "-I", "-c", "import tiny; tiny.say()")
        #expect(said == "tiny 1.0")
    }
}

private func buildUntilKilled(
    in path: String,
    after nanoseconds: Int,
    since line: String
) async throws {
    let settings = BuildSettings(
        packageSources: [path + "/wheels"],
        usesRegistry: false,
        fetchesPython: false
    )
    var variables = ProcessInfo.processInfo.environment
    variables["UV_CACHE_DIR"] = path + "/cache"
    let store = EnvironmentStore(
        folder: path + "/environments",
        settings: settings,
        variables: variables
    )
    _ = try await store.build(makeDefinition("tiny==1.0"), python: .exact) { said in
        if said.hasPrefix(line) { killMyself(after: nanoseconds) }
    }
    // It was done before its end came.
    while true { pause() }
}

private func killMyself(after nanoseconds: Int) {
    var event = sigevent()
    event.sigev_notify = Int32(SIGEV_SIGNAL)
    event.sigev_signo = SIGKILL
    var timer: timer_t?
    precondition(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
    var due = itimerspec()
    due.it_value.tv_sec = nanoseconds / 1_000_000_000
    due.it_value.tv_nsec = nanoseconds % 1_000_000_000
    precondition(timer_settime(timer, 0, &due, nil) == 0)
}
