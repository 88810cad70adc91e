// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

private typealias Circumstances = IsolationPromise.Circumstances

private let root = Circumstances(hasOwnUser: true, landlock: 7, hasNetwork: false)
private let ordinary = Circumstances(hasOwnUser: false, landlock: 7, hasNetwork: false)
private let oldKernel = Circumstances(hasOwnUser: false, landlock: 3, hasNetwork: false)
private let networked = Circumstances(hasOwnUser: true, landlock: 7, hasNetwork: true)

@Suite struct `A promise of isolation` {
    /// Every promise with the level from which it is kept: by root, by an ordinary user, by one on an
    /// old kernel.
    private static let table: [(IsolationPromise, IsolationLevel, IsolationLevel, IsolationLevel)] =
        [
            (.lane, .process, .process, .process), (.log, .process, .process, .process),
            (.tree, .process, .process, .process), (.privileges, .process, .process, .process),
            (.cleanStart, .process, .process, .process), (.coreDumps, .process, .process, .process),
            (.openFiles, .process, .process, .process), (.system, .process, .process, .process),
            (.server, .process, .confined, .sandbox), (.neighbours, .process, .confined, .sandbox),
            (.files, .confined, .confined, .confined), (.calls, .confined, .confined, .confined),
            (.network, .confined, .confined, .confined),
            (.namedSockets, .confined, .confined, .sandbox),
            (.unseen, .sandbox, .sandbox, .sandbox), (.temporary, .sandbox, .sandbox, .sandbox),
            (.processes, .process, .limited, .limited), (.memory, .limited, .limited, .limited),
            (.cores, .limited, .limited, .limited),
        ]

    @Test func `is kept from one level on, and at every higher one`() {
        #expect(Set(Self.table.map(\.0)) == Set(IsolationPromise.allCases))
        for (promise, byRoot, byUser, byOld) in Self.table {
            for level in IsolationLevel.allCases {
                #expect(promise.isKept(at: level, root) == (level >= byRoot), "\(promise) \(level)")
                #expect(promise.isKept(at: level, ordinary) == (level >= byUser), "\(promise)")
                #expect(promise.isKept(at: level, oldKernel) == (level >= byOld), "\(promise)")
            }
        }
    }

    @Test func `of no network falls where one was asked for`() {
        for level in IsolationLevel.allCases {
            #expect(!IsolationPromise.network.isKept(at: level, networked))
            #expect(!IsolationPromise.namedSockets.isKept(at: level, networked))
            #expect(IsolationPromise.privileges.isKept(at: level, networked))
        }
    }
}

@Suite struct `An enclosure` {
    private func enclosure(
        _ level: IsolationLevel,
        _ circumstances: IsolationPromise.Circumstances,
        bounded: Bool = false
    ) -> Enclosure {
        Enclosure(
            level: level,
            circumstances: circumstances,
            user: 2_000_000_007,
            memoryBytes: bounded ? 4 << 30 : nil,
            millicores: bounded ? 1_500 : nil,
            processes: bounded ? 1_024 : nil,
            files: 4_096,
            temporaryBytes: level >= .sandbox ? 2 << 30 : nil
        )
    }

    private func words(_ enclosure: Enclosure, _ subject: String) -> String? {
        enclosure.lines.first { $0.subject == subject }?.words
    }

    @Test func `says where its cores are the gateway's one`() {
        var bounded = enclosure(.limited, root, bounded: true)
        var free = enclosure(.process, root)
        bounded.isOnGatewayCore = true
        free.isOnGatewayCore = true

        #expect(words(bounded, "cores") == "at most 1.500 of the gateway's own")
        #expect(words(free, "cores") == "the gateway's own")
    }

    @Test func `says what is bounded, and by how much`() {
        let whole = enclosure(.limited, root, bounded: true)

        #expect(words(whole, "network") == "none: an empty one of its own")
        #expect(
            words(whole, "memory") == "at most 4 GiB; beyond it is ended, and called out of memory"
        )
        #expect(words(whole, "cores") == "at most 1.500")
        #expect(words(whole, "bounds") == "4096 open files, 1024 processes and threads")
        #expect(
            words(whole, "tmp")
                == "HOME and TMPDIR private, gone with the run; 2 GiB, /dev/shm too"
        )
        #expect(words(whole, "user")?.hasPrefix("a uid of each one's own") == true)
    }

    @Test func `promises nothing that its level does not keep`() {
        let bare = enclosure(.process, ordinary)

        #expect(words(bare, "network") == "reaches it: this level does not keep it from there")
        #expect(words(bare, "memory") == "as much as the machine has")
        #expect(words(bare, "calls") == "all of them, as an ordinary user")
        #expect(
            words(bare, "processes") == "sees that others run; can signal and read those of its uid"
        )
        #expect(words(bare, "user") == "uid 2000000007, which others share; no way to another")
        #expect(words(enclosure(.sandbox, networked), "network")?.hasPrefix("reaches it") == true)
        #expect(
            words(enclosure(.confined, oldKernel), "network") == "none: unix sockets only"
        )
    }

    @Test func `fits a terminal of 80 columns`() {
        for level in IsolationLevel.allCases {
            for circumstances in [root, ordinary, oldKernel, networked] {
                for isBounded in [false, true] {
                    for line in enclosure(level, circumstances, bounded: isBounded).lines {
                        #expect(line.words.count <= 67, "\(line.words)")
                    }
                }
            }
        }
    }
}
