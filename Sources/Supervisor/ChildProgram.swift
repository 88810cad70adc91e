// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Vocabulary
import Wire

/// Starting the gateway and the nodes: our own executable, in a session of its own.
///
/// A session of its own because a terminal's Ctrl-C and hang-up go to the supervisor alone, which
/// then drains them; they outlive its death.
enum ChildProgram {
    /// Starts `scorekeeper` with `arguments`, its output appended to `log`; answers the pid.
    ///
    /// Errors: `cannotStart` when the kernel refuses.
    static func start(
        _ executable: String,
        _ arguments: [String],
        log: String
    ) throws(Problem) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID is left out of Glibc's module.
        let newSession: Int32 = 0x80
        let flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | newSession)
        posix_spawnattr_setflags(&attributes, flags)

        var pid: pid_t = 0
        let outcome = withStrings([executable] + arguments) { argv in
            withStrings(environment()) { envp in
                posix_spawn(&pid, executable, &actions, &attributes, argv, envp)
            }
        }
        guard outcome == 0 else {
            throw Problem(
                .failed,
                code: "cannotStart",
                what: "cannot start '\(executable) \(arguments.first ?? "")': "
                    + SystemError("", number: outcome).reason
            )
        }
        return pid
    }

    /// A descriptor that becomes readable when the child ends; -1 when it is gone.
    static func openPidfd(_ pid: pid_t) -> Int32 {
        linux_pidfd_open(pid)
    }

    /// Ends the process behind a pidfd, and no other that was given its pid.
    static func kill(pidfd: Int32) {
        _ = linux_pidfd_send_signal(pidfd, SIGKILL)
    }

    /// Our own variables; and no Swift backtracer, which holds pipes open long after a crash.
    private static func environment() -> [String] {
        var variables = ProcessInfo.processInfo.environment
        variables["SWIFT_BACKTRACE"] = "enable=no"
        return variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    private static func withStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
