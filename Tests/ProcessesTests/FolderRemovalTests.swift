// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import Processes

@Suite struct `A folder that a stranger has filled` {
    @Test func `goes whole, however deep, and takes nothing along that a link leads to`() throws {
        let folder = try Workshop.makeFolder("filled")
        let outside = try Workshop.makeFolder("outside")
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(outside)/kept"))
        let inner = "\(folder)/inner"
        mkdir(inner, 0o700)
        symlink(outside, "\(inner)/link")
        symlink("\(outside)/kept", "\(folder)/link")
        // Deeper than a path can name.
        let name = String(repeating: "d", count: 200)
        var place = open(inner, O_RDONLY | O_DIRECTORY)
        for _ in 0..<100 {
            #expect(mkdirat(place, name, 0o700) == 0)
            let next = openat(place, name, O_RDONLY | O_DIRECTORY)
            close(place)
            place = next
        }
        let file = openat(place, "file", O_CREAT | O_WRONLY, 0o600)
        close(file)
        mkdirat(place, "closed", 0)
        close(place)

        #expect(FolderRemoval.remove(folder))

        #expect(access(folder, F_OK) != 0)
        #expect(access("\(outside)/kept", F_OK) == 0)
        #expect(FolderRemoval.remove(outside))
        #expect(FolderRemoval.remove(outside))
    }
}
