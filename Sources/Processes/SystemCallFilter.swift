// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLibSeccomp
import CLinux
import Foundation
import Glibc
import Wire

/// The system calls that a scorer is refused, as a program for the kernel.
///
/// A list of what is refused, not of what is allowed: a scorer runs whatever numerical library
/// people bring. What is left out of its reach is what attacks on kernels and on neighbours begin
/// with, and what no model needs. Exported once by libseccomp, then carried in every plan.
enum SystemCallFilter {
    /// Whom the filter is for.
    enum Audience: Hashable, Sendable {
        /// A scorer; where `isSocketLimited`, one that is kept from the network by this alone, and
        /// where `isModeLimited`, one that has a uid with others and their files.
        case scorer(isSocketLimited: Bool, isModeLimited: Bool)
        /// A warmed parent, whose children still have to build their sandboxes.
        case warmedParent
    }

    /// Refused to everyone.
    static let refused = [
        "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp",
        "pidfd_getfd", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup",
        "io_uring_enter", "io_uring_register", "keyctl", "add_key", "request_key",
        "init_module", "finit_module", "delete_module", "create_module", "kexec_load",
        "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "quotactl", "quotactl_fd",
        "syslog", "iopl", "ioperm", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
        "stime", "open_by_handle_at", "name_to_handle_at", "lookup_dcookie", "vhangup",
        "nfsservctl",
        "fanotify_init", "move_pages", "migrate_pages", "set_mempolicy_home_node", "uselib",
        "vm86", "vm86old", "modify_ldt", "personality",
    ]

    /// Refused to scorers besides: what builds sandboxes can also take them apart.
    static let refusedToScorers = [
        "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
        "fsconfig", "fsmount", "fspick", "mount_setattr", "unshare", "setns", "sethostname",
        "setdomainname", "mknod", "mknodat",
    ]

    /// What changes a file's mode or attributes, which Landlock does not look at: with them one of a
    /// uid could lock the others out.
    static let modeCalls = [
        "chmod", "fchmod", "fchmodat", "setxattr", "lsetxattr", "fsetxattr", "removexattr",
        "lremovexattr", "fremovexattr",
    ]
    /// fchmodat2.
    private static let youngChangeOfMode: Int32 = 452

    /// The same by number, for calls younger than the library: open_tree_attr, statmount, listmount.
    private static let youngNumbers: [Int32] = [467, 457, 458]
    private static let newNamespaces: [UInt64] = [
        0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
    ]
    private static let allow: UInt32 = 0x7fff_0000

    private static func fail(_ number: Int32) -> UInt32 { 0x0005_0000 | UInt32(number) }

    /// The program's bytes.
    ///
    /// Errors: `SystemError` when libseccomp refuses, which it does only without memory.
    static func program(for audience: Audience) throws(SystemError) -> [UInt8] {
        guard let context = seccomp_init(allow) else {
            throw SystemError("make a system call filter", number: ENOMEM)
        }
        defer { seccomp_release(context) }
        for name in refused { try refuse(context, name, EPERM) }
        if case .scorer(let isSocketLimited, let isModeLimited) = audience {
            for name in refusedToScorers { try refuse(context, name, EPERM) }
            for number in youngNumbers { try refuse(context, number, EPERM) }
            try refuseNamespaces(context)
            try refuseFamilies(context)
            if isSocketLimited { try refuseNetwork(context) }
            if isModeLimited {
                for name in modeCalls { try refuse(context, name, EPERM) }
                try refuse(context, youngChangeOfMode, EPERM)
            }
        }
        return try export(context)
    }

    private static func refuse(
        _ context: scmp_filter_ctx,
        _ name: String,
        _ error: Int32
    ) throws(SystemError) {
        let number = seccomp_syscall_resolve_name(name)
        // -1: the library does not know the name; other negative numbers: not on this machine.
        guard number >= 0 else { return }
        try refuse(context, number, error)
    }

    private static func refuse(
        _ context: scmp_filter_ctx,
        _ number: Int32,
        _ error: Int32,
        where comparison: scmp_arg_cmp? = nil
    ) throws(SystemError) {
        let comparisons = comparison.map { [$0] } ?? []
        let answer = seccomp_rule_add_array(
            context,
            fail(error),
            number,
            UInt32(comparisons.count),
            comparisons
        )
        guard answer == 0 else { throw SystemError("refuse a system call", number: -answer) }
    }

    /// `clone` with a new namespace is refused; `clone3`, whose flags a filter cannot see, is said
    /// not to exist, so that libc takes `clone`.
    private static func refuseNamespaces(_ context: scmp_filter_ctx) throws(SystemError) {
        try refuse(context, "clone3", ENOSYS)
        let clone = seccomp_syscall_resolve_name("clone")
        for flag in newNamespaces {
            let comparison = scmp_arg_cmp(
                arg: 0,
                op: SCMP_CMP_MASKED_EQ,
                datum_a: flag,
                datum_b: flag
            )
            try refuse(context, clone, EPERM, where: comparison)
        }
    }

    /// Families that a network namespace does not confine (vsock), or that no model needs: what is
    /// left is unix, the Internet's two, and netlink.
    private static func refuseFamilies(_ context: scmp_filter_ctx) throws(SystemError) {
        let socket = seccomp_syscall_resolve_name("socket")
        let highest = UInt64(AF_NETLINK)
        let kept = [UInt64(AF_UNIX), UInt64(AF_INET), UInt64(AF_INET6), highest]
        let beyond = scmp_arg_cmp(arg: 0, op: SCMP_CMP_GT, datum_a: highest, datum_b: 0)
        try refuse(context, socket, EAFNOSUPPORT, where: beyond)
        for family in 0..<highest where !kept.contains(family) {
            let same = scmp_arg_cmp(arg: 0, op: SCMP_CMP_EQ, datum_a: family, datum_b: 0)
            try refuse(context, socket, EAFNOSUPPORT, where: same)
        }
    }

    /// Only unix sockets, and none that somebody else has named: Landlock does not look at those in
    /// folders, and the server's own, or the machine's services, may be open to the scorer's uid.
    private static func refuseNetwork(_ context: scmp_filter_ctx) throws(SystemError) {
        let comparison = scmp_arg_cmp(
            arg: 0,
            op: SCMP_CMP_NE,
            datum_a: UInt64(AF_UNIX),
            datum_b: 0
        )
        let socket = seccomp_syscall_resolve_name("socket")
        try refuse(context, socket, EACCES, where: comparison)
        try refuse(context, "connect", EACCES)
    }

    private static func export(_ context: scmp_filter_ctx) throws(SystemError) -> [UInt8] {
        let memory = linux_memfd("filter", 0)
        guard memory >= 0 else { throw SystemError("make memory for a filter") }
        let descriptor = Descriptor(owning: memory)
        let answer = seccomp_export_bpf(context, descriptor.number)
        guard answer == 0 else { throw SystemError("export a filter", number: -answer) }
        let size = Int(lseek(descriptor.number, 0, SEEK_END))
        var bytes = [UInt8](repeating: 0, count: size)
        let count = pread(descriptor.number, &bytes, size, 0)
        guard count == size else { throw SystemError("read a filter") }
        return bytes
    }
}
