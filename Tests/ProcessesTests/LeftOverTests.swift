// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing
import Vocabulary

@testable import Processes

@Suite struct `What a killed node left` {
    @Test func `of a start that gave way is as if it were new`() throws {
        let name = "scorekeeper-test-left-\(getpid())"
        let groups = ControlGroups.find(name: name).groups
        // Without writable cgroups nothing of this kind is ever left.
        guard groups.isComplete else { return groups.remove() }
        let left = try groups.make("warm.1", for: .unlimited, givingWay: true)
        defer {
            _ = left.remove()
            groups.remove()
        }
        // A folder in it keeps it from going, as a process does that is not gone yet.
        let kept = left.hierarchies.map { "\($0.path)/busy" }
        for folder in kept { #expect(mkdir(folder, 0o755) == 0) }
        defer { for folder in kept { _ = rmdir(folder) } }

        let again = try groups.make("warm.1", for: .unlimited, givingWay: true)
        let inFull = try groups.make("warm.1", for: .unlimited, givingWay: false)

        #expect(again.givesWay)
        for path in inFull.limits.map(\.path) where path.hasSuffix("/cpu.idle") {
            #expect(ControlGroup.value(path) == "0")
        }
        for folder in kept { _ = rmdir(folder) }
        _ = inFull.remove()
    }

    @Test func `in the group of another session goes, unless something is in it`() throws {
        let top = try Workshop.makeFolder("groups")
        defer { try? FileManager.default.removeItem(atPath: top) }
        let folders = [
            "session-1/scorekeeper-ab/iris.blue.1.1", "session-1/scorekeeper-ab.warm.1",
            "a/b/scorekeeper-ab/warm.1/busy/deep", "other/scorekeeper-abc/iris.blue.1.1",
            "here/scorekeeper-ab/iris.blue.1.1",
        ]
        for folder in folders {
            try FileManager.default.createDirectory(
                atPath: "\(top)/\(folder)",
                withIntermediateDirectories: true
            )
        }

        ControlGroups.removeEmpty(
            named: "scorekeeper-ab",
            below: top,
            besides: "\(top)/here/scorekeeper-ab"
        )

        let left = folders.map { access("\(top)/\($0)", F_OK) == 0 }
        #expect(left == [false, false, true, true, true])
        #expect(access("\(top)/session-1/scorekeeper-ab", F_OK) != 0)
        #expect(access("\(top)/session-1", F_OK) == 0)
    }

    @Test func `is looked for in the whole of what is mounted`() {
        let places = ControlGroupPlaces.places(
            mounts: "35 31 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n",
            membership: "4:memory:/sessions/2\n"
        )

        #expect(places.first?.top == "/sys/fs/cgroup/memory")
    }
}
