// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Testing
import Vocabulary

@testable import ModelStore

@Suite struct `A watch over the models folder` {
    private let home = FolderIdentity(device: 1, inode: 1)

    private func at(_ seconds: Double) -> Moment { .zero + .seconds(seconds) }

    private func model(
        _ name: String,
        _ fingerprint: UInt64 = 1,
        written: Bool = false,
        missing: [Problem] = [],
        refusal: Problem? = nil
    ) -> DropObservation {
        DropObservation(
            name: name,
            path: "/drop/\(name)",
            fingerprint: fingerprint,
            details: .init(isBeingWritten: written, missing: missing, refusal: refusal)
        )
    }

    private func folder(_ observations: DropObservation...) -> DropScan {
        .folder(DropListing(identity: home, observations: observations))
    }

    private func words(_ events: [DropEvent]) -> [String] {
        events.map {
            switch $0 {
            case .appeared(let naming, let path): "appeared \(naming.endpoint) \(path)"
            case .changed(let naming, _): "changed \(naming.endpoint)"
            case .removed(let naming): "removed \(naming.endpoint)"
            case .refused(let name, let problem): "refused \(name) \(problem.code)"
            }
        }
    }

    private func serving(_ names: String...) -> DropFolderWatch {
        var watch = DropFolderWatch(at: .zero)
        let models = names.map { model($0) }
        for second in [0.0, 2.0] {
            _ = watch.decide(
                scan: .folder(DropListing(identity: home, observations: models)),
                at: at(second)
            )
        }
        return watch
    }

    @Test func `picks a model up once it was quiet for two seconds, and says so once`() {
        var watch = DropFolderWatch(at: .zero)

        #expect(watch.decide(scan: folder(model("iris")), at: at(0)).isEmpty)
        #expect(watch.decide(scan: folder(model("iris")), at: at(1.9)).isEmpty)
        #expect(
            words(watch.decide(scan: folder(model("iris")), at: at(2)))
                == ["appeared iris /drop/iris"]
        )
        #expect(watch.decide(scan: folder(model("iris")), at: at(9)).isEmpty)
        #expect(!watch.wantsDetails(of: "iris", fingerprint: 1))
    }

    @Test func `begins to wait anew with every change`() {
        var watch = DropFolderWatch(at: .zero)
        for step in 0..<10 {
            let scan = folder(model("iris", UInt64(step)))
            #expect(watch.decide(scan: scan, at: at(Double(step) * 1.5)).isEmpty)
        }

        #expect(watch.decide(scan: folder(model("iris", 9)), at: at(15.4)).isEmpty)
        #expect(watch.decide(scan: folder(model("iris", 9)), at: at(15.5)).count == 1)
    }

    @Test func `never picks up what a process holds open for writing`() {
        var watch = DropFolderWatch(at: .zero)
        for second in 0..<60 {
            let scan = folder(model("iris", written: true))
            #expect(watch.decide(scan: scan, at: at(Double(second))).isEmpty)
        }

        #expect(watch.decide(scan: folder(model("iris")), at: at(60)).count == 1)
    }

    @Test func `never picks up what lacks a file that it names, and tells after ten seconds`() {
        let missing = Problem(.invalid, code: "missingFile", what: "no 'model.pkl'")
        var watch = DropFolderWatch(at: .zero)
        var told: [String] = []
        for second in 0..<60 {
            let scan = folder(model("iris", missing: [missing]))
            told += words(watch.decide(scan: scan, at: at(Double(second)))).map {
                "\(second) \($0)"
            }
        }

        #expect(told == ["10 refused iris missingFile"])
    }

    @Test func `says that a served model changed, its document included`() {
        var watch = serving("iris")

        #expect(watch.decide(scan: folder(model("iris", 2)), at: at(3)).isEmpty)
        #expect(words(watch.decide(scan: folder(model("iris", 2)), at: at(5))) == ["changed iris"])
    }

    @Test func `removes what is away for two seconds, and not what is replaced sooner`() {
        var watch = serving("iris", "wine")

        #expect(watch.decide(scan: folder(), at: at(3)).isEmpty)
        #expect(watch.decide(scan: folder(model("wine", 7)), at: at(4.9)).isEmpty)
        #expect(words(watch.decide(scan: folder(model("wine", 7)), at: at(5))) == ["removed iris"])
        #expect(words(watch.decide(scan: folder(model("wine", 7)), at: at(7))) == ["changed wine"])
    }

    @Test func `changes nothing when the folder itself is gone`() {
        var watch = serving("iris")
        for second in 3..<100 {
            #expect(watch.decide(scan: .gone, at: at(Double(second))).isEmpty)
        }

        #expect(watch.decide(scan: folder(model("iris")), at: at(100)).isEmpty)
        #expect(watch.decide(scan: folder(model("iris")), at: at(103)).isEmpty)
    }

    @Test func `removes nothing because another folder stands in its place`() {
        var watch = serving("iris")
        let other = DropScan.folder(
            DropListing(identity: FolderIdentity(device: 2, inode: 2), observations: [])
        )
        for second in 3..<100 {
            #expect(watch.decide(scan: other, at: at(Double(second))).isEmpty)
        }
    }

    @Test func `removes what was served before a restart and is away after it`() {
        var watch = DropFolderWatch(known: ["iris"], at: at(0))

        #expect(watch.decide(scan: folder(), at: at(1)).isEmpty)
        #expect(words(watch.decide(scan: folder(), at: at(3))) == ["removed iris"])
    }

    @Test func `refuses both of two names that stand for one endpoint`() {
        var watch = DropFolderWatch(at: .zero)
        let scan = folder(model("my_model"), model("my.model"))
        _ = watch.decide(scan: scan, at: at(0))

        #expect(
            words(watch.decide(scan: scan, at: at(2)))
                == ["refused my.model endpointCollision", "refused my_model endpointCollision"]
        )
        #expect(watch.decide(scan: scan, at: at(3)).isEmpty)
        #expect(
            words(watch.decide(scan: folder(model("my_model")), at: at(4)))
                == ["appeared my-model /drop/my_model"]
        )
    }

    @Test func `lets a served model keep its endpoint from a newcomer`() {
        var watch = serving("my_model")
        let scan = folder(model("my.model"), model("my_model"))
        _ = watch.decide(scan: scan, at: at(3))

        #expect(
            words(watch.decide(scan: scan, at: at(5))) == ["refused my.model endpointCollision"]
        )
        #expect(words(watch.decide(scan: folder(model("my_model", 2)), at: at(6))) == [])
        #expect(
            words(watch.decide(scan: folder(model("my_model", 2)), at: at(8)))
                == ["changed my-model"]
        )
    }

    @Test func `keeps what is served while its replacement is refused`() {
        let broken = Problem(.invalid, code: "syntax", what: "no YAML")
        var watch = serving("iris")
        let scan = folder(model("iris", 2, refusal: broken))
        _ = watch.decide(scan: scan, at: at(3))

        #expect(words(watch.decide(scan: scan, at: at(5))) == ["refused iris syntax"])
        #expect(watch.decide(scan: scan, at: at(50)).isEmpty)
        _ = watch.decide(scan: folder(model("iris", 3)), at: at(51))
        #expect(words(watch.decide(scan: folder(model("iris", 3)), at: at(53))) == ["changed iris"])
    }

    @Test func `says again what could not be done, after a quiet time`() {
        var watch = serving("iris")
        watch.reconsider("iris", at: at(4))
        watch.reconsider("unknown", at: at(4))

        #expect(watch.decide(scan: folder(model("iris")), at: at(5.9)).isEmpty)
        #expect(words(watch.decide(scan: folder(model("iris")), at: at(6))) == ["changed iris"])
        #expect(watch.decide(scan: folder(model("iris")), at: at(8)).isEmpty)
    }

    @Test func `ignores hidden and temporary names`() {
        var watch = DropFolderWatch(at: .zero)
        let scan = folder(model(".iris"), model("iris.tmp"), model("iris~"), model("lost+found"))
        _ = watch.decide(scan: scan, at: at(0))

        #expect(watch.decide(scan: scan, at: at(60)).isEmpty)
    }

    @Test func `tells when to look again only while something waits`() {
        var watch = DropFolderWatch(at: .zero)
        #expect(watch.nextLook(at: at(0)) == nil)
        _ = watch.decide(scan: folder(model("iris")), at: at(0))
        #expect(watch.nextLook(at: at(0)) == at(2))
        _ = watch.decide(scan: folder(model("iris")), at: at(2))

        #expect(watch.nextLook(at: at(2)) == nil)
    }
}
