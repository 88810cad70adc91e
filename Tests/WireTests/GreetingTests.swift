// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary
import Wire

/// Processes of two versions meet when the server is upgraded.
@Suite("Greetings")
struct GreetingTests {
    @Test func `of gateways and nodes of earlier versions are understood`() throws {
        let gateway = try JSONDecoder().decode(
            GatewayReport.self,
            from: Data(#"{"hello":{"pid":3}}"#.utf8)
        )
        let node = try JSONDecoder().decode(
            NodeHello.self,
            from: Data(
                #"""
                {"name":"node-1","pid":4,"millicores":1,"memoryBytes":2,"isolation":"process",
                "isolationReasons":[]}
                """#.utf8
            )
        )

        guard case .hello(let pid, let program) = gateway else {
            Issue.record("not a greeting: \(gateway)")
            return
        }
        #expect(pid == 3)
        #expect(program == nil)
        #expect(node.pid == 4)
        #expect(node.program == nil)
    }

    @Test func `say which file runs`() throws {
        let own = try #require(ProgramIdentity.own(version: "1.2.3"))
        let sent = try JSONEncoder().encode(GatewayReport.hello(pid: 3, program: own))

        let heard = try JSONDecoder().decode(GatewayReport.self, from: sent)

        guard case .hello(_, let program) = heard else {
            Issue.record("not a greeting: \(heard)")
            return
        }
        #expect(program == own)
        #expect(program?.version == "1.2.3")
        #expect((program?.inode ?? 0) > 0)
    }
}
