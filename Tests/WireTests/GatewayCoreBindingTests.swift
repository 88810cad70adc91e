// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Testing

@testable import Wire

@Suite struct `Bound to the gateway's core, a thread` {
    /// The cores that the calling thread may run on.
    private static func cores() -> [Int] {
        var cores = linux_cores()
        _ = linux_cores_get(&cores)
        return withUnsafeBytes(of: &cores) { bytes in
            bytes.indices.flatMap { byte in
                (0..<8).filter { bytes[byte] >> $0 & 1 == 1 }.map { 8 * byte + $0 }
            }
        }
    }

    /// Does the work on a thread of its own: the test's belongs to others too.
    private static func onThread<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }

    @Test func `has the last of its cores alone, and all of them afterwards`() async throws {
        let seen = await Self.onThread { () -> (before: [Int], bound: [Int], after: [Int])? in
            let before = Self.cores()
            guard let binding = try? GatewayCoreBinding() else { return nil }
            let bound = Self.cores()
            binding.release()
            return (before, bound, Self.cores())
        }
        let cores = try #require(seen)

        #expect(!cores.before.isEmpty)
        #expect(cores.bound == cores.before.suffix(1))
        #expect(cores.after == cores.before)
    }

    @Test func `hands the core on to a program that it starts`() async throws {
        let seen = await Self.onThread { () -> (before: [Int], list: String)? in
            let before = Self.cores()
            guard let binding = try? GatewayCoreBinding() else { return nil }
            defer { binding.release() }
            var pid: pid_t = 0
            let words = [strdup("sleep"), strdup("60"), nil]
            defer { for word in words { free(word) } }
            guard posix_spawn(&pid, "/bin/sleep", nil, nil, words, nil) == 0 else { return nil }
            defer {
                kill(pid, SIGKILL)
                waitpid(pid, nil, 0)
            }
            let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
            return (before, line?.split(separator: "\t").last.map(String.init) ?? "")
        }
        let cores = try #require(seen)

        #expect(cores.list == "\(cores.before.last ?? -1)")
    }
}
