// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Vocabulary

/// What can be seen of an attempt from outside, whatever its scorer says.
struct EscapeEvidence: Sendable {
    /// Descriptors that come and go by themselves: the connections of other callers.
    private static let passingDescriptors = 32
    /// Both files of a log, and a line more.
    private static let mostLogBytes = 2 * (4 << 20) + (64 << 10)
    private static let patience: Duration = .seconds(5)
    private static let pause: Duration = .milliseconds(20)

    let facts: EscapeFacts
    let surroundings: EscapeSurroundings
    let endpoint: EndpointName

    /// What a process calls itself that stays: at most fifteen letters.
    var daemon: String { "esc-\(getpid() % 100_000)-\(endpoint.text.suffix(3))" }

    /// What there is before the attempt.
    func start(_ attempt: EscapeAttempt) -> Int {
        switch attempt.evidence {
        case .reached: surroundings.look().count
        case .gatewayDescriptors: descriptors
        case .hostFile, .survivor, .litter, .logSize, .logBytes, nil: 0
        }
    }

    /// Whether it is seen; nothing where there is nothing to look at.
    func evidence(_ attempt: EscapeAttempt, _ before: Int) async -> Bool? {
        switch attempt.evidence {
        case .reached(let name): surroundings.look()[name, default: 0] > 0
        case .hostFile: unlink("\(surroundings.hostFolder)/escaped") == 0
        case .survivor: await stays { hasSurvivor }
        case .litter: await stays { hasLitter }
        case .gatewayDescriptors: descriptors > before + Self.passingDescriptors
        case .logSize: logBytes > Self.mostLogBytes
        case .logBytes: await hasCommandInLog()
        case nil: nil
        }
    }

    /// Whether something is still so when our patience is over.
    private func stays(_ isSo: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        while isSo() {
            guard ContinuousClock.now < deadline,
                (try? await Task.sleep(for: Self.pause)) != nil
            else { return true }
        }
        return false
    }

    private static func names(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func text(_ path: String) -> String {
        (FileManager.default.contents(atPath: path)).map { String(decoding: $0, as: UTF8.self) }
            ?? ""
    }

    private var hasSurvivor: Bool {
        Self.names("/proc").contains { Self.text("/proc/\($0)/comm") == daemon + "\n" }
    }

    /// The run's own folder on the node, and a file that a link in it led to.
    private var hasLitter: Bool {
        let scratch = "\(facts.state)/run/node-1.sock.scratch"
        let isLeft = Self.names(scratch).contains { $0.hasPrefix("\(endpoint).") }
        let secret = "\(surroundings.hostFolder)/secret"
        return isLeft || !FileManager.default.fileExists(atPath: secret)
    }

    private var descriptors: Int { Self.names("/proc/\(facts.gateway)/fd").count }

    private var log: String { "\(facts.state)/logs/\(endpoint)/default/1.log" }

    private var logBytes: Int {
        [log, log + ".1"].reduce(0) { $0 + (FileManager.default.contents(atPath: $1)?.count ?? 0) }
    }

    /// Waits until the log has what was written, then looks for what is no text.
    private func hasCommandInLog() async -> Bool {
        _ = await stays { !Self.text(log).contains("escaped") }
        let bytes = FileManager.default.contents(atPath: log) ?? Data()
        return bytes.contains { $0 < 0x20 && $0 != 0x0a && $0 != 0x09 }
    }
}
