// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import EnvironmentBuilder

@Suite struct `A byte code plan` {
    private func module(_ path: String, _ bytes: Int64) -> ByteCodePlan.Module {
        ByteCodePlan.Module(path: path, bytes: bytes)
    }

    @Test func `deals out modules to parts of about equal work`() {
        let modules = [
            module("/e/site-packages/a.py", 10), module("/e/site-packages/b.py", 50_000),
            module("/e/site-packages/c.py", 20_000), module("/e/site-packages/d.py", 25_000),
        ]

        let plan = ByteCodePlan(modules, processes: 2)

        #expect(
            plan.parts == [
                ["/e/site-packages/b.py"],
                ["/e/site-packages/d.py", "/e/site-packages/c.py", "/e/site-packages/a.py"],
            ]
        )
        #expect(ByteCodePlan(modules.reversed(), processes: 2) == plan)
    }

    @Test func `leaves out test folders of packages and nothing else`() {
        let modules = [
            module("/srv/tests/e/site-packages/a/b.py", 4),
            module("/srv/tests/e/site-packages/a/testing/c.py", 3),
            module("/srv/tests/e/site-packages/a/tests.py", 2),
            module("/srv/tests/e/site-packages/a/tests/d.py", 1),
            module("/srv/tests/e/site-packages/a/test/e/f.py", 1),
        ]

        let plan = ByteCodePlan(modules, processes: 1)

        #expect(plan.parts == [modules.prefix(3).map(\.path)])
    }

    @Test func `has no parts where there is nothing to compile`() {
        #expect(ByteCodePlan([], processes: 4).parts.isEmpty)
    }
}

@Suite struct `Locked requirements` {
    @Test func `are read as names and versions`() {
        let lock = LockedRequirements(
            text: """
                # made by hand
                zope-interface==7.0 \\
                    --hash=sha256:00==11
                    # via twisted
                httpx[http2]==0.27.0 ; python_version >= "3.8"
                """
        )

        #expect(lock.packages.map(\.name) == ["httpx", "zope-interface"])
        #expect(lock.packages.map(\.version) == ["0.27.0", "7.0"])
    }

    @Test func `are read as the names and versions of wheels too`() {
        let lock = LockedRequirements(
            text: """
                my-code @ file:///a%20b/wheels/my_code-1.5-py3-none-any.whl \\
                    --hash=sha256:00
                """
        )

        #expect(lock.packages.map(\.name) == ["my-code"])
        #expect(lock.packages.map(\.version) == ["1.5"])
    }
}

@Suite struct `A helper's variables` {
    @Test func `bring no Python settings and no secrets of ours along`() {
        let list = HelperVariables.list(from: [
            "HOME": "/home/ada", "PATH": "/evil", "PYTHONPATH": "/evil", "SECRET": "x",
            "PYTHONDONTWRITEBYTECODE": "1", "VIRTUAL_ENV": "/evil",
            "UV_INDEX_URL": "https://a.test",
        ])

        #expect(
            list == [
                "HOME=/home/ada", "UV_INDEX_URL=https://a.test",
                "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "NO_COLOR=1",
            ]
        )
    }
}

@Suite struct `The tail of an output` {
    @Test func `keeps its end and hands on whole lines`() {
        var tail = OutputTail(limit: 8)
        var lines: [String] = []

        tail.append(Array("first\nsec".utf8)) { lines.append($0) }
        tail.append(Array("ond\n\u{1b}[31mred".utf8)) { lines.append($0) }

        #expect(lines == ["first", "second"])
        #expect(tail.text == "[31mred")
    }

    @Test func `cuts a line that never ends`() {
        var tail = OutputTail(limit: 4)
        var lines: [String] = []

        tail.append(Array("abcdefgh\n".utf8)) { lines.append($0) }

        #expect(lines == ["abcd", "efgh"])
    }
}
